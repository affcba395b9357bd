// SPDX-License-Identifier: MIT
#include <joust/experiment/any_agent.hpp>

#include <catch2/catch.hpp>

#include "small_world.hpp"

using joust::any_agent;
using namespace small_world;

static_assert(joust::dueling_agent<any_agent, Eigen::MatrixXd>);
static_assert(joust::agent_prototype<any_agent>);
static_assert(!std::constructible_from<any_agent, int>);

TEST_CASE("any_agent does what the agent inside does") {
  Eigen::MatrixXd const nothing;
  joust::stream random{1};
  any_agent agent{stubborn{.pair = {2, 0}, .favourite = 1}};
  CHECK_FALSE(agent.reads_features());
  CHECK(agent.select(nothing, random) == joust::pairing{2, 0});
  agent.observe(nothing, 2, 0, 1.0);
  CHECK(agent.recommend(nothing) == 1);

  any_agent reads{reader{}};
  CHECK(reads.reads_features());
  Eigen::MatrixXd const phi{{0.1}, {0.9}};
  CHECK(reads.recommend(phi) == 1);
}

TEST_CASE("a copy is an agent of its own") {
  struct counter {
    std::size_t seen = 0;
    joust::pairing select(joust::stream&) const { return {0, 1}; }
    void observe(std::size_t, std::size_t, double) { ++seen; }
    std::size_t recommend() const { return seen; }
  };
  Eigen::MatrixXd const nothing;
  any_agent one{counter{}};
  one.observe(nothing, 0, 1, 1.0);
  any_agent two = one;
  two.observe(nothing, 0, 1, 1.0);
  CHECK(one.recommend(nothing) == 1);
  CHECK(two.recommend(nothing) == 2);
  one = two;
  CHECK(one.recommend(nothing) == 2);
  // Without fresh() of its own the held agent is copied with what it knows.
  CHECK(two.fresh({}).recommend(nothing) == 2);
}

TEST_CASE("fresh reaches the agent inside, and an any_agent is not wrapped twice") {
  any_agent prototype{restless{}};
  any_agent again{prototype};
  joust::stream random{1};
  Eigen::MatrixXd const nothing;
  any_agent sized = again.fresh({.arms = 5});
  std::size_t largest = 0;
  for (int i = 0; i < 200; ++i) largest = std::max(largest, sized.select(nothing, random).first);
  CHECK(largest == 4);
}
