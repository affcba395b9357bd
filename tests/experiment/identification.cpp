// SPDX-License-Identifier: MIT
#include <joust/experiment/identification.hpp>

#include <catch2/catch.hpp>

#include <cmath>

TEST_CASE("an ending claims nothing, and a summary of none promises nothing, until told") {
  joust::identification const ending;
  CHECK_FALSE(ending.claim);
  CHECK_FALSE(ending.correct);
  CHECK(ending == joust::identification{});
  joust::identification_summary const none;
  CHECK(none.runs == 0);
  CHECK(std::isnan(none.promised));
  CHECK(none.comparisons.count == 0);
}
