// SPDX-License-Identifier: MIT
//
// A preference matrix that follows the log pair by pair and assumes nothing about the order of the arms: the
// share of wins, pulled towards 1/2 by a few imagined comparisons.
//
//   needs   duel_log
//   cost    O(records + K^2)
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/environment/duel_log.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

struct frequency_options {
  double pseudo_count = 1.0;  ///< wins added to each side of each pair: 1 Laplace, 1/2 Jeffreys, 0 none
};

/// p(i, j) = (wins of i over j + pseudo_count) / (comparisons of i and j + 2 pseudo_count). Throws
/// std::invalid_argument for a pseudo-count that is negative or not finite, and without one also for a pair
/// that was never compared, which has no frequency; the message names the pair.
[[nodiscard]] inline preference_matrix smoothed_frequencies(duel_log const& log,
                                                            frequency_options options = {}) {
  double const extra = options.pseudo_count;
  if (extra != 0.0) detail::require_positive("pseudo_count", extra);
  auto const wins = log.wins();
  std::size_t const arms = log.arms();
  std::vector<double> entries(arms * arms, 0.5);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      double const won = wins[i * arms + j] + extra;
      double const lost = wins[j * arms + i] + extra;
      if (!(won + lost > 0.0)) {
        detail::reject("log",
                       "without a comparison of \"" + log.names()[i] + "\" and \"" + log.names()[j] + "\"",
                       "one of every pair, or a pseudo_count above 0");
      }
      // won / (won + lost) without the sum, which may overflow for an absurd pseudo-count
      entries[i * arms + j] = won >= lost ? 1.0 / (1.0 + lost / won) : (won / lost) / (1.0 + won / lost);
      entries[j * arms + i] = 1.0 - entries[i * arms + j];
    }
  }
  return {arms, std::move(entries), log.names()};
}

}  // namespace joust
