// SPDX-License-Identifier: MIT
#include <joust/oracle/linear_link.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

TEST_CASE("linear_link: half of one plus the advantage", "[linear_link]") {
  joust::linear_link const oracle{[](double a) { return a; }};
  static_assert(joust::known_preference<decltype(oracle), joust::no_context, double>);
  joust::no_context const x;
  CHECK(oracle.probability(x, 0.75, 0.25) == 0.75);
  CHECK(oracle.probability(x, 0.25, 0.75) == 0.25);
  CHECK(oracle.probability(x, 1.0, 0.0) == 1.0);
  CHECK(oracle.probability(x, 0.0, 1.0) == 0.0);
  // 4.5 standard errors
  auto const ask = [&](joust::stream& random) { return oracle.compare(x, 0.75, 0.25, random); };
  CHECK(joust::testing::standard_errors(ask, 0.75, 40'000, 9) < 4.5);
}

TEST_CASE("linear_link: is refused outside its range, not clipped", "[linear_link]") {
  joust::linear_link const oracle{[](double a) { return a; }};
  joust::stream random{4};
  CHECK_THROWS_AS(oracle.compare(joust::no_context{}, 2.0, 0.5, random), joust::oracle_error);
  CHECK_THROWS_WITH(oracle.probability(joust::no_context{}, 2.0, 0.5),
                    "link: utilities 2 and 0.5 give 1.25; expected a probability in [0, 1]");
  CHECK_THROWS_AS(oracle.probability(joust::no_context{}, 0.5, 2.0), joust::oracle_error);
  CHECK(random == joust::stream{4});
}
