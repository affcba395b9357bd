// SPDX-License-Identifier: MIT
#include <joust/core/scored_pair.hpp>

#include <catch2/catch.hpp>

using joust::pair_slopes;
using joust::scored_pair;

TEST_CASE("the margin of a pair is how much more its chosen action gained", "[scored_pair]") {
  // log-ratios: -1 - (-3) = 2 and -2.5 - (-2) = -0.5.
  constexpr scored_pair pair{-1.0, -2.5, -3.0, -2.0, 4.0, 7.0};
  static_assert(pair.margin() == 2.5);
  static_assert(scored_pair{}.margin() == 0.0);
  CHECK(pair.margin() == 2.5);
}

TEST_CASE("a swapped pair exchanges everything, and twice is as before", "[scored_pair]") {
  constexpr scored_pair pair{-1.0, -2.5, -3.0, -2.0, 4.0, 7.0};
  constexpr scored_pair swapped = pair.swapped();
  static_assert(swapped == scored_pair{-2.5, -1.0, -2.0, -3.0, 7.0, 4.0});
  static_assert(swapped.swapped() == pair);
  static_assert(swapped.margin() == -pair.margin());
  CHECK_FALSE(swapped == pair);
}

TEST_CASE("a pair is of single parts, and slopes are zero, unless said otherwise", "[scored_pair]") {
  static_assert(scored_pair{}.chosen_length == 1.0 && scored_pair{}.rejected_length == 1.0);
  static_assert(pair_slopes{} == pair_slopes{0.0, 0.0});
  CHECK_FALSE(pair_slopes{1.0, 0.0} == pair_slopes{0.0, 1.0});
}
