// SPDX-License-Identifier: MIT
#include <joust/environment/duel_log.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>
#include <vector>

TEST_CASE("duel_log: counts wins, ties and soft judgements", "[duel_log]") {
  joust::duel_log log{{"a", "b", "c"}};
  log.add({0, 1, joust::first_wins, 3});
  log.add({1, 0, joust::first_wins, 2});
  log.add({0, 2, joust::tie});
  log.add({1, 2, 0.25, 4});
  CHECK(log.arms() == 3);
  CHECK(log.duels() == 10);
  CHECK(log.records().size() == 4);
  CHECK(log.wins() == std::vector<double>{0, 3, 0.5, 2, 0, 1, 0.5, 3, 0});
}

TEST_CASE("duel_log: refuses what is no duel, and adds nothing", "[duel_log]") {
  joust::duel_log log{{"a", "b"}};
  log.add({0, 1, joust::first_wins, 3});
  auto const before = log;
  CHECK_THROWS_AS(log.add({0, 2}), std::invalid_argument);
  CHECK_THROWS_AS(log.add({2, 0}), std::invalid_argument);
  CHECK_THROWS_WITH(log.add({1, 1}), "second: is \"b\", the same as the first; expected another arm");
  CHECK_THROWS_AS(log.add({0, 1, 1.5}), std::invalid_argument);
  CHECK_THROWS_AS(log.add({0, 1, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  CHECK_THROWS_WITH(log.add({0, 1, joust::tie, 0}), "count: is 0; expected at least 1");
  CHECK_THROWS_AS(log.add({0, 1, joust::tie, joust::duel_log::most_duels - 2}), std::invalid_argument);
  CHECK_THROWS_AS(log.add({0, 1, joust::tie, std::numeric_limits<std::uint64_t>::max()}),
                  std::invalid_argument);
  CHECK(log == before);
  log.add({0, 1, joust::tie, joust::duel_log::most_duels - 3});
  CHECK(log.duels() == joust::duel_log::most_duels);
}

TEST_CASE("duel_log: needs two names, all different", "[duel_log]") {
  CHECK_THROWS_AS((joust::duel_log{std::vector<std::string>{}}), std::invalid_argument);
  CHECK_THROWS_AS((joust::duel_log{std::vector<std::string>{"a"}}), std::invalid_argument);
  CHECK_THROWS_AS((joust::duel_log{std::vector<std::string>{"a", "b", "a"}}), std::invalid_argument);
  CHECK_THROWS_AS((joust::duel_log{std::vector<std::string>{"a", ""}}), std::invalid_argument);
}
