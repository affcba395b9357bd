// SPDX-License-Identifier: MIT
//
// EXP4.P: a bandit that listens to policies. Each names an arm; the arms named by the policies with the
// largest weights are drawn most, and a drawn arm's reward goes to every policy that named it, divided by its
// chance. A bonus for policies that are seldom followed keeps the estimate from falling far below the truth.
//
//   cost    O(N + K) per call for N policies and K arms; no allocation after construction
//   source  Beygelzimer, Langford, Li, Reyzin & Schapire, "Contextual Bandit Algorithms with Supervised
//           Learning Guarantees", AISTATS 2011
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace joust::detail {

class exp4p {
 public:
  exp4p() = default;
  explicit exp4p(std::size_t policies) : log_weights_(policies, 0.0) {}

  /// How arms are to be drawn: p_j = (1 - K p_min) (share of weights that name j) + p_min, with K = p.size()
  /// and p_min <= 1 / K.
  void distribute(std::span<std::uint32_t const> advice, double p_min, std::span<double> p) const noexcept {
    vote(advice, p);
    double const kept = 1.0 - static_cast<double>(p.size()) * p_min;
    for (double& chance : p) chance = kept * chance + p_min;
  }

  /// The share of weights that name each arm.
  void vote(std::span<std::uint32_t const> advice, std::span<double> share) const noexcept {
    for (double& sum : share) sum = 0.0;
    double total = 0.0;
    for (std::size_t n = 0; n < advice.size(); ++n) {
      double const weight = std::exp(log_weights_[n]);
      share[advice[n]] += weight;
      total += weight;
    }
    for (double& sum : share) sum /= total;  // at least 1: the largest weight is
  }

  /// The reward of the drawn arm, in [0, 1]. Policy n, naming j, has its weight multiplied by
  /// exp(rate (1[j drawn] reward / p_j + bonus / p_j)).
  void learn(std::span<std::uint32_t const> advice, std::span<double const> p, std::size_t drawn,
             double reward, double rate, double bonus) noexcept {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t n = 0; n < advice.size(); ++n) {
      std::uint32_t const j = advice[n];
      log_weights_[n] += rate * ((j == drawn ? reward : 0.0) + bonus) / p[j];
      largest = std::max(largest, log_weights_[n]);
    }
    // Only differences count. With the largest at 0 no weight overflows, however long the game.
    for (double& weight : log_weights_) weight -= largest;
  }

  /// Logarithms of the weights; the largest is 0.
  [[nodiscard]] std::vector<double> const& log_weights() const noexcept { return log_weights_; }

  [[nodiscard]] bool sound(std::size_t policies) const noexcept {
    double largest = -std::numeric_limits<double>::infinity();
    for (double const weight : log_weights_) {
      if (!(std::abs(weight) <= 1e300)) return false;
      largest = std::max(largest, weight);
    }
    return log_weights_.size() == policies && (policies == 0 || largest == 0.0);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit.list("log_weights", self.log_weights_);
  }

  friend bool operator==(exp4p const&, exp4p const&) = default;

 private:
  std::vector<double> log_weights_;
};

}  // namespace joust::detail
