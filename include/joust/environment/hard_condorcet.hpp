// SPDX-License-Identifier: MIT
//
// A winner and noise: one arm, drawn at random, beats all others by the same small gap, and the others beat
// each other with probabilities uniform on [0, 1]. Some of them beat most arms by more than the winner does,
// so the Borda winner is often another arm.
//
//   cost    O(K^2) for an instance
//   repeat  same stream, same problem
#pragma once

#include <cstddef>
#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/random_tournament.hpp>

namespace joust {

/// A family of problems: hard_condorcet{.arms = 20, .gap = 0.02}.
struct hard_condorcet {
  std::size_t arms = 10;
  double gap = 0.1;  ///< the winner beats every other arm with probability 1/2 + gap; in (0, 1/2]

  /// A problem drawn from the stream. Throws std::invalid_argument for fewer than two arms or a gap outside
  /// (0, 1/2].
  template <random_stream Stream>
  [[nodiscard]] fixed_arms instance(Stream& stream) const {
    if (!(gap > 0.0 && gap <= 0.5)) detail::reject("gap", detail::text(gap), "a number in (0, 1/2]");
    auto entries = detail::draw_tournament(arms, stream);
    std::size_t const winner = draw_index(arms, stream);
    for (std::size_t i = 0; i < arms; ++i) {
      if (i == winner) continue;
      entries[winner * arms + i] = 0.5 + gap;
      entries[i * arms + winner] = 0.5 - gap;
    }
    return fixed_arms{preference_matrix{arms, std::move(entries)}};
  }

  friend bool operator==(hard_condorcet const&, hard_condorcet const&) = default;
};

}  // namespace joust
