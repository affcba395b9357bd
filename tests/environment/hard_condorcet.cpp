// SPDX-License-Identifier: MIT
#include <joust/environment/hard_condorcet.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

TEST_CASE("hard_condorcet: one arm beats all others by the gap", "[hard_condorcet]") {
  joust::hard_condorcet const family{.arms = 5, .gap = 0.03};
  joust::stream random{71};
  constexpr int trials = 2000;
  std::array<int, 5> winners{};
  int borda_differs = 0;
  for (int trial = 0; trial < trials; ++trial) {
    auto const truth = family.instance(random);
    auto const winner = joust::condorcet_winner(truth.preferences());
    REQUIRE(winner.has_value());
    for (std::size_t i = 0; i < 5; ++i) {
      if (i != *winner) CHECK(truth.probability(*winner, i) == 0.53);
    }
    ++winners[*winner];
    borda_differs += joust::borda_winners(truth.preferences()).front() != *winner ? 1 : 0;
  }
  // The winner's place is uniform: each count within 4.5 standard errors of a fifth.
  for (int const count : winners) CHECK(std::fabs(count - trials / 5) < 4.5 * std::sqrt(trials * 0.2 * 0.8));
  CHECK(borda_differs > trials / 2);
}

TEST_CASE("hard_condorcet: the stream decides, and nothing else", "[hard_condorcet]") {
  joust::hard_condorcet const family{};
  joust::stream one{72};
  joust::stream two{72};
  CHECK(family.instance(one).preferences() == family.instance(two).preferences());
  CHECK_FALSE(family.instance(one).preferences() ==
              joust::hard_condorcet{.gap = 0.2}.instance(two).preferences());
}

TEST_CASE("hard_condorcet: refuses what is no gap", "[hard_condorcet]") {
  joust::stream random{73};
  CHECK_THROWS_WITH((joust::hard_condorcet{.gap = 0.0}.instance(random)),
                    "gap: is 0; expected a number in (0, 1/2]");
  CHECK_THROWS_AS((joust::hard_condorcet{.gap = 0.6}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((joust::hard_condorcet{.gap = std::numeric_limits<double>::quiet_NaN()}.instance(random)),
                  std::invalid_argument);
  CHECK_THROWS_AS((joust::hard_condorcet{.arms = 1}.instance(random)), std::invalid_argument);
}
