// SPDX-License-Identifier: MIT
#include <joust/oracle/davidson_ties.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

auto const itself = [](double a) { return a; };
joust::no_context const x;

}  // namespace

TEST_CASE("davidson_ties: the published formula", "[davidson_ties]") {
  static_assert(joust::known_preference<joust::davidson_ties<decltype(itself)>, joust::no_context, double>);
  for (double const nu : {0.0, 0.3, 1.0, 4.0}) {
    joust::davidson_ties const oracle{itself, nu};
    for (double u = -3.0; u <= 3.0; u += 0.5) {
      for (double v = -3.0; v <= 3.0; v += 0.5) {
        double const i = std::exp(u);  // Davidson's worths
        double const j = std::exp(v);
        double const total = i + j + nu * std::sqrt(i * j);
        CHECK(oracle.tie_probability(x, u, v) == Approx(nu * std::sqrt(i * j) / total).margin(1e-15));
        CHECK(oracle.probability(x, u, v) ==
              Approx((i + 0.5 * nu * std::sqrt(i * j)) / total).epsilon(1e-13));
        CHECK(oracle.probability(x, u, v) + oracle.probability(x, v, u) == Approx(1.0).epsilon(1e-14));
      }
    }
    CHECK(oracle.tie_probability(x, 1.0, 1.0) == Approx(nu / (2.0 + nu)).margin(1e-15));
  }
  joust::davidson_ties const far{itself, 2.0};
  CHECK(far.probability(x, 2000.0, 0.0) == 1.0);
  CHECK(far.probability(x, 0.0, 2000.0) == 0.0);
}

TEST_CASE("davidson_ties: all three answers come with their probability", "[davidson_ties]") {
  joust::davidson_ties const oracle{itself, 1.5};
  double const tied = oracle.tie_probability(x, 0.4, -0.2);
  double const won = oracle.probability(x, 0.4, -0.2) - 0.5 * tied;
  // 4.5 standard errors
  auto const share = [&](double of, double expected, std::uint64_t seed) {
    auto const ask = [&](joust::stream& random) {
      return oracle.compare(x, 0.4, -0.2, random) == of ? 1.0 : 0.0;
    };
    return joust::testing::standard_errors(ask, expected, 40'000, seed);
  };
  CHECK(share(joust::first_wins, won, 10) < 4.5);
  CHECK(share(joust::tie, tied, 11) < 4.5);
  CHECK(share(joust::second_wins, 1.0 - won - tied, 12) < 4.5);
}

TEST_CASE("davidson_ties: refuses what has no meaning", "[davidson_ties]") {
  CHECK_THROWS_WITH((joust::davidson_ties{itself, -0.5}),
                    "nu: is -0.5; expected a finite number of at least 0");
  CHECK_THROWS_AS((joust::davidson_ties{itself, std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
  CHECK_THROWS_AS((joust::davidson_ties{itself, std::numeric_limits<double>::infinity()}),
                  std::invalid_argument);
  joust::davidson_ties const oracle{itself, 1.0};
  joust::stream random{1};
  CHECK_THROWS_AS(oracle.compare(x, std::numeric_limits<double>::quiet_NaN(), 0.0, random),
                  joust::oracle_error);
}
