// SPDX-License-Identifier: MIT
//
// Whether what an agent vouches for is true. An agent that stops by itself says which arm is the winner and
// in which sense; the environment's probabilities decide.
//
//   needs   preference_matrix (oracle/), certificate (core/)
//   cost    O(K^2)
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/winners.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

/// True if the claim is. With e its tolerance, the arm is to
///   condorcet  beat every other arm; with e > 0, lose to none by more than e: p(arm, j) >= 1/2 - e
///   copeland   beat as many others as any arm does, where duels within e of 1/2 count as won for the arm and
///              as not won for the others
///   borda      have a Borda score within e of the largest
/// each up to a rounding of 1e-12. Confidence and comparisons play no part. Throws std::invalid_argument for
/// an arm out of range.
[[nodiscard]] inline bool holds(certificate const& claim, preference_matrix const& truth) {
  constexpr double rounding = 1e-12;
  detail::require_index("arm", claim.arm, truth.size());
  double const slack = claim.tolerance + rounding;
  switch (claim.winner) {
    case winner_kind::condorcet: {
      if (claim.tolerance == 0.0) return condorcet_winner(truth) == claim.arm;
      return std::ranges::all_of(truth.row(claim.arm), [&](double p) { return p >= 0.5 - slack; });
    }
    case winner_kind::copeland: {
      if (claim.tolerance == 0.0) {
        auto const winners = copeland_winners(truth);
        return std::ranges::find(winners, claim.arm) != winners.end();
      }
      auto const reach = [&](std::size_t arm, double level) {
        std::size_t count = 0;
        for (std::size_t j = 0; j < truth.size(); ++j) count += j != arm && truth(arm, j) > level ? 1U : 0U;
        return count;
      };
      std::size_t const own = reach(claim.arm, 0.5 - slack);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        if (i != claim.arm && reach(i, 0.5 + slack) > own) return false;
      }
      return true;
    }
    case winner_kind::borda: {
      auto const scores = borda_scores(truth);
      return scores[claim.arm] >= *std::ranges::max_element(scores) - slack;
    }
  }
  return false;
}

}  // namespace joust
