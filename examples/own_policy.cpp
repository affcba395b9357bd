// SPDX-License-Identifier: MIT
//
// A policy of your own: four members, no base class. It opens an email with one of a few greetings and closes
// it with one of a few farewells, each drawn by a softmax. Direct preference optimisation teaches it what a
// reader prefers, from nothing but comparisons. Where the two scores stand, a language model may stand as
// well.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/explain.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/trainable_policy.hpp>
#include <joust/loss/dpo.hpp>

// What is answered: an action is whatever type you like.
struct email {
  std::size_t greeting = 0;
  std::size_t farewell = 0;
  friend bool operator==(email, email) = default;
};
constexpr std::array greetings{"Dear Sir or Madam", "Hello", "Hey you"};
constexpr std::array farewells{"Yours faithfully", "Best wishes", "Later", "Bye"};

class email_policy {
 public:
  // The context, to whom we write, changes nothing here; yours may be a prompt.
  using context = joust::no_context;
  using action = email;

  // A temperature below 1 sharpens, one above flattens: an aligner proposes candidates at one of its choice.
  email sample(context, joust::stream& random, double temperature = 1.0) const {
    return {draw(probabilities(0, greetings.size(), temperature), random),
            draw(probabilities(greetings.size(), farewells.size(), temperature), random)};
  }

  double log_probability(context, email e) const {
    return std::log(probabilities(0, greetings.size()).at(e.greeting)) +
           std::log(probabilities(greetings.size(), farewells.size()).at(e.farewell));
  }

  // Adds weight * grad log pi(e). For a softmax that is one at what was chosen, less the probabilities. An
  // unknown greeting or farewell throws before anything is changed.
  void accumulate(context, email e, double weight) {
    if (e.greeting >= greetings.size() || e.farewell >= farewells.size()) {
      throw std::invalid_argument{"email_policy: no such email"};
    }
    pull(0, greetings.size(), e.greeting, weight);
    pull(greetings.size(), farewells.size(), e.farewell, weight);
  }

  // Moves along what was accumulated, and forgets it.
  void step() {
    for (std::size_t i = 0; i < score_.size(); ++i) score_[i] += rate_ * std::exchange(gradient_[i], 0.0);
  }

 private:
  std::vector<double> probabilities(std::size_t from, std::size_t count, double temperature = 1.0) const {
    std::vector<double> p(count);
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) sum += p[i] = std::exp(score_[from + i] / temperature);
    for (double& share : p) share /= sum;
    return p;
  }

  static std::size_t draw(std::vector<double> const& p, joust::stream& random) {
    double mark = joust::draw_uniform(random);
    std::size_t i = 0;
    while (i + 1 < p.size() && (mark -= p[i]) >= 0.0) ++i;
    return i;
  }

  void pull(std::size_t from, std::size_t count, std::size_t chosen, double weight) {
    std::vector<double> const p = probabilities(from, count);
    for (std::size_t i = 0; i < count; ++i)
      gradient_[from + i] += weight * ((i == chosen ? 1.0 : 0.0) - p[i]);
  }

  double rate_ = 1.0;
  std::array<double, 7> score_{1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0};  // it begins formal
  std::array<double, 7> gradient_{};
};

// Who is asked. This reader likes it warm, and the same tone throughout.
struct reader {
  static double liking(email e) {
    return (e.greeting == 1 ? 1.0 : 0.0) + (e.farewell == 1 ? 1.0 : 0.0) -
           (e.greeting == 0 && e.farewell > 1);
  }
  double compare(joust::no_context, email a, email b, joust::stream& random) const {
    return joust::draw_bernoulli(joust::sigmoid(2.0 * (liking(a) - liking(b))), random);
  }
};

int main() {
  joust::explain_trainable_policy<email_policy, joust::no_context,
                                  email>();  // says what is missing, if something is

  std::vector<email> all;
  for (std::size_t g = 0; g < greetings.size(); ++g) {
    for (std::size_t f = 0; f < farewells.size(); ++f) all.push_back({g, f});
  }
  joust::no_context const x{};
  auto const report = joust::laws::trainable_policy(email_policy{}, x, all, joust::stream{1});
  std::printf("keeps the laws of a trainable policy: %s\n", report ? "yes" : report.text().c_str());

  email_policy policy;
  email_policy const reference = policy;  // a copy is a snapshot
  joust::dpo const loss{{.beta = 0.5}};
  joust::stream random{42};
  for (int asked = 0; asked <= 400; ++asked) {
    if (asked % 100 == 0) {
      double liked = 0.0;
      for (email const e : all) liked += std::exp(policy.log_probability(x, e)) * reader::liking(e);
      std::printf("%3d comparisons: mean liking %5.2f of 2\n", asked, liked);
    }
    email chosen = policy.sample(x, random);
    email rejected = policy.sample(x, random);
    if (chosen == rejected) continue;
    if (reader{}.compare(x, chosen, rejected, random) == joust::second_wins) std::swap(chosen, rejected);
    joust::scored_pair const pair{policy.log_probability(x, chosen), policy.log_probability(x, rejected),
                                  reference.log_probability(x, chosen),
                                  reference.log_probability(x, rejected)};
    auto const slopes = loss.slopes(pair);  // any pair_loss: ipo, slic, simpo, ...
    policy.accumulate(x, chosen, -slopes.chosen);
    policy.accumulate(x, rejected, -slopes.rejected);
    policy.step();
  }

  email likeliest = all.front();
  for (email const e : all) {
    if (policy.log_probability(x, e) > policy.log_probability(x, likeliest)) likeliest = e;
  }
  std::printf("it writes: %s, ... %s\n", greetings[likeliest.greeting], farewells[likeliest.farewell]);
}
