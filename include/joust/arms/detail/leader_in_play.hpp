// SPDX-License-Identifier: MIT
//
// The arm to recommend while several are left: the one that has beaten the most others.
//
//   cost    O(K), and O(K) more for each arm that ties for the lead
#pragma once

#include <cstddef>
#include <vector>

#include <joust/arms/detail/pair_counts.hpp>

namespace joust::detail {

/// Among the arms that are not marked as out, at least one, the one that has beaten the most others; then the
/// larger mean share, then the lower index.
[[nodiscard]] inline std::size_t leader_in_play(pair_counts const& counts,
                                                std::vector<unsigned char> const& out) noexcept {
  std::size_t best = 0;
  while (out[best] != 0) ++best;
  double best_borda = -1.0;  // not computed yet
  for (std::size_t i = best + 1; i < out.size(); ++i) {
    if (out[i] != 0 || counts.beaten(i) < counts.beaten(best)) continue;
    double rival = -1.0;
    if (counts.beaten(i) == counts.beaten(best)) {
      if (best_borda < 0.0) best_borda = counts.borda(best);
      rival = counts.borda(i);
      if (rival <= best_borda) continue;
    }
    best = i;
    best_borda = rival;
  }
  return best;
}

}  // namespace joust::detail
