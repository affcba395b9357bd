// SPDX-License-Identifier: MIT
//
// The 1987 season of the American League's Eastern Division: seven teams, thirteen games for every pair, the
// standard example of a Bradley-Terry fit.
//
//   source  Agresti, "Categorical data analysis", Wiley; the results themselves are public record
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <joust/environment/duel_log.hpp>

namespace joust {

/// The season's 273 games as a log; data/baseball1987.csv holds the same numbers.
[[nodiscard]] inline duel_log baseball1987() {
  constexpr std::size_t teams = 7;
  constexpr std::uint64_t games = 13;
  // wins[i][j]: how often team i beat team j, above the diagonal; the rest of the thirteen games it lost
  constexpr std::array<std::array<std::uint64_t, teams>, teams> wins{{{0, 7, 9, 7, 7, 9, 11},
                                                                      {0, 0, 7, 5, 11, 9, 9},
                                                                      {0, 0, 0, 7, 7, 8, 12},
                                                                      {0, 0, 0, 0, 6, 7, 10},
                                                                      {0, 0, 0, 0, 0, 7, 12},
                                                                      {0, 0, 0, 0, 0, 0, 6},
                                                                      {0, 0, 0, 0, 0, 0, 0}}};
  duel_log log{{"Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"}};
  for (std::size_t i = 0; i < teams; ++i) {
    for (std::size_t j = i + 1; j < teams; ++j) {
      log.add({i, j, first_wins, wins[i][j]});
      log.add({i, j, second_wins, games - wins[i][j]});
    }
  }
  return log;
}

}  // namespace joust
