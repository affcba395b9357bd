// SPDX-License-Identifier: MIT
#include <joust/environment/baseball1987.hpp>

#include "data_file.hpp"

#include <catch2/catch.hpp>

#include <joust/environment/read_duels.hpp>

TEST_CASE("baseball1987: the header holds the records of the file", "[baseball1987]") {
  CHECK(joust::baseball1987() == joust::read_duels(joust::testing::data_file("baseball1987.csv")));
}

TEST_CASE("baseball1987: thirteen games for every pair", "[baseball1987]") {
  auto const log = joust::baseball1987();
  CHECK(log.arms() == 7);
  CHECK(log.duels() == 273);
  auto const wins = log.wins();
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t j = 0; j < 7; ++j) CHECK(wins[7 * i + j] + wins[7 * j + i] == (i == j ? 0.0 : 13.0));
  }
}
