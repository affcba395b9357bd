// SPDX-License-Identifier: MIT
#include <joust/environment/smoothed_frequencies.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

TEST_CASE("smoothed_frequencies: shares of wins, pulled to one half", "[smoothed_frequencies]") {
  joust::duel_log log{{"a", "b", "c"}};
  log.add({0, 1, joust::first_wins, 3});
  log.add({1, 0, joust::first_wins, 1});
  log.add({2, 0, joust::tie, 2});
  auto const laplace = joust::smoothed_frequencies(log);
  CHECK(laplace(0, 1) == Approx(4.0 / 6.0).epsilon(1e-15));
  CHECK(laplace(1, 0) == Approx(2.0 / 6.0).epsilon(1e-15));
  CHECK(laplace(0, 2) == 0.5);
  CHECK(laplace(1, 2) == 0.5);
  CHECK(laplace.name(2) == "c");
  CHECK(joust::smoothed_frequencies(log, {.pseudo_count = 0.5})(0, 1) == Approx(3.5 / 5.0).epsilon(1e-15));
  CHECK(joust::smoothed_frequencies(log, {.pseudo_count = 1e308})(0, 1) == Approx(0.5).epsilon(1e-15));
}

TEST_CASE("smoothed_frequencies: without smoothing every pair must have met", "[smoothed_frequencies]") {
  joust::duel_log log{{"a", "b", "c"}};
  log.add({0, 1, joust::first_wins, 3});
  log.add({0, 2, joust::second_wins, 3});
  CHECK_THROWS_WITH(joust::smoothed_frequencies(log, {.pseudo_count = 0.0}),
                    "log: is without a comparison of \"b\" and \"c\"; expected one of every pair, or a "
                    "pseudo_count above 0");
  log.add({1, 2, joust::first_wins, 1});
  auto const raw = joust::smoothed_frequencies(log, {.pseudo_count = 0.0});
  CHECK(raw(0, 1) == 1.0);
  CHECK(raw(0, 2) == 0.0);
  CHECK(raw(2, 1) == 0.0);
  CHECK_THROWS_AS(joust::smoothed_frequencies(log, {.pseudo_count = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(
      joust::smoothed_frequencies(log, {.pseudo_count = std::numeric_limits<double>::quiet_NaN()}),
      std::invalid_argument);
  CHECK_THROWS_AS(joust::smoothed_frequencies(log, {.pseudo_count = std::numeric_limits<double>::infinity()}),
                  std::invalid_argument);
}
