// SPDX-License-Identifier: MIT
//
// The logistic function and its logarithms, correct to a few units in the last place for every finite
// argument. Each takes the exponential of a non-positive number only: nothing overflows, and no digit is lost
// to a difference.
#pragma once

#include <cmath>

#include <joust/core/host_device.hpp>

namespace joust {

/// The logistic function 1 / (1 + exp(-x)): in Bradley-Terry, the probability that an advantage of x wins.
/// sigmoid(x) + sigmoid(-x) is 1 up to rounding. NaN gives NaN.
[[nodiscard]] JOUST_HOST_DEVICE inline double sigmoid(double x) noexcept {
  double const e = std::exp(-std::fabs(x));
  return (x >= 0.0 ? 1.0 : e) / (1.0 + e);  // for x < 0: e^x / (1 + e^x), which keeps its relative precision
}

/// log(1 + exp(x)), the softplus function.
[[nodiscard]] JOUST_HOST_DEVICE inline double log1pexp(double x) noexcept {
  return (x > 0.0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

/// log(sigmoid(x)) = -log1pexp(-x): the log-likelihood of a win under an advantage of x.
[[nodiscard]] JOUST_HOST_DEVICE inline double log_sigmoid(double x) noexcept { return -log1pexp(-x); }

/// The derivative sigmoid(x) * sigmoid(-x), at most 1/4. Even in x; its tail keeps its relative precision.
[[nodiscard]] JOUST_HOST_DEVICE inline double sigmoid_slope(double x) noexcept {
  double const e = std::exp(-std::fabs(x));
  return e / ((1.0 + e) * (1.0 + e));
}

}  // namespace joust
