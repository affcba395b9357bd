// SPDX-License-Identifier: MIT
//
// Whether an oracle's answers have the mean that its probabilities promise.
#pragma once

#include <cmath>
#include <cstdint>

#include <joust/core/stream.hpp>

namespace joust::testing {

/// How many standard errors the mean of `count` answers of ask(stream) is from the expected outcome. The
/// variance of an outcome in [0, 1] with mean p is at most p (1 - p), so this understates the distance for
/// outcomes between 0 and 1, never overstates it. A certain outcome must be met exactly: any deviation from
/// 0 or 1 counts as infinitely far.
template <class Ask>
double standard_errors(Ask ask, double expected, int count, std::uint64_t seed) {
  stream random{seed};
  double sum = 0.0;
  for (int i = 0; i < count; ++i) sum += ask(random);
  double const deviation = std::fabs(sum / count - expected);
  return deviation == 0.0 ? 0.0 : deviation / std::sqrt(expected * (1.0 - expected) / count);
}

}  // namespace joust::testing
