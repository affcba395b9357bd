// SPDX-License-Identifier: MIT
#include <joust/oracle/bradley_terry.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <cmath>

TEST_CASE("bradley_terry: odds are the exponential of the advantage", "[bradley_terry]") {
  joust::bradley_terry const oracle{[](double a) { return a; }};
  static_assert(joust::known_preference<decltype(oracle), joust::no_context, double>);
  joust::no_context const x;
  CHECK(oracle.probability(x, std::log(3.0), 0.0) == Approx(0.75).epsilon(1e-15));
  CHECK(oracle.probability(x, 2.0, 2.0) == 0.5);
  CHECK(oracle.probability(x, -700.0, 0.0) == Approx(std::exp(-700.0)).epsilon(1e-12));
  CHECK(oracle.probability(x, 1e308, -1e308) == 1.0);
  for (double d = -5.0; d <= 5.0; d += 0.25) {
    CHECK(oracle.probability(x, d, 0.0) == Approx(1.0 / (1.0 + std::exp(-d))).epsilon(1e-14));
    CHECK(oracle.probability(x, d, 0.0) + oracle.probability(x, 0.0, d) == Approx(1.0).epsilon(1e-15));
  }
}

TEST_CASE("bradley_terry: answers come with the stated probability", "[bradley_terry]") {
  joust::bradley_terry oracle{[](double x, double a) { return x * a; }};
  // 4.5 standard errors; sigmoid(2 * 0.6 - 2 * 0.1) = sigmoid(1)
  auto const ask = [&](joust::stream& random) { return oracle.compare(2.0, 0.6, 0.1, random); };
  CHECK(joust::testing::standard_errors(ask, 1.0 / (1.0 + std::exp(-1.0)), 40'000, 6) < 4.5);
}
