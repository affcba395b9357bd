// SPDX-License-Identifier: MIT
//
// How RMED2 and RMED2FH choose the opponent: usually the arm that refutes most cheaply, and now and then the
// current best, so that an estimate gone wrong is found out.
//
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret Lower Bound and Optimal Algorithm in Dueling Bandit
//           Problem", COLT 2015, algorithm 3
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <joust/arms/detail/divergence_table.hpp>
#include <joust/core/error.hpp>

namespace joust::detail {

/// ln ln t, and 0 where that is negative.
[[nodiscard]] inline double log_log(std::uint64_t t) noexcept {
  return std::log(std::max(std::log(static_cast<double>(t)), 1.0));
}

inline void check_refutation(double alpha, double least) {
  if (!(alpha >= 0.0 && alpha <= 1e6)) reject("alpha", text(alpha), "a number from 0 to 1000000");
  if (!(least >= -1.0 && least <= 1.0)) reject("least", text(least), "a number in [-1, 1]");
}

/// Whom `arm` duels when `best` is the likeliest winner and `cheap` the arm that refutes most cheaply (or no
/// arm: an index beyond all). The best has its share of the duels, one for ln ln t of the other's.
template <class Stream>
[[nodiscard]] std::size_t economical_opponent(divergence_table& table, std::size_t arm, std::size_t best,
                                              std::size_t cheap, double log_log_t, Stream& stream) {
  if (cheap >= table.arms() || !table.unbeaten(arm, cheap)) return table.opponent(arm, best, stream);
  bool const best_is_due =
      table.unbeaten(arm, best) && table.duels(arm, best) * log_log_t <= table.duels(arm, cheap);
  return best_is_due ? best : cheap;
}

}  // namespace joust::detail
