// SPDX-License-Identifier: MIT
//
// No choice at all: the first two candidates, as they were proposed. With candidates sampled from a policy
// this is passive online alignment; the posterior may still learn from the duels, for best-of-N use.
//
//   needs   a belief over at least two candidates, of which it reads the size
//   cost    O(1), no randomness
//   repeat  always the same pair
//   source  OAIF, arXiv 2402.04792; "EnnPassive" of sail-sg/oat
#pragma once

#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

/// Candidates 0 and 1. The one rule that depends on the candidates' order: propose them in random order.
class passive {
 public:
  static constexpr bool may_self_duel = false;

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream&) const {
    detail::require_rivals(rewards.size());
    return {0, 1};
  }

  friend bool operator==(passive const&, passive const&) = default;
};

}  // namespace joust
