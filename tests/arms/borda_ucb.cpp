// SPDX-License-Identifier: MIT
#include <joust/arms/borda_ucb.hpp>

#include "agent_laws.hpp"
#include "textbook/borda_ucb.hpp"

TEST_CASE("borda_ucb keeps the promises of an agent") {
  agent_laws::check_promises(joust::borda_ucb{});
  agent_laws::check_promises(joust::borda_ucb{{.width = 0.5}});  // settles in the midst
  agent_laws::check_soft_outcomes<joust::borda_ucb>();
}

TEST_CASE("borda_ucb refuses options it cannot work with and keeps the others") {
  for (double const bad : {-0.1, 1.0, std::nan("")}) {
    CHECK_THROWS_WITH((joust::borda_ucb{{.failure = bad}}), Catch::Contains("failure"));
  }
  for (double const bad : {0.0, -1.0, std::nan("")}) {
    CHECK_THROWS_WITH((joust::borda_ucb{{.width = bad}}), Catch::Contains("width"));
  }
  CHECK_THROWS_WITH((joust::borda_ucb{3, {.horizon = 9, .max_pending = 0}}), Catch::Contains("max_pending"));
  CHECK_THROWS_WITH(joust::borda_ucb{3}, Catch::Contains("horizon: is 0"));
  CHECK(joust::borda_ucb{}.fresh({.arms = 3, .horizon = 70}).options().horizon == 70);
  CHECK(joust::borda_ucb{{.horizon = 60}}.fresh({.arms = 3, .horizon = 70}).options().horizon == 60);
}

TEST_CASE("borda_ucb decides as the textbook form does") {
  for (double const width : {0.05, 0.15, 2.0}) {
    CHECK(agent_laws::disagreements(
              400, 6, 250,
              [width](std::size_t k) {
                return joust::borda_ucb{k, {.failure = 0.1, .width = width, .horizon = 250}};
              },
              [width](std::size_t k) {
                return textbook::borda_ucb{k, 250.0, 0.1, width};
              }) == 0);
  }
}

TEST_CASE("borda_ucb draws every pair as often, first and second alike") {
  joust::borda_ucb agent{4, {.horizon = 12'000}};
  joust::stream g{2};
  int drawn[4][4] = {};
  for (int t = 0; t < 12'000; ++t) {
    auto const [i, j] = agent.select(g);
    ++drawn[i][j];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {  // standard deviation 30
      if (i == j) CHECK(drawn[i][j] == 0);
      if (i != j) CHECK(drawn[i][j] == Approx(1000).margin(140));
    }
  }
}

TEST_CASE("borda_ucb settles in the round in which the bounds part, and vouches for it") {
  joust::borda_ucb agent{3, {.failure = 0.05, .horizon = 5'000}};
  joust::stream g{2};
  double wins[3] = {};
  double n = 0.0;
  bool parted = false;
  while (!parted && n < 5'000) {
    CHECK_FALSE(agent.stop());
    auto const [i, j] = agent.select(g);
    double const y = i == 1 ? 1.0 : j == 1 ? 0.0 : 0.25;
    agent.observe(i, j, y);
    wins[i] += y;
    n += 1.0;
    double const radius = 2.0 * std::sqrt(3.0 / n * std::log(2.0 * 3.0 * 5'000.0 / 0.05));
    parted = 3.0 * wins[1] / n - radius > 3.0 * std::max(wins[0], wins[2]) / n + radius;
  }
  REQUIRE(parted);
  CHECK(n > 400);
  REQUIRE(agent.stop());
  CHECK(*agent.stop() ==
        joust::certificate{1, joust::winner_kind::borda, 0.95, 0.0, static_cast<std::uint64_t>(n)});
  CHECK(agent.select(g) == joust::pairing{1, 1});
  CHECK(agent.recommend() == 1);
  joust::borda_ucb const before = agent;
  agent_laws::plant(agent, 0, 1, 50, 0);  // nobody asked
  CHECK(agent == before);
}

TEST_CASE("borda_ucb is not carried away by the first of many arms to win") {
  // After one answer the only estimate that is not 0 is 1000, and the paper's bounds are +-311.
  joust::borda_ucb agent{1000, {.horizon = 10'000}};
  joust::stream g{2};
  for (int t = 0; t < 10'000; ++t) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, joust::draw_bernoulli(0.5, g));
  }
  CHECK_FALSE(agent.stop());
}

namespace {

// Lets arm 0 win until the agent has settled, and says after how many answers.
int answers_until_settled(joust::borda_ucb& agent) {
  joust::stream g{2};
  int answers = 0;
  for (int t = 0; t < 100'000; ++t) {
    auto const [i, j] = agent.select(g);
    if (i == j) break;
    agent.observe(i, j, i == 0 ? 1.0 : 0.0);
    ++answers;
  }
  return answers;
}

}  // namespace

TEST_CASE("borda_ucb vouches for nothing beyond its horizon") {
  joust::borda_ucb agent{2, {.failure = 0.5, .horizon = 20}};
  CHECK(answers_until_settled(agent) > 20);
  CHECK(agent.recommend() == 0);
  CHECK_FALSE(agent.stop());
}

TEST_CASE("borda_ucb vouches for nothing with bounds for which nothing is proved") {
  joust::borda_ucb agent{2, {.width = 0.1, .horizon = 100}};
  CHECK(answers_until_settled(agent) < 100);
  CHECK(agent.recommend() == 0);
  CHECK_FALSE(agent.stop());
}

TEST_CASE("borda_ucb settles on the Borda winner, in about the known number of rounds") {
  textbook::table p{4, 0.5};
  p.cells = {.50, .55, .55, .55,  //
             .45, .50, .95, .95,  //
             .45, .05, .50, .50,  //
             .45, .05, .50, .50};
  double sum = 0.0;
  int wrong = 0;
  for (int run = 0; run < 20; ++run) {
    joust::borda_ucb agent{4, {.failure = 0.1, .horizon = 100'000}};
    joust::stream g = joust::stream{5}.child("run", run);
    while (!agent.stop()) {
      auto const [i, j] = agent.select(g);
      agent.observe(i, j, joust::draw_bernoulli(p(i, j), g));
    }
    sum += static_cast<double>(agent.stop()->comparisons);
    wrong += agent.stop()->arm == 1 ? 0 : 1;
  }
  CHECK(wrong == 0);
  // 300 other runs: mean 18572, standard deviation 2651. 4.5 standard errors of a mean of 20 runs are 2667.
  // With half the width it is a quarter of that.
  CHECK(sum / 20 == Approx(18'572).margin(2'700));
}
