// SPDX-License-Identifier: MIT
#include <joust/environment/arxiv6.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <joust/environment/read_matrix.hpp>

TEST_CASE("arxiv6: the header holds the numbers of the file", "[arxiv6]") {
  auto const truth = joust::arxiv6();
  CHECK(truth.arms() == 6);
  CHECK(truth.preferences() == joust::read_matrix(joust::testing::data_file("arxiv6.csv")));
}

TEST_CASE("arxiv6: the first arm wins, and no utility is claimed", "[arxiv6]") {
  auto const truth = joust::arxiv6();
  CHECK(joust::condorcet_winner(truth.preferences()) == 0u);
  CHECK(truth.best_arm() == 0);
  CHECK(truth.knows(joust::regret_kind::average));
  CHECK_FALSE(truth.knows(joust::regret_kind::utility));
}

TEST_CASE("arxiv6: smallest and largest gap to the winner", "[arxiv6]") {
  auto const truth = joust::arxiv6();
  CHECK(truth.simple_regret(3) == Approx(0.04).epsilon(1e-12));
  CHECK(truth.simple_regret(5) == Approx(0.11).epsilon(1e-12));
  CHECK(truth.probability(3, 5) == 0.5);
}
