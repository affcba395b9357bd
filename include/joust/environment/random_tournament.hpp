// SPDX-License-Identifier: MIT
//
// No order at all: every pair's probability is drawn on its own, uniform on [0, 1]. With more than a few arms
// there is usually no Condorcet winner, which is what this family is for.
//
//   cost    O(K^2) for an instance
//   repeat  same stream, same problem
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/fixed_arms.hpp>

namespace joust {

namespace detail {

// Row-major entries of `arms` arms, every pair uniform on [0, 1], drawn row by row above the diagonal.
template <class Stream>
[[nodiscard]] std::vector<double> draw_tournament(std::size_t arms, Stream& stream) {
  if (arms < 2) reject("arms", text(arms), "at least 2");
  std::vector<double> entries(arms * arms, 0.5);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      double const p = draw_uniform(stream);
      entries[i * arms + j] = p;
      entries[j * arms + i] = 1.0 - p;
    }
  }
  return entries;
}

}  // namespace detail

/// A family of problems: random_tournament{.arms = 20}.
struct random_tournament {
  std::size_t arms = 10;

  /// A problem drawn from the stream. Throws std::invalid_argument for fewer than two arms.
  template <random_stream Stream>
  [[nodiscard]] fixed_arms instance(Stream& stream) const {
    return fixed_arms{preference_matrix{arms, detail::draw_tournament(arms, stream)}};
  }

  friend bool operator==(random_tournament const&, random_tournament const&) = default;
};

}  // namespace joust
