// SPDX-License-Identifier: MIT
//
// Which of several Beta variables is the largest, without computing any of them. Each is given by a uniform
// number u and stands for its upper quantile at u, that is, the x with P(Beta > x) = u. A quantile is dear,
// but whether it exceeds a given x takes one tail, or only a bound of the tail; so the race looks for an x
// that exactly one contender exceeds.
//
//   cost    about 30 ns per contender, and a handful of tails (0.1 to 1 us each) per race; no allocation
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include <boost/math/special_functions/beta.hpp>

namespace joust::detail {

/// P(Beta(alpha, beta) > x), alpha and beta at least 1, x in [0, 1].
[[nodiscard]] inline double beta_tail(double alpha, double beta, double x) {
  // double throughout: long double would cost several times as much and add nothing to a comparison
  using policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  if (alpha == 1.0) return std::pow(1.0 - x, beta);
  if (beta == 1.0) return 1.0 - std::pow(x, alpha);
  return boost::math::ibetac(alpha, beta, x, policy{});
}

/// Of two arms that have won a - 1 and b - 1 of their duels, the chance of the one with fewer wins to be the
/// better one: P(Beta(a, b) > 1/2) for a <= b. The chance of the other follows from it without loss, as that
/// of the smaller would not from the larger. The same for (b, a).
[[nodiscard]] inline double chance_of_trailing(double a, double b) {
  if (a == b) return 0.5;
  return a < b ? beta_tail(a, b, 0.5) : beta_tail(b, a, 0.5);
}

/// The x that Beta(alpha, beta) exceeds with probability u; alpha and beta at least 1, u in [0, 1].
[[nodiscard]] inline double beta_upper_quantile(double alpha, double beta, double u) {
  using policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  if (alpha == 1.0) return beta == 1.0 ? 1.0 - u : 1.0 - std::pow(u, 1.0 / beta);
  if (beta == 1.0) return std::pow(1.0 - u, 1.0 / alpha);
  return boost::math::ibetac_inv(alpha, beta, u, policy{});
}

/// One runner: the arm it stands for, its distribution and its uniform number in [0, 1).
struct beta_contender {
  std::size_t arm = 0;
  double alpha = 1.0;
  double beta = 1.0;
  double u = 0.0;
  double estimate = 0.0;  // of the logit of its quantile; set by the race
};

/// A threshold, with its logarithms.
struct beta_hurdle {
  double x;
  double log_x = std::log(x);
  double log_1mx = std::log1p(-x);
};

/// Whether the contender's quantile exceeds the hurdle. The Gamma representation of the Beta distribution
/// gives the Chernoff bound P(Beta > x) <= exp(-n d(m, x)) for x above the mean m = alpha / n, n = alpha +
/// beta, with d the Bernoulli divergence: most of those who fail, fail already there.
[[nodiscard]] inline bool clears(beta_contender const& c, beta_hurdle const& hurdle) {
  double const n = c.alpha + c.beta;
  if (c.alpha < hurdle.x * n) {
    double const log_bound =
        c.alpha * (hurdle.log_x - std::log(c.alpha / n)) + c.beta * (hurdle.log_1mx - std::log(c.beta / n));
    if (c.u > 0.0 && std::log(c.u) > log_bound + 1e-12 * n) return false;
  }
  return c.u < beta_tail(c.alpha, c.beta, hurdle.x);
}

/// The normal approximation on the logit scale, where Beta has mean psi(alpha) - psi(beta) and variance
/// psi'(alpha) + psi'(beta). It only chooses where to look first.
[[nodiscard]] inline double estimated_logit(beta_contender const& c) noexcept {
  auto const digamma = [](double a) { return std::log(a) - 0.5 / a; };
  auto const trigamma = [](double a) { return 1.0 / a + 0.5 / (a * a); };
  // Normal quantile: Abramowitz & Stegun 26.2.23
  double const tail = std::fmax(c.u < 0.5 ? c.u : 1.0 - c.u, 1e-17);
  double const r = std::sqrt(-2.0 * std::log(tail));
  double const z =
      r - (2.515517 + r * (0.802853 + r * 0.010328)) / (1.0 + r * (1.432788 + r * (0.189269 + r * 0.001308)));
  return digamma(c.alpha) - digamma(c.beta) +
         (c.u < 0.5 ? z : -z) * std::sqrt(trigamma(c.alpha) + trigamma(c.beta));
}

/// The arm of the contender with the largest quantile. It lies between `low` and `high`, the others below
/// `high`, and there is at least one contender. Reorders the contenders. Quantiles that no double separates
/// count as a tie, won by either.
[[nodiscard]] inline std::size_t race(std::span<beta_contender> contenders, double low = 0.5,
                                      double high = 1.0) {
  if (contenders.size() == 1) return contenders[0].arm;
  double best = -INFINITY;
  double second = -INFINITY;
  for (beta_contender& c : contenders) {
    c.estimate = estimated_logit(c);
    second = std::fmax(second, std::fmin(best, c.estimate));
    best = std::fmax(best, c.estimate);
  }
  // If the estimates are good, all but one stay below the middle of the two best.
  double x = 1.0 / (1.0 + std::exp(-0.5 * (best + second)));
  for (;;) {
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    if (!(x > low && x < high)) return contenders[0].arm;
    beta_hurdle const hurdle{x};
    std::size_t cleared = 0;  // those who clear the hurdle move to the front
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      if (clears(contenders[i], hurdle)) std::swap(contenders[cleared++], contenders[i]);
    }
    if (cleared == 1) return contenders[0].arm;
    if (cleared == 0) {
      high = x;
    } else {
      low = x;
      contenders = contenders.first(cleared);
    }
    x = 0.5 * (low + high);
  }
}

}  // namespace joust::detail
