// SPDX-License-Identifier: MIT
//
// An agent of your own: three members, no base class. It keeps a champion and lets everybody challenge it in
// turn; a challenger who is ahead after their duels takes its place. Then it meets double Thompson sampling
// in a study.
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include <joust/core/explain.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/joust.hpp>

class king_of_the_hill {
 public:
  explicit king_of_the_hill(std::size_t arms = 0, int duels = 25) : arms_{arms}, duels_{duels} {}

  joust::pairing select(joust::stream&) {
    if (arms_ == 1) return {0, 0};
    if (challenger_ == champion_) challenger_ = (challenger_ + 1) % arms_;
    return {champion_, challenger_};
  }

  void observe(std::size_t first, std::size_t second, double outcome) {
    if (first >= arms_ || second >= arms_) throw std::invalid_argument{"king_of_the_hill: no such arm"};
    if (!(outcome >= 0.0 && outcome <= 1.0)) throw std::invalid_argument{"king_of_the_hill: no such outcome"};
    if (first == challenger_ && second == champion_) {  // the same duel, told from the other side
      std::swap(first, second);
      outcome = 1.0 - outcome;
    }
    if (first != champion_ || second != challenger_) return;  // about others: this agent has no use for it
    lead_ += outcome - 0.5;
    if (++played_ < duels_) return;
    if (lead_ < 0.0) champion_ = challenger_;
    challenger_ = (challenger_ + 1) % arms_;
    lead_ = 0.0;
    played_ = 0;
  }

  std::size_t recommend() const { return champion_; }

  // Optional: lets a study start each replication with an agent of the same options and the right number of
  // arms.
  king_of_the_hill fresh(joust::setting const& s) const { return king_of_the_hill{s.arms, duels_}; }

 private:
  std::size_t arms_;
  int duels_;
  std::size_t champion_ = 0;
  std::size_t challenger_ = 0;
  double lead_ = 0.0;
  int played_ = 0;
};

int main() {
  joust::explain_dueling_agent<king_of_the_hill>();  // says in plain words what is missing, if something is

  auto const study = joust::replicate({.horizon = 10'000, .replications = 20, .seed = 1}, joust::arxiv6(),
                                      king_of_the_hill{}, joust::double_thompson{});
  for (std::size_t agent = 0; agent < study.agents.size(); ++agent) {
    auto const regret = study.summarize(joust::regret_kind::average, agent, study.rounds.size() - 1);
    std::printf("%-18s average regret %4.0f +- %.0f\n", study.agents[agent].c_str(), regret.mean,
                regret.standard_error);
  }
}
