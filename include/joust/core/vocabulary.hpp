// SPDX-License-Identifier: MIT
//
// The words every part shares: a pairing is who duels whom, an outcome is the first's share of the
// preference, and a setting is what an agent may know of an environment before its first round.
#pragma once

#include <cstddef>
#include <cstdint>

namespace joust {

/// The context of a problem that has none: the same arms, nothing known before acting.
struct no_context {
  friend constexpr bool operator==(no_context, no_context) = default;
};

/// The first's share of the preference, in [0, 1]. Values between the named ones are soft judgements.
using outcome = double;

inline constexpr outcome first_wins = 1.0;
inline constexpr outcome second_wins = 0.0;
inline constexpr outcome tie = 0.5;

/// Two candidates, by index, in the order in which they are shown. A self-duel (first == second) is a round
/// that teaches nothing: classical algorithms end in it, and it is never sent to an oracle.
struct pairing {
  std::size_t first = 0;
  std::size_t second = 0;

  [[nodiscard]] constexpr bool self_duel() const noexcept { return first == second; }
  friend constexpr bool operator==(pairing, pairing) = default;
};

/// One answered comparison, to be stored or passed on: context, both actions, the outcome and how much it
/// counts.
template <class Context, class Action>
struct duel {
  Context context{};
  Action first{};
  Action second{};
  joust::outcome outcome = tie;
  double weight = 1.0;

  friend constexpr bool operator==(duel const&, duel const&) = default;
};

/// What an agent may know before its first round. Zero means unknown or without meaning for the problem at
/// hand.
struct setting {
  std::size_t arms = 0;       ///< arms, or candidates per round
  std::size_t dimension = 0;  ///< length of a candidate's feature vector
  bool fixed_arms = true;  ///< the same arms every round; otherwise an index means nothing beyond its round
  std::uint64_t horizon = 0;  ///< rounds to be played
  double confidence = 0.0;    ///< asked of agents that stop by themselves: probability of a correct answer

  friend constexpr bool operator==(setting const&, setting const&) = default;
};

}  // namespace joust
