// SPDX-License-Identifier: MIT
#include <joust/experiment/run.hpp>
#include <joust/experiment/trace.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <joust/core/error.hpp>

#include "small_world.hpp"

using joust::regret_kind;
using joust::run;
using joust::stream;
using namespace small_world;

namespace {

std::vector<std::uint64_t> const rounds{1, 10, 100, 2'500};

double regret(joust::trace_point const& point, regret_kind kind) {
  return point.regret[static_cast<std::size_t>(kind)];
}

}  // namespace

TEST_CASE("regret and comparisons add up at every checkpoint") {
  three_arms problem;
  stubborn agent{.pair = {0, 2}, .favourite = 2};
  auto const played = run(agent, problem, {.checkpoints = rounds}, stream{1});
  REQUIRE(played.complete);
  REQUIRE(played.points.size() == rounds.size());
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    auto const t = static_cast<double>(rounds[i]);
    CHECK(played.points[i].round == rounds[i]);
    CHECK(played.points[i].comparisons == rounds[i]);
    CHECK(regret(played.points[i], regret_kind::average) == 0.125 * t);
    CHECK(regret(played.points[i], regret_kind::simple) == 0.25);  // the recommendation's, not a sum
    CHECK(std::isnan(regret(played.points[i], regret_kind::borda)));
  }
  CHECK(agent.observed == 2'500);
  CHECK(problem.compared == 2'500);
  // 2500 coins of 3/4: 4.5 standard deviations are 97.
  CHECK(std::fabs(agent.sum - 1875.0) < 97.0);
  CHECK_FALSE(problem.features_asked);
}

TEST_CASE("a self-duel costs regret and asks nobody") {
  three_arms problem;
  stubborn agent{.pair = {1, 1}};
  auto const played = run(agent, problem, {.checkpoints = rounds}, stream{1});
  CHECK(regret(played.points.back(), regret_kind::average) == 0.25 * 2'500);
  CHECK(played.points.back().comparisons == 0);
  CHECK(agent.observed == 0);
  CHECK(problem.compared == 0);
}

TEST_CASE("an agent that reads features meets those of the round") {
  two_numbers problem;
  reader agent;
  auto const played = run(agent, problem, {.checkpoints = rounds}, stream{3});
  CHECK(agent.wrong == 0);
  // The agent always recommends rightly, on fresh candidates as well.
  CHECK(regret(played.points.back(), regret_kind::simple) == 0.0);
  // Both are duelled, so a round costs |x - y| / 2 with mean 1/6 and variance 1/72: 4.5 sigma over 2500
  // rounds is 27.
  CHECK(std::fabs(regret(played.points.back(), regret_kind::utility) - 2500.0 / 6.0) < 27.0);
}

TEST_CASE("a run is a function of its stream, and checkpoints do not disturb it") {
  auto const play = [](std::uint64_t seed, std::vector<std::uint64_t> const& at) {
    three_arms problem;
    restless agent{3};
    return run(agent, problem, {.checkpoints = at}, stream{seed}).points.back();
  };
  auto const once = play(5, rounds);
  auto const again = play(5, {2'500});
  CHECK(once.comparisons == again.comparisons);
  CHECK(regret(once, regret_kind::average) == regret(again, regret_kind::average));
  CHECK(play(6, rounds).comparisons != once.comparisons);
}

TEST_CASE("agents under one stream meet the same luck") {
  three_arms problem;
  stubborn one{.pair = {0, 1}};
  stubborn other{.pair = {0, 2}};
  (void)run(one, problem, {.checkpoints = rounds}, stream{9});
  (void)run(other, problem, {.checkpoints = rounds}, stream{9});
  CHECK(one.sum == other.sum);  // the same probabilities and the same coins
}

TEST_CASE("an interrupted run says so and keeps the points it reached") {
  three_arms problem;
  stubborn agent;
  std::atomic<bool> stop{true};
  auto const nothing = run(agent, problem, {.checkpoints = rounds, .interrupt = &stop}, stream{1});
  CHECK_FALSE(nothing.complete);
  CHECK(nothing.points.empty());
  CHECK(agent.observed == 0);
}

TEST_CASE("progress counts every round once") {
  for (std::uint64_t const horizon : {1U, 1023U, 1024U, 1025U, 2048U, 5000U}) {
    three_arms problem;
    stubborn agent;
    std::atomic<std::uint64_t> played{0};
    std::vector<std::uint64_t> const last{horizon};
    (void)run(agent, problem, {.checkpoints = last, .rounds_played = &played}, stream{1});
    CHECK(played == horizon);
  }
}

TEST_CASE("checkpoints that make no sense are refused before a round is played") {
  three_arms problem;
  stubborn agent;
  std::vector<std::vector<std::uint64_t>> const bad{{}, {0}, {5, 5}, {7, 3}, {5'000'000'000}};
  for (auto const& rounds_asked : bad) {
    CHECK_THROWS_AS(run(agent, problem, {.checkpoints = rounds_asked}, stream{1}), std::invalid_argument);
  }
  CHECK(agent.observed == 0);
}

namespace {

struct failing_world : three_arms {
  double compare(std::size_t a, std::size_t b, stream& g) {
    if (compared == 3) throw joust::oracle_error{"the judge went home"};
    return three_arms::compare(a, b, g);
  }
};

}  // namespace

TEST_CASE("an oracle's failure reaches the caller, and the unanswered duel is not observed") {
  failing_world problem;
  stubborn agent;
  CHECK_THROWS_AS(run(agent, problem, {.checkpoints = rounds}, stream{1}), joust::oracle_error);
  CHECK(agent.observed == 3);
}
