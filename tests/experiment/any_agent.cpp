// SPDX-License-Identifier: MIT
#include <joust/experiment/any_agent.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <joust/arms/rucb.hpp>
#include <joust/core/certificate.hpp>

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

TEST_CASE("the agent inside can be had by its type") {
  any_agent const agent{joust::rucb{{.alpha = 0.7}}};
  REQUIRE(agent.get_if<joust::rucb>() != nullptr);
  CHECK(agent.get_if<joust::rucb>()->options().alpha == 0.7);
  CHECK(agent.get_if<stubborn>() == nullptr);
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

TEST_CASE("what the agent inside can do besides, any_agent can") {
  struct decided : stubborn {
    [[nodiscard]] std::optional<joust::certificate> stop() const { return joust::certificate{.arm = 2}; }
  };
  CHECK(any_agent{decided{}}.stops_by_itself());
  CHECK(any_agent{decided{}}.stop() == joust::certificate{.arm = 2});
  CHECK_FALSE(any_agent{stubborn{}}.stops_by_itself());
  CHECK(any_agent{stubborn{}}.stop() == std::nullopt);
  CHECK(joust::stops_by_itself(any_agent{decided{}}));
}

TEST_CASE("an agent is saved and restored through any_agent") {
  Eigen::MatrixXd const nothing;
  any_agent const prototype{joust::rucb{}};
  REQUIRE(prototype.can_be_saved());
  any_agent one = prototype.fresh({.arms = 4});
  joust::stream random{3};
  for (int round = 0; round < 50; ++round) {
    auto const pair = one.select(nothing, random);
    one.observe(nothing, pair.first, pair.second, pair.first < pair.second ? 1.0 : 0.0);
  }
  any_agent other = prototype.load(one.save());
  CHECK(other.save() == one.save());
  for (std::uint32_t round = 0; round < 50; ++round) {
    joust::stream same = random.at_round(round);
    joust::stream here = same;
    CHECK(one.select(nothing, same) == other.select(nothing, here));
  }
  CHECK_THROWS_AS(prototype.load("nonsense"), std::invalid_argument);

  any_agent const plain{stubborn{}};
  CHECK_FALSE(plain.can_be_saved());
  CHECK_THROWS_WITH(plain.save(), Catch::Contains("no save() and load()"));
  CHECK_THROWS_AS(plain.load(""), std::logic_error);
}

TEST_CASE("a batch is the held agent's own, or as many single selections") {
  struct by_the_dozen : stubborn {
    void select_batch(std::span<joust::pairing> pairs, joust::stream&) const {
      for (auto& p : pairs) p = {7, 8};
    }
  };
  Eigen::MatrixXd const nothing;
  joust::stream random{5};
  std::vector<joust::pairing> pairs(3);
  any_agent{by_the_dozen{}}.select_batch(nothing, pairs, random);
  CHECK(pairs == std::vector<joust::pairing>(3, {7, 8}));

  any_agent one{restless{5}};
  any_agent other = one;
  joust::stream same = random;
  one.select_batch(nothing, pairs, random);
  for (auto const& pair : pairs) CHECK(pair == other.select(nothing, same));
}
