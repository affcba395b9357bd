// SPDX-License-Identifier: MIT
#include <joust/environment/random_tournament.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <optional>
#include <stdexcept>

TEST_CASE("random_tournament: the stream decides, and nothing else", "[random_tournament]") {
  joust::random_tournament const family{.arms = 6};
  joust::stream one{61};
  joust::stream two{61};
  joust::stream other{62};
  auto const first = family.instance(one);
  CHECK(first.preferences() == family.instance(two).preferences());
  CHECK_FALSE(first.preferences() == family.instance(other).preferences());
  CHECK_FALSE(first.preferences() == family.instance(one).preferences());
  CHECK(first.arms() == 6);
}

TEST_CASE("random_tournament: pairs are uniform, and winners as rare as they should be",
          "[random_tournament]") {
  joust::random_tournament const family{.arms = 5};
  joust::stream random{63};
  constexpr int trials = 4000;
  int winners = 0;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < trials; ++i) {
    auto const truth = family.instance(random);
    winners += joust::condorcet_winner(truth.preferences()) ? 1 : 0;
    sum += truth.probability(0, 4);
    squares += truth.probability(0, 4) * truth.probability(0, 4);
  }
  // One arm of 5 wins all 4 of its fair duels with probability 5/16. All within 4.5 standard errors.
  double const p = 5.0 / 16.0;
  CHECK(std::fabs(winners - trials * p) < 4.5 * std::sqrt(trials * p * (1.0 - p)));
  CHECK(std::fabs(sum / trials - 0.5) < 4.5 * std::sqrt(1.0 / 12.0 / trials));
  CHECK(std::fabs(squares / trials - 1.0 / 3.0) < 4.5 * std::sqrt(4.0 / 45.0 / trials));
}

TEST_CASE("random_tournament: needs two arms", "[random_tournament]") {
  joust::stream random{64};
  CHECK_THROWS_WITH(joust::random_tournament{.arms = 1}.instance(random), "arms: is 1; expected at least 2");
  CHECK(random == joust::stream{64});
}
