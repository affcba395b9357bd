// SPDX-License-Identifier: MIT
#include <joust/environment/holds.hpp>

#include "random_matrix.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

using joust::certificate;
using joust::holds;
using joust::preference_matrix;
using joust::winner_kind;

TEST_CASE("holds: without tolerance, a claim is true of the winners and of no other arm", "[holds]") {
  joust::stream random{71};
  for (int trial = 0; trial < 300; ++trial) {
    auto const p = joust::testing::random_matrix(2 + joust::draw_index(5, random), trial % 2 == 0, random);
    auto const copeland = joust::copeland_winners(p);
    auto const borda = joust::borda_winners(p);
    for (std::size_t arm = 0; arm < p.size(); ++arm) {
      CHECK(holds({.arm = arm, .winner = winner_kind::condorcet}, p) == (joust::condorcet_winner(p) == arm));
      CHECK(holds({.arm = arm, .winner = winner_kind::copeland}, p) ==
            (std::ranges::find(copeland, arm) != copeland.end()));
      CHECK(holds({.arm = arm, .winner = winner_kind::borda}, p) ==
            (std::ranges::find(borda, arm) != borda.end()));
    }
  }
}

TEST_CASE("holds: a tolerance forgives what is within it", "[holds]") {
  // 0 beats 1 narrowly, both beat 2.
  preference_matrix const p{{0.5, 0.51, 0.7}, {0.49, 0.5, 0.75}, {0.3, 0.25, 0.5}};
  auto const claim = [](winner_kind winner, double tolerance) {
    return certificate{.arm = 1, .winner = winner, .tolerance = tolerance};
  };
  CHECK_FALSE(holds(claim(winner_kind::condorcet, 0.0), p));
  CHECK_FALSE(holds(claim(winner_kind::condorcet, 0.009), p));
  CHECK(holds(claim(winner_kind::condorcet, 0.01), p));
  CHECK_FALSE(holds(claim(winner_kind::copeland, 0.0), p));
  CHECK_FALSE(holds(claim(winner_kind::copeland, 0.009), p));
  CHECK(holds(claim(winner_kind::copeland, 0.01), p));
  CHECK(holds(claim(winner_kind::borda, 0.0), p));  // 0.62 against 0.605
  certificate const other{.arm = 0, .winner = winner_kind::borda, .tolerance = 0.014};
  CHECK_FALSE(holds(other, p));
  certificate wider = other;
  wider.tolerance = 0.015;
  CHECK(holds(wider, p));
  CHECK_FALSE(holds({.arm = 2, .winner = winner_kind::condorcet, .tolerance = 0.1}, p));
}

TEST_CASE("holds: duels within the tolerance count for the arm and not for its rivals", "[holds]") {
  // 1 beats 0, 0 beats 2, and 2 hardly beats 1: at a tolerance of 0.01 no arm beats two others for certain.
  preference_matrix const p{{0.5, 0.3, 0.7}, {0.7, 0.5, 0.495}, {0.3, 0.505, 0.5}};
  CHECK(holds({.arm = 0, .winner = winner_kind::copeland, .tolerance = 0.01}, p));
  CHECK(holds({.arm = 1, .winner = winner_kind::copeland, .tolerance = 0.01}, p));
  preference_matrix const clear{{0.5, 0.3, 0.7}, {0.7, 0.5, 0.6}, {0.3, 0.4, 0.5}};
  CHECK_FALSE(holds({.arm = 0, .winner = winner_kind::copeland, .tolerance = 0.01}, clear));
}

TEST_CASE("holds: a tie is not beaten, unless it is tolerated", "[holds]") {
  preference_matrix const tied{{0.5, 0.5}, {0.5, 0.5}};
  CHECK_FALSE(holds({.arm = 0}, tied));
  CHECK(holds({.arm = 0, .tolerance = 1e-9}, tied));
  CHECK(holds({.arm = 0, .winner = winner_kind::copeland}, tied));
  CHECK_THROWS_AS(holds({.arm = 2}, tied), std::invalid_argument);
}
