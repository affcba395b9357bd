// SPDX-License-Identifier: MIT
//
// Any agent, made to stop. It asks what the agent asks, weighs for every pair the evidence that one arm beats
// the other, and once an arm has been shown to beat every other, it stops with a certificate and duels the
// winner against itself. The evidence may be looked at after every answer, so it does not matter how the
// agent chooses its pairs.
//
//   needs   an agent of arms/. Without a Condorcet winner it goes on for ever
//   cost    the agent's; for each observation O(1) more, three logarithms; two more tables of K^2 doubles
//   delay   the agent's. Every answer counts, for whichever pair and however late
//   repeat  the same answers and the same stream give the same pairs
//   source  Robbins, Annals of Mathematical Statistics 1970; Howard, Ramdas, McAuliffe & Sekhon,
//           "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 2021
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/arms/detail/identification.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How sure the certificate is to be, and how the agent is to play.
template <class Agent>
struct certified_options {
  using agent_options = std::remove_cvref_t<decltype(std::declval<Agent const&>().options())>;

  double confidence = 0.0;   ///< probability that the certificate is true; 0: the setting's, else 0.95
  agent_options agent = {};  ///< options of the agent

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::require_confidence(confidence);
    agent.check();
  }
  void check(std::size_t arms) const {
    if constexpr (requires { agent.check(arms); }) agent.check(arms);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("confidence", self.confidence,
          "probability that the certificate is true; 0: the setting's, else 0.95");
    agent_options::fields(self.agent, visit);
  }
  friend bool operator==(certified_options const&, certified_options const&) = default;
};

/// The agent, with a stopping rule. Of K arms in play, arm i has been shown to beat arm j once the evidence
/// of its w wins and l losses,
///
///     E_ij = 2^(w+l+1) B(w+1, l+1)  if w > l,     has ever reached     1 + K / (1 - confidence),
///
/// with B the beta function; in other words about when  n d(p_ij, 1/2) >= ln(K / (1 - confidence)) +
/// ln(n / 2 pi) / 2, for n duels and d the Bernoulli divergence. The agent stops when an arm has been shown
/// to beat all others.
///
/// The certificate is wrong with probability of at most 1 - confidence, whatever the preferences are and with
/// or without a Condorcet winner: each arm that does not beat all others has an opponent which it does not
/// beat, it is certified only if shown to beat that one, and this has a chance of at most (1 - confidence)/K
/// (detail::log_superiority says why). Where arms come and go, the same holds for each set of arms that is
/// not itself chosen by the answers.
template <class Agent>
class certified : public detail::k_armed<certified<Agent>, certified_options<Agent>> {
  using base = detail::k_armed<certified<Agent>, certified_options<Agent>>;

  static constexpr auto spelled = [] {
    constexpr std::string_view first = "certified-";
    std::array<char, first.size() + Agent::name.size()> text{};
    std::copy(Agent::name.begin(), Agent::name.end(), std::copy(first.begin(), first.end(), text.begin()));
    return text;
  }();

 public:
  static constexpr std::string_view name{spelled.data(), spelled.size()};
  using base::base;

  /// A new one without experience; options that the agent or the certificate lack are taken from the setting.
  [[nodiscard]] certified fresh(setting const& s) const {
    certified_options<Agent> options = this->options();
    options.agent = Agent{options.agent}.fresh(s).options();
    return static_cast<base const&>(certified{options}).fresh(s);
  }

