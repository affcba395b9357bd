// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <joust/alignment.hpp>

TEST_CASE("the umbrella of alignment brings losses, policies and agents") {
  CHECK(joust::dpo{}.slope(0.0) == -0.05);
  CHECK(joust::alignment_agent("sea-bai").reward_model == joust::critic::ensemble);
}
