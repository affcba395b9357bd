// SPDX-License-Identifier: MIT
#include <joust/environment/rock_paper_scissors.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include <joust/environment/read_matrix.hpp>

TEST_CASE("rock_paper_scissors: the default holds the numbers of the file", "[rock_paper_scissors]") {
  auto const file = joust::read_matrix(joust::testing::data_file("rps3.csv"));
  auto const truth = joust::rock_paper_scissors();
  CHECK(truth.arms() == file.size());
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) CHECK(truth.probability(i, j) == Approx(file(i, j)).epsilon(1e-15));
  }
}

TEST_CASE("rock_paper_scissors: a cycle with any gaps", "[rock_paper_scissors]") {
  auto const truth = joust::rock_paper_scissors(
      {.first_over_second = 0.1, .second_over_third = 0.2, .third_over_first = 0.3});
  CHECK(truth.probability(0, 1) == 0.6);
  CHECK(truth.probability(1, 2) == 0.7);
  CHECK(truth.probability(2, 0) == 0.8);
  CHECK(joust::condorcet_winner(truth.preferences()) == std::nullopt);
  CHECK(joust::copeland_winners(truth.preferences()) == std::vector<std::size_t>{0, 1, 2});
  CHECK_FALSE(truth.knows(joust::regret_kind::average));
  CHECK_FALSE(truth.knows(joust::regret_kind::simple));
  CHECK(truth.knows(joust::regret_kind::copeland));
  // The mixture in proportion to the opposite gaps loses to no arm.
  std::array<double, 3> const weights{0.2 / 0.6, 0.3 / 0.6, 0.1 / 0.6};
  for (std::size_t j = 0; j < 3; ++j) {
    double gap = 0.0;
    for (std::size_t i = 0; i < 3; ++i) gap += weights[i] * (truth.probability(i, j) - 0.5);
    CHECK(gap == Approx(0.0).margin(1e-15));
  }
}

TEST_CASE("rock_paper_scissors: refuses gaps that are none", "[rock_paper_scissors]") {
  CHECK_THROWS_WITH(joust::rock_paper_scissors({.first_over_second = 0.0}),
                    "first_over_second: is 0; expected a number in (0, 1/2]");
  CHECK_THROWS_AS(joust::rock_paper_scissors({.second_over_third = 0.6}), std::invalid_argument);
  CHECK_THROWS_AS(joust::rock_paper_scissors({.third_over_first = std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
}
