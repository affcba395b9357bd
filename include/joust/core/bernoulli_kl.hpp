// SPDX-License-Identifier: MIT
//
// The Kullback-Leibler divergence d(p, q) between two coins, and the confidence bounds it gives: the furthest
// q from an observed share p that n tosses do not yet contradict.
//
//   cost    two logarithms; a bound takes about six Newton steps
//   source  Garivier & Cappe, "The KL-UCB algorithm for bounded stochastic bandits and beyond", COLT 2011
#pragma once

#include <cmath>
#include <limits>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>

namespace joust {

/// d(p, q) = p log(p/q) + (1-p) log((1-p)/(1-q)) in nats, with 0 log 0 = 0. Infinite where q rules out what p
/// saw. Arguments in [0, 1], unchecked: this is the inner loop of index policies.
[[nodiscard]] JOUST_HOST_DEVICE inline double bernoulli_kl(double p, double q) noexcept {
  double const wins = p > 0.0 ? p * std::log(p / q) : 0.0;
  double const losses = p < 1.0 ? (1.0 - p) * std::log((1.0 - p) / (1.0 - q)) : 0.0;
  double const divergence = wins + losses;
  return divergence > 0.0 ? divergence
                          : 0.0;  // rounding may leave -1e-17 for p close to q; NaN is not produced
}

/// d(p, 1/2) = log 2 - entropy(p): what one toss says against the coin being fair.
[[nodiscard]] JOUST_HOST_DEVICE inline double bernoulli_kl_to_half(double p) noexcept {
  double const wins = p > 0.0 ? p * std::log(2.0 * p) : 0.0;
  double const losses = p < 1.0 ? (1.0 - p) * std::log(2.0 * (1.0 - p)) : 0.0;
  double const divergence = wins + losses;
  return divergence > 0.0 ? divergence : 0.0;
}

namespace detail {

// The q between p and `end` (0 or 1) with d(p, q) = level, by Newton's method kept inside a shrinking
// bracket. d is convex in q and 0 at p, so a Newton step from the far side never crosses the root; bisection
// covers the flat start.
[[nodiscard]] inline double invert_bernoulli_kl(double p, double level, double end) noexcept {
  if (p == end) {  // d(0, q) = -log(1 - q), d(1, q) = -log q: nothing lies beyond
    return end;
  }
  if (bernoulli_kl(p, end) <= level) return end;
  double inside = p;
  double outside = end;
  // Pinsker: d >= 2 (p - q)^2, so the root is no further than this from p.
  double const reach = std::sqrt(0.5 * level);
  double q = end > p ? std::fmin(p + reach, 0.5 * (p + end) + 0.5 * reach)
                     : std::fmax(p - reach, 0.5 * (p + end) - 0.5 * reach);
  for (int step = 0; step < 100; ++step) {
    if (!((q > inside && q < outside) || (q < inside && q > outside))) q = 0.5 * (inside + outside);
    double const excess = bernoulli_kl(p, q) - level;
    (excess > 0.0 ? outside : inside) = q;
    if (std::fabs(outside - inside) <= 4.0 * std::numeric_limits<double>::epsilon()) break;
    double const slope = (q - p) / (q * (1.0 - q));  // derivative of d(p, q) in q
    double const next = q - excess / slope;
    if (std::fabs(next - q) <= std::numeric_limits<double>::epsilon()) break;
    q = next;
  }
  return q;
}

inline void require_kl_bound(double share, double level) {
  require_unit_interval("share", share);
  if (!(level >= 0.0)) reject("level", text(level), "a number of at least 0");
}

}  // namespace detail

/// The largest q in [share, 1] with d(share, q) <= level: the KL-UCB upper bound, with level = log(t) / n.
/// Throws std::invalid_argument for a share outside [0, 1] or a negative or NaN level; an infinite level
/// gives 1.
[[nodiscard]] inline double bernoulli_kl_upper(double share, double level) {
  detail::require_kl_bound(share, level);
  // d(0, q) = -log(1 - q) has a closed inverse, exact where Newton would start on a vertical tangent.
  if (share == 0.0) return -std::expm1(-level);
  return detail::invert_bernoulli_kl(share, level, 1.0);
}

/// The smallest q in [0, share] with d(share, q) <= level. The mirror image: 1 - bernoulli_kl_upper(1 -
/// share, level).
[[nodiscard]] inline double bernoulli_kl_lower(double share, double level) {
  detail::require_kl_bound(share, level);
  if (share == 1.0) return std::exp(-level);
  return detail::invert_bernoulli_kl(share, level, 0.0);
}

}  // namespace joust
