// SPDX-License-Identifier: MIT
//
// What a rule means by "most uncertain": the preference sigmoid(r_i - r_j), which saturates, or the reward
// difference r_i - r_j itself, which does not. The first asks whose victory is open; the second may keep
// asking about candidates that surely lose, by an uncertain amount.
//
//   source  SEA, arXiv 2411.01493, algorithm 1 (preference); its released code, sail-sg/oat (reward)
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include <joust/core/host_device.hpp>
#include <joust/core/logistic_normal.hpp>

namespace joust {

/// The quantity whose variance under the belief a rule compares.
enum class variance_of : unsigned char {
  preference,  ///< sigmoid(r_i - r_j): the probability that i is preferred
  reward       ///< r_i - r_j: its logit
};

/// The names of the quantities, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(variance_of) noexcept {
  return {"preference", "reward"};
}

namespace detail {

// A belief that is not Gaussian knows the variance of its own preferences, e.g. over the members of an
// ensemble.
template <class Belief>
concept knows_preference_variance = requires(Belief& belief, std::size_t i) {
  { belief.preference_variance(i, i) } -> std::convertible_to<double>;
};

// Var sigmoid(D) for D normal, bounded without a quadrature. The slope of sigmoid is at most 1/4 and at most
// exp(-|x|), so by the Poincare inequality Var f(D) <= s^2 E f'(D)^2
//
//   Var <= s^2 / 16    and    Var <= s^2 E exp(-2 |D|) <= s^2 exp(2 s^2 - 2 |m|);
//
// nor can a number in [0, 1] have a variance above 1/4.
[[nodiscard]] inline double preference_variance_bound(double mean, double variance) noexcept {
  double const saturated = std::exp(std::min(0.0, 2.0 * variance - 2.0 * std::fabs(mean)));
  return std::min(0.25, variance * std::min(0.0625, saturated));
}

// The variance of the preference of i over j, if it can exceed `incumbent`; otherwise any number below it.
template <class Belief>
[[nodiscard]] JOUST_HOST_DEVICE double preference_variance(Belief& belief, std::size_t i, std::size_t j,
                                                           double incumbent) {
  if constexpr (knows_preference_variance<Belief>) {
    return belief.preference_variance(i, j);
  } else {
    std::span<double const> const mean = belief.mean();
    double const advantage = mean[i] - mean[j];
    double const variance = belief.pair_variance(i, j);  // after the mean's last use: it may overwrite it
    double const bound = preference_variance_bound(advantage, variance);
    // Only a bound below by more than the quadrature's error decides in its place. That error is 1e-8, and a
    // relative 1e-8 for small variances.
    double const slack = variance <= 0.25 ? 1e-6 * bound : 1e-7;
    if (bound + slack < incumbent) return bound;
    return logistic_normal(advantage, variance).variance;
  }
}

}  // namespace detail
}  // namespace joust
