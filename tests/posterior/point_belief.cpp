// SPDX-License-Identifier: MIT
#include <joust/posterior/point_belief.hpp>

#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/belief.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/thompson.hpp>

namespace {

using joust::point_belief;

static_assert(joust::belief<point_belief>);

std::vector<double> const rewards{0.5, -1.0, 3.0, 3.0 - 1e-9};

}  // namespace

TEST_CASE("point_belief keeps the laws of beliefs", "[point_belief][law]") {
  point_belief belief{rewards};
  auto const report = joust::laws::belief(belief, joust::stream{1});
  INFO(report.text());
  CHECK(report);
}

TEST_CASE("point_belief is a view: every draw is the mean, and takes nothing from the stream",
          "[point_belief]") {
  point_belief const belief{rewards};
  CHECK(belief.size() == 4);
  CHECK(belief.mean().data() == rewards.data());
  joust::stream random{2};
  CHECK(belief.draw(random).data() == rewards.data());
  CHECK(belief.draw(random).size() == 4);
  CHECK(random == joust::stream{2});
}

TEST_CASE("point_belief doubts nothing", "[point_belief]") {
  point_belief const belief{rewards};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      CHECK(belief.pair_variance(i, j) == 0.0);
      CHECK(belief.preference_variance(i, j) == 0.0);
    }
  }
  CHECK_THROWS_AS(belief.pair_variance(4, 0), std::invalid_argument);
  CHECK_THROWS_AS(belief.pair_variance(0, 4), std::invalid_argument);
  CHECK_THROWS_AS(belief.preference_variance(0, 4), std::invalid_argument);
}

TEST_CASE("rules reach their fallbacks on a point_belief", "[point_belief]") {
  point_belief belief{rewards};
  joust::stream random{3};
  std::vector<std::size_t> rivals(4);
  std::vector<std::size_t> pairs(16);
  for (int t = 0; t < 300; ++t) {
    CHECK(joust::thompson{}(belief, random) == joust::pairing{2, 3});  // the runner-up
    auto const asked = joust::best_arm{}(belief, random);
    CHECK(asked.first == 2);
    ++rivals[asked.second];
    auto const widest = joust::largest_pair_variance{}(belief, random);
    CHECK(!widest.self_duel());
    ++pairs[widest.first * 4 + widest.second];
  }
  for (std::size_t const other : {0U, 1U, 3U}) CHECK(rivals[other] > 50);  // 100 expected, deviation 8
  std::size_t met = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = i + 1; j < 4; ++j) met += pairs[i * 4 + j] + pairs[j * 4 + i] > 0 ? 1U : 0U;
  }
  CHECK(met == 6);
}
