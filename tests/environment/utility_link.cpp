// SPDX-License-Identifier: MIT
#include <joust/environment/utility_link.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/winners.hpp>

using joust::utility_link;

namespace {

constexpr utility_link links[] = {utility_link::linear, utility_link::natural, utility_link::logistic};

}  // namespace

TEST_CASE("utility_link: the three formulas", "[utility_link]") {
  CHECK(joust::win_probability(utility_link::linear, 0.8, 0.2) == Approx(0.8).epsilon(1e-15));
  CHECK(joust::win_probability(utility_link::natural, 0.8, 0.2) == Approx(0.8).epsilon(1e-15));
  CHECK(joust::win_probability(utility_link::natural, 0.2, 0.8) == Approx(0.2).epsilon(1e-15));
  CHECK(joust::win_probability(utility_link::natural, 1e308, 1e308) == 0.5);
  CHECK(joust::win_probability(utility_link::natural, 1e308, 1e-308) == 1.0);
  CHECK(joust::win_probability(utility_link::natural, 1e-308, 1e308) == 0.0);
  CHECK(joust::win_probability(utility_link::logistic, 0.8, 0.2) ==
        Approx(1.0 / (1.0 + std::exp(-0.6))).epsilon(1e-15));
  CHECK(joust::link_name(utility_link::linear) == "linear");
  CHECK(joust::link_name(utility_link::natural) == "natural");
  CHECK(joust::link_name(utility_link::logistic) == "logistic");
}

TEST_CASE("utility_link: every winner is the arm of largest utility", "[utility_link]") {
  joust::stream random{31};
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<double> utilities(2 + joust::draw_index(6, random));
    for (double& u : utilities) u = 0.01 + 0.99 * joust::draw_uniform(random);
    auto const best = static_cast<std::size_t>(std::ranges::max_element(utilities) - utilities.begin());
    for (utility_link const link : links) {
      auto const p = joust::utility_matrix(utilities, link);
      CHECK(joust::condorcet_winner(p) == best);
      CHECK(joust::copeland_winners(p) == std::vector<std::size_t>{best});
      CHECK(joust::borda_winners(p) == std::vector<std::size_t>{best});
    }
  }
}

TEST_CASE("utility_link: refuses utilities that it has no probability for", "[utility_link]") {
  CHECK_THROWS_WITH(joust::win_probability(utility_link::linear, 2.0, 0.5),
                    "utilities: is 2 and 0.5; expected at most 1 apart for the linear link");
  CHECK_THROWS_WITH(joust::win_probability(utility_link::natural, 0.0, 0.5),
                    "u: is 0; expected above 0 for the natural link");
  CHECK_THROWS_AS(joust::win_probability(utility_link::natural, 0.5, -1.0), std::invalid_argument);
  for (utility_link const link : links) {
    CHECK_THROWS_AS(joust::win_probability(link, std::numeric_limits<double>::quiet_NaN(), 0.5),
                    std::invalid_argument);
    CHECK_THROWS_AS(joust::win_probability(link, 0.5, std::numeric_limits<double>::infinity()),
                    std::invalid_argument);
    CHECK_THROWS_AS(joust::utility_matrix({0.5}, link), std::invalid_argument);
    CHECK_THROWS_AS(joust::utility_matrix({}, link), std::invalid_argument);
  }
  CHECK(joust::utility_matrix({0.1, 0.2}, utility_link::linear, {"a", "b"}).name(1) == "b");
}
