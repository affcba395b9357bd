// SPDX-License-Identifier: MIT
//
// The smallest problem without a Condorcet winner: 0 beats 1, 1 beats 2, 2 beats 0. Every arm is a Copeland
// winner. The von Neumann winner plays each arm in proportion to the gap of the duel it takes no part in.
//
//   source  constructed; the mixed winner after Dudik, Hofmann, Schapire, Slivkins & Zoghi, "Contextual
//           dueling bandits", COLT 2015
#pragma once

#include <joust/core/error.hpp>
#include <joust/environment/fixed_arms.hpp>

namespace joust {

/// By how much each arm of the cycle beats the next: p - 1/2, in (0, 1/2].
struct cycle_gaps {
  double first_over_second = 0.1;
  double second_over_third = 0.1;
  double third_over_first = 0.1;
};

/// The cycle as a problem; data/rps3.csv holds the default one. Throws std::invalid_argument for a gap
/// outside (0, 1/2].
[[nodiscard]] inline fixed_arms rock_paper_scissors(cycle_gaps gaps = {}) {
  auto const require = [](char const* name, double gap) {
    if (!(gap > 0.0 && gap <= 0.5)) detail::reject(name, detail::text(gap), "a number in (0, 1/2]");
  };
  require("first_over_second", gaps.first_over_second);
  require("second_over_third", gaps.second_over_third);
  require("third_over_first", gaps.third_over_first);
  double const a = 0.5 + gaps.first_over_second;
  double const b = 0.5 + gaps.second_over_third;
  double const c = 0.5 + gaps.third_over_first;
  return fixed_arms{preference_matrix{{0.5, a, 1.0 - c}, {1.0 - a, 0.5, b}, {c, 1.0 - b, 0.5}}};
}

}  // namespace joust
