// SPDX-License-Identifier: MIT
#include <joust/oracle/random_utility.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace {

// P = u / (u + v): a link of the user's own, not a function of the difference.
struct share {
  double operator()(double u, double v) const { return u / (u + v); }
};

}  // namespace

TEST_CASE("random_utility: takes any link and both forms of a utility", "[random_utility]") {
  auto const with_context = [](double x, double a) { return x * a; };
  auto const without = [](double a) { return a; };
  joust::random_utility const scaled{with_context, share{}};
  joust::random_utility const plain{without, share{}};
  static_assert(joust::known_preference<decltype(scaled), double, double>);
  static_assert(joust::known_preference<decltype(plain), joust::no_context, double>);
  static_assert(!joust::preference_oracle<decltype(scaled), joust::no_context, double>);

  CHECK(plain.probability(joust::no_context{}, 3.0, 1.0) == 0.75);
  CHECK(scaled.probability(2.0, 1.0, 3.0) == 0.25);
  CHECK(scaled.utility(2.0, 3.0) == 6.0);
  // 4.5 standard errors
  auto const ask = [&](joust::stream& random) { return scaled.compare(2.0, 3.0, 1.0, random); };
  CHECK(joust::testing::standard_errors(ask, 0.75, 20'000, 5) < 4.5);
}

TEST_CASE("random_utility: no answer without a probability", "[random_utility]") {
  auto const value = [](double a) { return a; };
  joust::random_utility const oracle{value, share{}};
  joust::stream random{3};
  joust::no_context const x;
  CHECK_THROWS_WITH(oracle.compare(x, std::numeric_limits<double>::quiet_NaN(), 1.0, random),
                    "utility: is nan; expected a finite number");
  CHECK_THROWS_WITH(oracle.compare(x, 1.0, std::numeric_limits<double>::infinity(), random),
                    "utility: is inf; expected a finite number");
  CHECK_THROWS_WITH(oracle.probability(x, 3.0, -1.0),
                    "link: utilities 3 and -1 give 1.5; expected a probability in [0, 1]");
  CHECK_THROWS_AS(oracle.probability(x, 3.0, -1.0), joust::oracle_error);
  CHECK_THROWS_AS(oracle.probability(x, 0.0, 0.0), joust::oracle_error);  // 0/0
  CHECK(random == joust::stream{3});
}
