// SPDX-License-Identifier: MIT
#include <joust/environment/rock_paper_scissors5.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <vector>

#include <joust/environment/read_matrix.hpp>

TEST_CASE("rock_paper_scissors5: the header holds the numbers of the file", "[rock_paper_scissors5]") {
  auto const truth = joust::rock_paper_scissors5();
  CHECK(truth.arms() == 5);
  CHECK(truth.preferences() == joust::read_matrix(joust::testing::data_file("rps5.csv")));
}

TEST_CASE("rock_paper_scissors5: three Copeland winners, no Condorcet winner", "[rock_paper_scissors5]") {
  auto const truth = joust::rock_paper_scissors5();
  CHECK_FALSE(joust::condorcet_winner(truth.preferences()));
  CHECK(joust::copeland_winners(truth.preferences()) == std::vector<std::size_t>{0, 1, 2});
  CHECK_FALSE(truth.knows(joust::regret_kind::average));
  CHECK(truth.knows(joust::regret_kind::copeland));
}