  /// The certificate, once an arm has been shown to beat all others. Further answers do not change it; arms
  /// that come or go may.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (winner_ == base::none) return std::nullopt;
    return certificate{.arm = this->recommend(),
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(this->options().confidence),
                       .tolerance = 0.0,
                       .comparisons = answers_};
  }

  /// The agent inside.
  [[nodiscard]] Agent const& agent() const noexcept { return agent_; }

 private:
  friend base;
  static constexpr bool arms_may_change = true;  // as far as the agent allows it

  template <class Stream>
  pairing choose(Stream& stream) {
    if (winner_ != base::none) return {winner_, winner_};
    pairing const asked = agent_.select(stream);
    return {position_of(asked.first), position_of(asked.second)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) {
    agent_.observe(index_of(i), index_of(j), y);
    counts_.record(i, j, y);
    if (winner_ == base::none) ++answers_;
    weigh(i, j);
    weigh(j, i);
    if (winner_ == base::none) find_winner(i, j);
  }

  [[nodiscard]] std::size_t best() const {
    return winner_ != base::none ? winner_ : position_of(agent_.recommend());
  }

  // The evidence is that of the best moment: what has once been shown stays shown.
  void weigh(std::size_t i, std::size_t j) noexcept {
    double& most = evidence_[i * this->size() + j];
    bool const shown = most >= level_;
    most = std::max(most, detail::log_superiority(counts_.wins(i, j), counts_.wins(j, i)));
    if (!shown && most >= level_) ++beaten_[i];
  }

  void find_winner(std::size_t i, std::size_t j) noexcept {
    if (beaten_[i] + 1 == this->size()) winner_ = i;
    if (beaten_[j] + 1 == this->size()) winner_ = j;
  }

  // The agent inside has indices of its own: it keeps those of retired arms. Empty: the same as positions.
  [[nodiscard]] std::size_t index_of(std::size_t position) const noexcept {
    return indices_.empty() ? position : indices_[position];
  }
  [[nodiscard]] std::size_t position_of(std::size_t index) const noexcept {
    if (indices_.empty()) return index;
    return static_cast<std::size_t>(std::lower_bound(indices_.begin(), indices_.end(), index) -
                                    indices_.begin());
  }

  void inherit(certified const& from, std::span<std::size_t const> kept) {
    std::size_t const before = from.size();
    agent_ = from.agent_;
    std::size_t next = 0;
    for (std::size_t n = 0; n < before; ++n) {
      if (next < kept.size() && kept[next] == n) {
        indices_.push_back(from.index_of(n));
        ++next;
      } else {
        agent_.retire(from.index_of(n));
      }
    }
    while (indices_.size() < this->size()) indices_.push_back(agent_.add_arm());
    counts_.inherit(from.counts_, kept);
    answers_ = from.answers_;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        double const most = from.evidence_[kept[i] * before + kept[j]];
        evidence_[i * this->size() + j] = most;
        beaten_[i] += most >= level_ ? 1U : 0U;
      }
    }
    for (std::size_t i = 0; i < this->size(); ++i) find_winner(i, i);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("evidence", self.evidence_);
    visit("beaten", self.beaten_);
    visit("answers", self.answers_);
    visit("winner", self.winner_);
    visit.list("indices", self.indices_);
    if constexpr (std::same_as<Visit, state_writer>) {
      self.agent_.save_into(visit);
    } else if constexpr (std::same_as<Visit, state_reader>) {
      self.agent_ = Agent::load_from(visit);
    } else {
      visit("agent", self.agent_);
    }
  }
  [[nodiscard]] bool sound() const {
    bool fine = indices_.empty() ? agent_.arms() == this->size() : indices_.size() == this->size();
    for (std::size_t n = 0; n < indices_.size() && fine; ++n) {
      fine = indices_[n] < agent_.arms() && agent_.in_play(indices_[n]) &&
             (n == 0 || indices_[n - 1] < indices_[n]);
    }
    return fine && (winner_ == base::none || winner_ < this->size());
  }

  [[nodiscard]] Agent inner() const {
    return this->size() == 0 ? Agent{this->options().agent} : Agent{this->size(), this->options().agent};
  }

  double level_ =
      std::log1p(static_cast<double>(this->size()) / detail::allowed_failure(this->options().confidence));
  Agent agent_ = inner();
  detail::pair_counts counts_{this->size()};
  std::vector<double> evidence_ = this->template square<double>(-std::numeric_limits<double>::infinity());
  std::vector<std::uint32_t> beaten_ =
      this->template row<std::uint32_t>(0);  // how many each has been shown to
  std::uint64_t answers_ = 0;                // until it stopped
  std::size_t winner_ = this->size() == 1 ? 0 : base::none;
  std::vector<std::size_t> indices_;
};

}  // namespace joust
