// SPDX-License-Identifier: MIT
//
// Two different candidates, every ordered pair equally likely: the floor that a rule which looks at its
// belief has to beat.
//
//   needs   a belief over at least two candidates, of which it reads the size
//   cost    O(1)
//   repeat  same number of candidates and same stream give the same pair
//   source  folklore
#pragma once

#include <cstddef>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

/// An ordered pair of distinct candidates, uniform among all M (M - 1).
class uniform_pair {
 public:
  static constexpr bool may_self_duel = false;

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    std::size_t const candidates = rewards.size();
    detail::require_rivals(candidates);
    std::size_t const first = draw_index(candidates, stream);
    return {first, detail::draw_other(candidates, first, stream)};
  }

  friend bool operator==(uniform_pair const&, uniform_pair const&) = default;
};

}  // namespace joust
