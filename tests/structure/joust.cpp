// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <joust/joust.hpp>

TEST_CASE("the umbrella header brings the vocabulary and a stream") {
  joust::stream random{1};
  CHECK(joust::draw_bernoulli(1.0, random) == joust::first_wins);
  CHECK(joust::pairing{2, 2}.self_duel());
}
