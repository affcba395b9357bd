// SPDX-License-Identifier: MIT
//
// log(sum of exp(x_i)) without overflow: the largest term is taken out of the sum, so that every exponent is
// at most 0.
#pragma once

#include <cmath>
#include <limits>
#include <span>

#include <joust/core/host_device.hpp>

namespace joust {

/// log(sum_i exp(x_i)); -infinity for an empty span, +infinity if a term is +infinity, NaN if a term is NaN.
/// O(n).
[[nodiscard]] JOUST_HOST_DEVICE inline double log_sum_exp(std::span<double const> terms) noexcept {
  double largest = -std::numeric_limits<double>::infinity();
  for (double const x : terms) largest = x > largest ? x : largest;
  if (largest == std::numeric_limits<double>::infinity()) {
    for (double const x : terms) {
      if (std::isnan(x)) return x;
    }
    return largest;
  }
  // All terms at -infinity: their differences to the largest would be NaN, so the sum is taken against 0
  // instead.
  double const shift = std::isinf(largest) ? 0.0 : largest;
  double sum = 0.0;
  for (double const x : terms) sum += std::exp(x - shift);
  return shift + std::log(sum);
}

}  // namespace joust
