// SPDX-License-Identifier: MIT
//
// A modest winner above a fierce cycle: arm 0 beats each other arm with 0.6, while 1 beats 2, 2 beats 3 and 3
// beats 1 with 0.9. The losers rule each other out far more cheaply than the winner does, which separates
// algorithms that choose their opponents well from those that duel the winner only.
//
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret lower bound and optimal algorithm in dueling bandit
//           problem", COLT 2015
#pragma once

#include <joust/environment/fixed_arms.hpp>

namespace joust {

/// The 4 x 4 matrix as a problem; data/cyclic4.csv holds the same numbers.
[[nodiscard]] inline fixed_arms cyclic4() {
  return fixed_arms{preference_matrix{{0.50, 0.60, 0.60, 0.60},
                                      {0.40, 0.50, 0.90, 0.10},
                                      {0.40, 0.10, 0.50, 0.90},
                                      {0.40, 0.90, 0.10, 0.50}}};
}

}  // namespace joust
