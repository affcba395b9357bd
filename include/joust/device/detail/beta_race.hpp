// SPDX-License-Identifier: MIT
//
// Which of several Beta variables is the largest, as in arms/detail/beta_race.hpp, with tails that kernels
// can compute. Comments there say why.
//
//   cost    a handful of tails (device/detail/beta_tail.hpp) per race
//   repeat  the winner is the host's, unless a uniform number falls between a tail and what Boost makes of
//           it, or two quantiles cannot be told apart
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <joust/core/host_device.hpp>
#include <joust/device/detail/beta_tail.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// The arm it stands for, its distribution and its uniform number.
struct beta_contender {
  std::uint32_t arm;
  double alpha;
  double beta;
  double u;
  double estimate;  // of the logit of its quantile; set by the race
};

[[nodiscard]] JOUST_HOST_DEVICE inline bool clears(beta_contender const& c, double x, double log_x,
                                                   double log_1mx) noexcept {
  double const n = c.alpha + c.beta;
  if (c.alpha < x * n) {
    double const log_bound =
        c.alpha * (log_x - std::log(c.alpha / n)) + c.beta * (log_1mx - std::log(c.beta / n));
    if (c.u > 0.0 && std::log(c.u) > log_bound + 1e-12 * n) return false;
  }
  return c.u < beta_tail(c.alpha, c.beta, x);
}

[[nodiscard]] JOUST_HOST_DEVICE inline double estimated_logit(beta_contender const& c) noexcept {
  // Normal quantile: Abramowitz & Stegun 26.2.23
  double const tail = std::fmax(c.u < 0.5 ? c.u : 1.0 - c.u, 1e-17);
  double const r = std::sqrt(-2.0 * std::log(tail));
  double const z =
      r - (2.515517 + r * (0.802853 + r * 0.010328)) / (1.0 + r * (1.432788 + r * (0.189269 + r * 0.001308)));
  double const center = std::log(c.alpha) - 0.5 / c.alpha - std::log(c.beta) + 0.5 / c.beta;
  double const variance = 1.0 / c.alpha + 0.5 / (c.alpha * c.alpha) + 1.0 / c.beta + 0.5 / (c.beta * c.beta);
  return center + (c.u < 0.5 ? z : -z) * std::sqrt(variance);
}

/// The arm of the contender with the largest quantile, which lies between `low` and `high`, the others below
/// `high`. There is at least one contender; they are reordered.
[[nodiscard]] JOUST_HOST_DEVICE JOUST_OUT_OF_LINE inline std::size_t race(beta_contender* contenders,
                                                                          std::size_t count, double low,
                                                                          double high) noexcept {
  if (count == 1) return contenders[0].arm;
  double best = -std::numeric_limits<double>::infinity();
  double second = best;
  for (std::size_t i = 0; i < count; ++i) {
    double const estimate = estimated_logit(contenders[i]);
    contenders[i].estimate = estimate;
    second = std::fmax(second, std::fmin(best, estimate));
    best = std::fmax(best, estimate);
  }
  double x = 1.0 / (1.0 + std::exp(-0.5 * (best + second)));
  for (;;) {
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    if (!(x > low && x < high)) return contenders[0].arm;
    double const log_x = std::log(x);
    double const log_1mx = std::log1p(-x);
    std::size_t cleared = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!clears(contenders[i], x, log_x, log_1mx)) continue;
      beta_contender const faster = contenders[i];
      contenders[i] = contenders[cleared];
      contenders[cleared++] = faster;
    }
    if (cleared == 1) return contenders[0].arm;
    if (cleared == 0) {
      high = x;
    } else {
      low = x;
      count = cleared;
    }
    x = 0.5 * (low + high);
  }
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
