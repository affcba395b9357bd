// SPDX-License-Identifier: MIT
//
// Three Copeland winners and two losers. Arms 0, 1 and 2 beat each other in a cycle and everybody else
// clearly; arm 3 beats arm 4. There is no Condorcet winner, so an algorithm that waits for one keeps playing
// losers for ever, while one that looks for Copeland winners stops.
//
//   source  constructed
#pragma once

#include <joust/environment/fixed_arms.hpp>

namespace joust {

/// The 5 x 5 matrix as a problem; data/rps5.csv holds the same numbers.
[[nodiscard]] inline fixed_arms rock_paper_scissors5() {
  return fixed_arms{preference_matrix{{0.5, 0.6, 0.4, 0.7, 0.7},
                                      {0.4, 0.5, 0.6, 0.7, 0.7},
                                      {0.6, 0.4, 0.5, 0.7, 0.7},
                                      {0.3, 0.3, 0.3, 0.5, 0.6},
                                      {0.3, 0.3, 0.3, 0.4, 0.5}}};
}

}  // namespace joust
