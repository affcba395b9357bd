// SPDX-License-Identifier: MIT
#include <joust/oracle/noisy.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

#include <joust/oracle/callable_oracle.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace {

joust::preference_matrix const three{{0.5, 0.9, 0.6}, {0.1, 0.5, 0.0}, {0.4, 1.0, 0.5}};

}  // namespace

TEST_CASE("noisy: shrinks every gap by the same factor", "[noisy]") {
  static_assert(
      joust::known_preference<joust::noisy<joust::preference_matrix>, joust::no_context, std::size_t>);
  joust::no_context const x;
  for (double const rate : {0.0, 0.1, 0.25, 0.5}) {
    joust::noisy const oracle{three, rate};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        CHECK(oracle.probability(x, i, j) - 0.5 ==
              Approx((1.0 - 2.0 * rate) * (three(i, j) - 0.5)).margin(1e-15));
      }
    }
  }
}

TEST_CASE("noisy: answers come with the stated probability", "[noisy]") {
  joust::noisy oracle{three, 0.2};
  // 4.5 standard errors
  for (std::size_t j = 0; j < 3; ++j) {
    auto const ask = [&](joust::stream& random) {
      return oracle.compare(joust::no_context{}, std::size_t{1}, j, random);
    };
    double const p = oracle.probability(joust::no_context{}, std::size_t{1}, j);
    CHECK(joust::testing::standard_errors(ask, p, 20'000, 20 + j) < 4.5);
  }
}

TEST_CASE("noisy: flips soft answers and knows no more than its oracle", "[noisy]") {
  joust::callable_oracle const soft{[](int, int) { return 0.75; }};
  joust::noisy oracle{soft, 0.5};
  static_assert(!joust::known_preference<decltype(oracle), joust::no_context, int>);
  joust::stream random{5};
  bool kept = false;
  bool flipped = false;
  for (int i = 0; i < 100; ++i) {
    double const y = oracle.compare(joust::no_context{}, 1, 2, random);
    CHECK((y == 0.75 || y == 0.25));
    kept = kept || y == 0.75;
    flipped = flipped || y == 0.25;
  }
  CHECK((kept && flipped));
}

TEST_CASE("noisy: refuses rates outside [0, 1/2]", "[noisy]") {
  CHECK_THROWS_WITH((joust::noisy{three, 0.6}), "flip_rate: is 0.6; expected a number in [0, 1/2]");
  CHECK_THROWS_AS((joust::noisy{three, -0.1}), std::invalid_argument);
  CHECK_THROWS_AS((joust::noisy{three, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
}
