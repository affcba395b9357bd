// SPDX-License-Identifier: MIT
#include <joust/rule/variance_of.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

using joust_test::finite_belief;
using joust_test::finite_preferences;

static_assert(!joust::detail::knows_preference_variance<finite_belief>);
static_assert(joust::detail::knows_preference_variance<finite_preferences>);

TEST_CASE("the cheap bound is never below the variance of the preference", "[variance_of]") {
  double tightest = 0.0;
  for (double mean = -30.0; mean <= 30.0; mean += 0.5) {
    for (double variance : {0.0, 1e-12, 1e-4, 0.01, 0.1, 0.5, 1.0, 3.9, 4.1, 25.0, 1e4}) {
      double const exact = joust::logistic_normal(mean, variance).variance;
      double const bound = joust::detail::preference_variance_bound(mean, variance);
      CAPTURE(mean, variance, exact, bound);
      CHECK(exact <= bound * (1.0 + 1e-6) + (variance <= 0.25 ? 0.0 : 1e-7));
      if (bound > 0.0) tightest = std::max(tightest, exact / bound);
    }
  }
  CHECK(tightest > 0.99);  // attained at equal rewards and small variance
}

TEST_CASE("a skipped quadrature reports less than the incumbent, any other the variance", "[variance_of]") {
  finite_belief belief{{{0.0, 1.0, 3.0, 9.0}, {1.0, -1.0, 2.0, 12.0}, {0.5, 0.0, -4.0, 10.0}}};
  for (std::size_t j = 1; j < 4; ++j) {
    double const advantage = belief.mean()[0] - belief.mean()[j];
    double const exact = joust::logistic_normal(advantage, belief.pair_variance(0, j)).variance;
    for (double const incumbent : {0.0, 0.01, 0.05, 0.2}) {
      double const got = joust::detail::preference_variance(belief, 0, j, incumbent);
      if (exact >= incumbent) CHECK(got == exact);
      if (exact < incumbent) CHECK(got < incumbent);
    }
  }
}

TEST_CASE("a belief that knows its preferences is believed", "[variance_of]") {
  finite_preferences belief{{{0.0, 1.0}, {8.0, 1.0}}};
  CHECK(joust::detail::preference_variance(belief, 0, 1, 0.0) == belief.preference_variance(0, 1));
}
