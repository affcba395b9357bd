// SPDX-License-Identifier: MIT
//
// Eight arms in perfect order: arm i beats arm j with probability 0.5 + 0.05 (j - i). Strongly transitive;
// the neighbours are hard to tell apart, the ends are not.
//
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret lower bound and optimal algorithm in dueling bandit
//           problem", COLT 2015
#pragma once

#include <joust/environment/fixed_arms.hpp>

namespace joust {

/// The 8 x 8 matrix as a problem; data/arithmetic8.csv holds the same numbers.
[[nodiscard]] inline fixed_arms arithmetic8() {
  return fixed_arms{preference_matrix{{0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85},
                                      {0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80},
                                      {0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75},
                                      {0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70},
                                      {0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65},
                                      {0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60},
                                      {0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55},
                                      {0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50}}};
}

}  // namespace joust
