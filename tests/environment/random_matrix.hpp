// SPDX-License-Identifier: MIT
//
// Random preference matrices for comparisons with slow definitions: some with entries on a coarse grid, so
// that exact ties occur.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust::testing {

inline preference_matrix random_matrix(std::size_t arms, bool coarse, stream& random) {
  std::vector<double> entries(arms * arms, 0.5);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      double const p = coarse ? 0.25 * static_cast<double>(draw_index(5, random)) : draw_uniform(random);
      entries[i * arms + j] = p;
      entries[j * arms + i] = 1.0 - p;
    }
  }
  return {arms, std::move(entries)};
}

}  // namespace joust::testing
