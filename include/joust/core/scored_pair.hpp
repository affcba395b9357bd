// SPDX-License-Identifier: MIT
//
// What a direct preference loss sees of an answered duel: how likely the policy and its reference find the
// two actions, and how long these are. And what it says in return: how the loss changes with either
// likelihood.
#pragma once

#include <joust/core/host_device.hpp>

namespace joust {

/// A chosen and a rejected action, in log-probabilities: of the whole action, summed over its parts if it has
/// any.
struct scored_pair {
  double chosen = 0.0;              ///< log pi(chosen | x)
  double rejected = 0.0;            ///< log pi(rejected | x)
  double chosen_reference = 0.0;    ///< log pi_ref(chosen | x)
  double rejected_reference = 0.0;  ///< log pi_ref(rejected | x)
  double chosen_length = 1.0;       ///< parts (tokens) of the chosen action
  double rejected_length = 1.0;     ///< parts of the rejected action

  /// The log-ratio margin: log [pi / pi_ref](chosen) - log [pi / pi_ref](rejected).
  [[nodiscard]] JOUST_HOST_DEVICE constexpr double margin() const noexcept {
    return (chosen - chosen_reference) - (rejected - rejected_reference);
  }

  /// The same pair with the roles exchanged.
  [[nodiscard]] JOUST_HOST_DEVICE constexpr scored_pair swapped() const noexcept {
    return {rejected, chosen, rejected_reference, chosen_reference, rejected_length, chosen_length};
  }

  friend constexpr bool operator==(scored_pair const&, scored_pair const&) = default;
};

/// The derivatives of a loss by log pi(chosen | x) and log pi(rejected | x).
struct pair_slopes {
  double chosen = 0.0;
  double rejected = 0.0;

  friend constexpr bool operator==(pair_slopes const&, pair_slopes const&) = default;
};

}  // namespace joust
