// SPDX-License-Identifier: MIT
//
// What agents do that drop arms: the arm to recommend while several are left, and which of them go.
//
//   cost    leader_in_play: O(K), and O(K) more for each arm that ties for the lead; drop_the_beaten: O(K^2)
#pragma once

#include <algorithm>
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

/// Marks the arms as out that have been beaten; beaten(i, j) says whether i speaks against j, and has beaten
/// it. If everybody in play has been beaten, by rights impossible, those stay that have been beaten by the
/// fewest. `losses` is work space, a number per arm.
template <class Number, class Beaten>
void drop_the_beaten(std::vector<unsigned char>& out, std::vector<Number>& losses, Beaten const& beaten) {
  Number fewest = static_cast<Number>(out.size());
  for (std::size_t j = 0; j < out.size(); ++j) {
    if (out[j] != 0) continue;
    losses[j] = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (beaten(i, j)) ++losses[j];
    }
    fewest = std::min(fewest, losses[j]);
  }
  // Only now, so that the verdict on an arm does not depend on those before it.
  for (std::size_t j = 0; j < out.size(); ++j) {
    if (out[j] == 0 && losses[j] > fewest) out[j] = 1;
  }
}

}  // namespace joust::detail
