// SPDX-License-Identifier: MIT
//
// The two candidates with the largest expected rewards: pure exploitation. It never looks at uncertainty, so
// it can stay with a wrong favourite for ever; it is the baseline that shows what exploration buys.
//
//   needs   a belief over at least two candidates, of which it reads the mean
//   cost    one mean and O(M); no allocation
//   repeat  same belief and same stream give the same pair; random only between equal means
//   source  folklore
#pragma once

#include <cstddef>
#include <span>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

/// First the largest mean, second the largest of the others; equal means are drawn from uniformly.
class greedy {
 public:
  static constexpr bool may_self_duel = false;

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    detail::require_rivals(rewards.size());
    std::span<double const> const mean = rewards.mean();
    std::size_t const first = argmax(mean, stream);
    return {first, detail::argmax_except(mean, first, stream)};
  }

  friend bool operator==(greedy const&, greedy const&) = default;
};

}  // namespace joust
