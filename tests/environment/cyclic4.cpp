// SPDX-License-Identifier: MIT
#include <joust/environment/cyclic4.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <joust/environment/read_matrix.hpp>

TEST_CASE("cyclic4: the header holds the numbers of the file", "[cyclic4]") {
  auto const truth = joust::cyclic4();
  CHECK(truth.arms() == 4);
  CHECK(truth.preferences() == joust::read_matrix(joust::testing::data_file("cyclic4.csv")));
}

TEST_CASE("cyclic4: the first arm wins, and no utility is claimed", "[cyclic4]") {
  auto const truth = joust::cyclic4();
  CHECK(joust::condorcet_winner(truth.preferences()) == 0u);
  CHECK(truth.best_arm() == 0);
  CHECK(truth.knows(joust::regret_kind::average));
  CHECK_FALSE(truth.knows(joust::regret_kind::utility));
}

TEST_CASE("cyclic4: a modest winner above a fierce cycle", "[cyclic4]") {
  auto const truth = joust::cyclic4();
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(truth.probability(0, i) == 0.6);
    CHECK(truth.probability(i, 1 + i % 3) == 0.9);
  }
}
