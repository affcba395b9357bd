// SPDX-License-Identifier: MIT
//
// Compare, with every answer remembered, and the two conditions read off them anew.
#pragma once

#include "../textbook.hpp"

namespace textbook {

/// 1: i is ahead, 0: j is, nothing: not yet. `outcomes` are those of i.
[[nodiscard]] inline std::optional<int> compare(std::vector<double> const& outcomes, double lower,
                                                double upper, double failure) {
  double sum = 0.0;
  for (double const y : outcomes) sum += y;
  double const n = static_cast<double>(outcomes.size());
  if (outcomes.empty()) return std::nullopt;
  double const middle = 0.5 * (upper + lower);
  double const half = 0.5 * (upper - lower);
  double const excess = sum / n - 0.5 - middle;
  bool const budget_spent = n >= std::log(2.0 / failure) / (2.0 * half * half);
  bool const clear = std::fabs(excess) > std::sqrt(std::log(4.0 * n * n / failure) / (2.0 * n)) - half;
  if (!budget_spent && !clear) return std::nullopt;
  return excess > 0.0 ? 1 : 0;
}

}  // namespace textbook
