// SPDX-License-Identifier: MIT
//
// What no algorithm can beat: for a problem with a Condorcet winner, average regret grows at least like
// c log T. An arm must lose often enough to be ruled out, and an algorithm is free to choose the opponent
// that rules it out most cheaply; the winner itself need not be that one.
//
//   needs   preference_matrix with a Condorcet winner
//   cost    O(K^2)
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret lower bound and optimal algorithm in dueling bandit
//           problem", COLT 2015, theorem 2
#pragma once

#include <algorithm>
#include <cstddef>

#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/winners.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

/// The constants c of liminf (average regret up to T) / log T >= c. Asymptotic: at a practical horizon a good
/// algorithm may lie below its line.
struct regret_lower_bound {
  double winner_as_opponent = 0.0;  ///< if each arm is ruled out by the Condorcet winner alone
  double best_opponent = 0.0;       ///< if each arm is ruled out by the cheapest arm that beats it

  friend bool operator==(regret_lower_bound const&, regret_lower_bound const&) = default;
};

/// The constants for average regret, natural logarithm. With * the Condorcet winner and D the gaps to 1/2,
/// c is the sum over i != * of the minimum over j beating i of (D(*, i) + D(*, j)) / (2 d(p(i, j), 1/2)).
/// Throws std::invalid_argument if there is no Condorcet winner.
[[nodiscard]] inline regret_lower_bound average_regret_lower_bound(preference_matrix const& p) {
  auto const winner = condorcet_winner(p);
  if (!winner) detail::reject("preferences", "without a Condorcet winner", "one arm that beats all others");
  auto const gap = [&](std::size_t arm) { return p(*winner, arm) - 0.5; };
  // Duels between i and j end after log T / d(p_ij, 1/2) rounds, each at an average regret of (D_i + D_j)/2.
  auto const cost = [&](std::size_t arm, std::size_t opponent) {
    return (gap(arm) + gap(opponent)) / (2.0 * bernoulli_kl_to_half(p(arm, opponent)));
  };
  regret_lower_bound bound;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (i == *winner) continue;
    double const against_winner = cost(i, *winner);
    double cheapest = against_winner;
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p(j, i) > 0.5) cheapest = std::min(cheapest, cost(i, j));
    }
    bound.winner_as_opponent += against_winner;
    bound.best_opponent += cheapest;
  }
  return bound;
}

}  // namespace joust
