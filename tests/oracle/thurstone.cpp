// SPDX-License-Identifier: MIT
#include <joust/oracle/thurstone.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <boost/math/distributions/normal.hpp>
#include <boost/random/normal_distribution.hpp>

#include <cmath>

TEST_CASE("thurstone: the probit link", "[thurstone]") {
  joust::thurstone const oracle{[](double a) { return a; }};
  static_assert(joust::known_preference<decltype(oracle), joust::no_context, double>);
  joust::no_context const x;
  boost::math::normal_distribution<double> const standard;
  CHECK(oracle.probability(x, 1.0, 1.0) == 0.5);
  for (double d = -8.0; d <= 8.0; d += 0.5) {
    CHECK(oracle.probability(x, d, 0.0) == Approx(cdf(standard, d)).epsilon(1e-12));
    CHECK(oracle.probability(x, d, 0.0) + oracle.probability(x, 0.0, d) == Approx(1.0).epsilon(1e-14));
  }
}

TEST_CASE("thurstone: is utilities seen through noise of variance 1/2", "[thurstone]") {
  joust::thurstone const oracle{[](double a) { return a; }};
  double const p = oracle.probability(joust::no_context{}, 0.7, 0.2);
  // 4.5 standard errors
  auto const ask = [&](joust::stream& random) {
    return oracle.compare(joust::no_context{}, 0.7, 0.2, random);
  };
  CHECK(joust::testing::standard_errors(ask, p, 40'000, 7) < 4.5);
  boost::random::normal_distribution<double> noise{0.0, std::sqrt(0.5)};
  auto const see = [&](joust::stream& random) {
    return 0.7 + noise(random) > 0.2 + noise(random) ? 1.0 : 0.0;
  };
  CHECK(joust::testing::standard_errors(see, p, 40'000, 8) < 4.5);
}
