// SPDX-License-Identifier: MIT
//
// What an agent that stops by itself vouches for: which arm is the winner, in which sense, with which
// probability, and what it cost to find out.
//
//   source  Even-Dar, Mannor & Mansour, "Action Elimination and Stopping Conditions for the Multi-Armed
//           Bandit", JMLR 2006 (the terms)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace joust {

/// What it means to be the winner.
enum class winner_kind : unsigned char {
  condorcet,  ///< beats every other arm
  copeland,   ///< beats the most other arms
  borda,      ///< has the best chance against a random other arm
};

/// The names of the kinds, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(winner_kind) noexcept {
  return {"condorcet", "copeland", "borda"};
}

/// The claim of an agent that has stopped. Under the agent's assumptions it is wrong with probability of at
/// most 1 - confidence, over the answers and the agent's own choices.
struct certificate {
  std::size_t arm = 0;                          ///< the winner
  winner_kind winner = winner_kind::condorcet;  ///< in which sense
  double confidence = 0.0;                      ///< probability that the claim is true, at least
  double tolerance = 0.0;  ///< by how much, as a probability, the arm may fall short; 0: the winner itself
  std::uint64_t comparisons = 0;  ///< answers that it took

  friend bool operator==(certificate const&, certificate const&) = default;
};

}  // namespace joust
