// SPDX-License-Identifier: MIT
#include <joust/experiment/run.hpp>
#include <joust/experiment/trace.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

#include <joust/core/certificate.hpp>
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

// Plays the pair (0, 1) for ever, and notes when it learnt how many answers.
struct patient : stubborn {
  std::vector<int> known;  // answers that had come when round t was decided
  std::vector<double> told;
  joust::pairing select(stream&) {
    known.push_back(observed);
    return known.size() % 3 == 0 ? joust::pairing{1, 1} : joust::pairing{0, 1};
  }
  void observe(std::size_t a, std::size_t b, double y) {
    told.push_back(y);
    stubborn::observe(a, b, y);
  }
};

}  // namespace

TEST_CASE("answers come as many rounds late as asked, and cost what they cost") {
  std::vector<std::uint64_t> const last{300};
  patient prompt;
  three_arms problem;
  auto const base = run(prompt, problem, {.checkpoints = last}, stream{4});
  for (std::uint64_t const delay : {0U, 1U, 2U, 7U, 299U, 300U, 100'000U}) {
    patient agent;
    three_arms world;
    auto const played = run(agent, world, {.checkpoints = last, .delay = delay}, stream{4});
    for (std::size_t round = 0; round < 300; ++round) {
      // Due are the answers of the rounds below round - delay, two of every three being duels.
      std::uint64_t const due = round > delay ? round - delay : 0;
      CHECK(agent.known[round] == static_cast<int>(due - due / 3));
    }
    std::uint64_t const rounds_told = delay < 300 ? 300 - delay : 0;
    CHECK(agent.observed == static_cast<int>(rounds_told - rounds_told / 3));
    // The same luck, in the same order.
    for (std::size_t n = 0; n < agent.told.size(); ++n) CHECK(agent.told[n] == prompt.told[n]);
    CHECK(played.points[0].comparisons == 200);
    CHECK(regret(played.points[0], regret_kind::average) == regret(base.points[0], regret_kind::average));
  }
}

TEST_CASE("a late answer comes with the features of its own round") {
  std::vector<std::uint64_t> const last{200};
  for (std::uint64_t const delay : {1U, 5U}) {
    two_numbers problem;
    reader agent;
    (void)run(agent, problem, {.checkpoints = last, .delay = delay}, stream{3});
    CHECK(agent.wrong == 0);
  }
}

namespace {

// Stops by itself after five answers, with whatever it claims.
struct decided : stubborn {
  joust::certificate claim{.arm = 1, .confidence = 0.7};
  [[nodiscard]] std::optional<joust::certificate> stop() const {
    if (observed < 5) return std::nullopt;
    return claim;
  }
};

}  // namespace

TEST_CASE("a run stops when its agent does, and totals stay") {
  static_assert(joust::vouches_for_winners<decided>);
  static_assert(!joust::vouches_for_winners<stubborn>);
  three_arms problem;
  decided agent;
  std::atomic<std::uint64_t> counted{0};
  auto const played =
      run(agent, problem, {.checkpoints = rounds, .rounds_played = &counted, .confidence = 0.9}, stream{1});
  CHECK(played.complete);
  CHECK(played.stopped == agent.claim);
  CHECK(played.rounds == 5);
  CHECK(counted == 2'500);
  REQUIRE(played.points.size() == rounds.size());
  CHECK(played.points[0].comparisons == 1);
  for (std::size_t i = 1; i < rounds.size(); ++i) {
    CHECK(played.points[i].round == rounds[i]);
    CHECK(played.points[i].comparisons == 5);
    CHECK(regret(played.points[i], regret_kind::average) == 5 * 0.125);
    CHECK(regret(played.points[i], regret_kind::simple) == 0.25);  // of the claim, arm 1
  }
  CHECK(regret(played.points[0], regret_kind::simple) == 0.0);  // of the recommendation before it

  decided restless_one;
  auto const all = run(restless_one, problem, {.checkpoints = rounds}, stream{1});
  CHECK_FALSE(all.stopped);  // nobody asked for it
  CHECK(all.rounds == 2'500);
}

TEST_CASE("an agent that cannot stop by itself is stopped when the answers suffice") {
  three_arms problem;
  restless agent{3};
  auto const played = run(agent, problem, {.checkpoints = rounds, .confidence = 0.9}, stream{2});
  REQUIRE(played.stopped);
  CHECK(played.stopped->arm == 0);
  CHECK(played.stopped->confidence == 0.9);
  CHECK(played.stopped->comparisons == played.points.back().comparisons);
  CHECK(played.rounds < 2'500);
  // Up to the stop it is the run that it would have been.
  restless again{3};
  std::vector<std::uint64_t> const until{played.rounds};
  auto const same = run(again, problem, {.checkpoints = until}, stream{2});
  CHECK(same.points.back().regret[0] == played.points.back().regret[0]);

  stubborn one_pair;  // arm 2 is never tried
  CHECK_FALSE(run(one_pair, problem, {.checkpoints = rounds, .confidence = 0.9}, stream{2}).stopped);
}

TEST_CASE("a confidence that makes no sense is refused before a round is played") {
  three_arms problem;
  stubborn agent;
  for (double const confidence : {-0.1, 1.0, 2.0}) {
    CHECK_THROWS_AS(run(agent, problem, {.checkpoints = rounds, .confidence = confidence}, stream{1}),
                    std::invalid_argument);
  }
  CHECK(agent.observed == 0);
  two_numbers changing;
  reader reads;
  CHECK_THROWS_WITH(run(reads, changing, {.checkpoints = rounds, .confidence = 0.9}, stream{1}),
                    Catch::Contains("candidates change"));
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
