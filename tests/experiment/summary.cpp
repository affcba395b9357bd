// SPDX-License-Identifier: MIT
#include <joust/experiment/summary.hpp>

#include <catch2/catch.hpp>

#include <cmath>

using joust::summarize;

TEST_CASE("mean, standard error and quantiles agree with a calculation by hand") {
  auto const s = summarize({5.0, 1.0, 3.0, 2.0, 4.0});
  CHECK(s.count == 5);
  CHECK(s.mean == 3.0);
  CHECK(s.standard_error == Approx(std::sqrt(2.5 / 5.0)));  // variance 2.5 with divisor n - 1
  CHECK(s.q05 == Approx(1.2));                              // position 0.2 between 1 and 2
  CHECK(s.q50 == 3.0);
  CHECK(s.q95 == Approx(4.8));
}

TEST_CASE("one value has no standard error, none has nothing") {
  auto const one = summarize({7.0});
  CHECK(one.mean == 7.0);
  CHECK(one.q05 == 7.0);
  CHECK(one.q95 == 7.0);
  CHECK(std::isnan(one.standard_error));
  auto const none = summarize({});
  CHECK(none.count == 0);
  CHECK(std::isnan(none.mean));
  CHECK(std::isnan(none.q50));
}

TEST_CASE("equal values have no spread, and a common shift moves location only") {
  CHECK(summarize({2.0, 2.0, 2.0}).standard_error == 0.0);
  auto const near = summarize({0.0, 1.0, 5.0});
  auto const far = summarize({1e6, 1e6 + 1.0, 1e6 + 5.0});
  CHECK(far.standard_error == Approx(near.standard_error).epsilon(1e-9));
  CHECK(far.q95 - 1e6 == Approx(near.q95).epsilon(1e-9));
}
