// SPDX-License-Identifier: MIT
#include <joust/environment/arithmetic8.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <joust/environment/read_matrix.hpp>

TEST_CASE("arithmetic8: the header holds the numbers of the file", "[arithmetic8]") {
  auto const truth = joust::arithmetic8();
  CHECK(truth.arms() == 8);
  CHECK(truth.preferences() == joust::read_matrix(joust::testing::data_file("arithmetic8.csv")));
}

TEST_CASE("arithmetic8: the first arm wins, and no utility is claimed", "[arithmetic8]") {
  auto const truth = joust::arithmetic8();
  CHECK(joust::condorcet_winner(truth.preferences()) == 0u);
  CHECK(truth.best_arm() == 0);
  CHECK(truth.knows(joust::regret_kind::average));
  CHECK_FALSE(truth.knows(joust::regret_kind::utility));
}

TEST_CASE("arithmetic8: equal steps", "[arithmetic8]") {
  auto const truth = joust::arithmetic8();
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      double const steps = static_cast<double>(j) - static_cast<double>(i);
      CHECK(truth.probability(i, j) == Approx(0.5 + 0.05 * steps).margin(1e-15));
    }
  }
}
