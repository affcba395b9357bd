// SPDX-License-Identifier: MIT
//
// What agents that stop by themselves have in common: the confidence and the tolerance they are asked for,
// and the weight of the evidence that one arm beats another, which may be looked at after every answer.
//
//   source  Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of
//           Mathematical Statistics 1970 (mixtures); Ville's inequality
#pragma once

#include <cmath>

#include <joust/core/error.hpp>

namespace joust::detail {

/// The confidence to work with: 0 stands for 0.95.
[[nodiscard]] inline double asked_confidence(double confidence) noexcept {
  return confidence == 0.0 ? 0.95 : confidence;
}

/// The probability of error that is left to spend.
[[nodiscard]] inline double allowed_failure(double confidence) noexcept {
  return 1.0 - asked_confidence(confidence);
}

/// Throws std::invalid_argument for a confidence that is neither 0 nor a probability below 1.
inline void require_confidence(double confidence) {
  if (!(confidence == 0.0 || (confidence > 0.0 && confidence < 1.0))) {
    reject("confidence", text(confidence), "a number above 0 and below 1, or 0 for that of the setting");
  }
}

/// Throws std::invalid_argument for a tolerance that no number of comparisons could meet, or every arm.
inline void require_tolerance(double tolerance) {
  if (!(tolerance >= 1e-6 && tolerance <= 0.5)) {
    reject("tolerance", text(tolerance), "a number from 1e-6 to 1/2");
  }
}

/// log Gamma(x) for x >= 1, unlike std::lgamma without a global variable: Stirling's series, from x + 8 where
/// x is small.
[[nodiscard]] inline double log_gamma(double x) noexcept {
  double shift = 0.0;
  if (x < 8.0) {
    double product = 1.0;
    for (int n = 0; n < 8; ++n) product *= x + n;
    shift = std::log(product);
    x += 8.0;
  }
  double const r = 1.0 / (x * x);
  double const tail = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / x;
  return (x - 0.5) * std::log(x) - x + 0.91893853320467274178 + tail - shift;
}

/// How strongly `wins` wins and `losses` losses say that p > 1/2, as a logarithm: log(2^(n+1) B(w+1, l+1)).
/// -infinity unless there are more wins.
///
/// If p <= 1/2, the chance that it ever reaches log(1 + 1/a), however long one looks, is at most a:
///   1. a gambler who stakes the part s on every win multiplies his capital by at most 1 + s (2y - 1), on
///      average at most 1; as (1+s)^y (1-s)^(1-y) is no more (weighted means), soft outcomes are covered;
///   2. so the mean capital over s uniform in [0, 1], with q = (1 + s)/2 the integral of 2 (2q)^w (2(1-q))^l
///      from 1/2 to 1, starts at 1, falls on average, and ever reaches 1/a with chance at most a (Ville);
///   3. the same integral from 0 to 1 is 2^(n+1) B(w+1, l+1), and what it has more is at most 1 if w >= l.
[[nodiscard]] inline double log_superiority(double wins, double losses) noexcept {
  if (!(wins > losses)) return -HUGE_VAL;
  double const duels = wins + losses;
  return (duels + 1.0) * 0.69314718055994530942 + log_gamma(wins + 1.0) + log_gamma(losses + 1.0) -
         log_gamma(duels + 2.0);
}

}  // namespace joust::detail
