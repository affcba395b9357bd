// SPDX-License-Identifier: MIT
//
// A belief small enough to enumerate: a few equally likely reward vectors. Rules are tested on it against
// their exact distribution, worked out by listing all cases.
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>

namespace joust_test {

class finite_belief {
 public:
  explicit finite_belief(std::vector<std::vector<double>> members)
      : members_{std::move(members)}, mean_(members_.front().size()), drawn_(mean_.size()) {}

  [[nodiscard]] std::size_t size() const { return mean_.size(); }
  [[nodiscard]] std::vector<std::vector<double>> const& members() const { return members_; }

  std::span<double const> mean() {
    for (std::size_t i = 0; i < size(); ++i) mean_[i] = average([&](auto const& r) { return r[i]; });
    return mean_;
  }

  // Overwrites its one buffer, as the concept allows: a rule that keeps an old draw is found out.
  template <class Stream>
  std::span<double const> draw(Stream& stream) {
    drawn_ = members_[joust::draw_index(members_.size(), stream)];
    ++draws;
    return drawn_;
  }

  double pair_variance(std::size_t i, std::size_t j) {
    return variance([&](auto const& r) { return r[i] - r[j]; });
  }

  template <class Function>
  double average(Function f) const {
    double sum = 0.0;
    for (auto const& r : members_) sum += f(r);
    return sum / static_cast<double>(members_.size());
  }
  template <class Function>
  double variance(Function f) const {
    double const centre = average(f);
    return average([&](auto const& r) { return (f(r) - centre) * (f(r) - centre); });
  }

  // The same belief with candidate i moved to place[i].
  [[nodiscard]] finite_belief permuted(std::vector<std::size_t> const& place) const {
    auto members = members_;
    for (std::size_t e = 0; e < members.size(); ++e) {
      for (std::size_t i = 0; i < size(); ++i) members[e][place[i]] = members_[e][i];
    }
    return finite_belief{std::move(members)};
  }

  // A constant of its own added to each member: the same belief about every difference.
  [[nodiscard]] finite_belief shifted() const {
    auto members = members_;
    double constant = -64.0;
    for (auto& r : members) {
      for (double& x : r) x += constant;
      constant = 40.0 - constant;
    }
    return finite_belief{std::move(members)};
  }

  std::size_t draws = 0;

 private:
  std::vector<std::vector<double>> members_;
  std::vector<double> mean_;
  std::vector<double> drawn_;
};

// Also knows the variance of its preferences over the members.
class finite_preferences : public finite_belief {
 public:
  using finite_belief::finite_belief;
  double preference_variance(std::size_t i, std::size_t j) {
    return variance([&](auto const& r) { return joust::sigmoid(r[i] - r[j]); });
  }
};

static_assert(joust::belief<finite_belief>);
static_assert(joust::belief<finite_preferences>);

using distribution = std::map<std::pair<std::size_t, std::size_t>, double>;

inline std::size_t favourite(std::vector<double> const& rewards,
                             std::size_t excluded = static_cast<std::size_t>(-1)) {
  std::size_t best = excluded == 0 ? 1 : 0;
  for (std::size_t i = 0; i < rewards.size(); ++i) {
    if (i != excluded && rewards[i] > rewards[best]) best = i;
  }
  return best;
}

// Every ordered pair's count is binomial: 5 sigma each, and impossible pairs never.
template <class Belief, class Rule>
void check_distribution(Belief belief, Rule const& rule, distribution const& expected, std::uint64_t seed) {
  constexpr double n = 20000.0;
  joust::stream random{seed};
  distribution counts;
  for (int t = 0; t < static_cast<int>(n); ++t) {
    joust::pairing const duel = rule(belief, random);
    counts[{duel.first, duel.second}] += 1.0;
  }
  double total = 0.0;
  for (auto const& [pair, probability] : expected) {
    CAPTURE(pair.first, pair.second, probability);
    CHECK(std::fabs(counts[pair] - n * probability) <=
          5.0 * std::sqrt(n * probability * (1.0 - probability)) + 1e-6);
    total += probability;
  }
  CHECK(total == Approx(1.0));
  for (auto const& [pair, count] : counts) {
    CAPTURE(pair.first, pair.second);
    CHECK((count == 0.0 || expected.contains(pair)));
  }
}

// Rewards are known up to a constant per member only: on the same stream the decisions are the same.
template <class Belief, class Rule>
void check_shift_invariance(Belief belief, Rule const& rule) {
  auto shifted = [&] { return Belief{belief.shifted().members()}; }();
  joust::stream random{77};
  joust::stream same{77};
  for (int t = 0; t < 200; ++t) REQUIRE(rule(belief, random) == rule(shifted, same));
}

// A rule without self-duels has no answer for one candidate.
template <class Rule>
void check_refuses_one_candidate(Rule const& rule) {
  finite_belief lonely{{{1.0}, {2.0}}};
  joust::stream random{1};
  CHECK_THROWS_AS(rule(lonely, random), std::invalid_argument);
  CHECK_THROWS_WITH(rule(lonely, random),
                    Catch::Contains("belief: is over 1 candidate; expected at least two"));
}

}  // namespace joust_test
