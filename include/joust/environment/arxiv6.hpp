// SPDX-License-Identifier: MIT
//
// Six rankers of the full-text search engine of arXiv.org, compared by interleaving their results and
// counting clicks. Real preferences: the winner (arm 0) is clear, the order below it is not, and a tie
// between arms 3 and 5 breaks weak stochastic transitivity.
//
//   source  Yue & Joachims, "Beat the mean bandit", ICML 2011
#pragma once

#include <joust/environment/fixed_arms.hpp>

namespace joust {

/// The published 6 x 6 matrix as a problem; data/arxiv6.csv holds the same numbers.
[[nodiscard]] inline fixed_arms arxiv6() {
  return fixed_arms{preference_matrix{{0.50, 0.55, 0.55, 0.54, 0.61, 0.61},
                                      {0.45, 0.50, 0.55, 0.55, 0.58, 0.60},
                                      {0.45, 0.45, 0.50, 0.54, 0.51, 0.56},
                                      {0.46, 0.45, 0.46, 0.50, 0.54, 0.50},
                                      {0.39, 0.42, 0.49, 0.46, 0.50, 0.51},
                                      {0.39, 0.40, 0.44, 0.50, 0.49, 0.50}}};
}

}  // namespace joust
