// SPDX-License-Identifier: MIT
#include <joust/arms/savage.hpp>

#include <numbers>

#include "agent_laws.hpp"
#include "textbook/savage.hpp"

namespace {

constexpr joust::winner_kind kinds[] = {joust::winner_kind::condorcet, joust::winner_kind::copeland,
                                        joust::winner_kind::borda};

/// Four arms; each beats the next with 0.65, the one after with 0.8, and 0 beats 3 with 0.95.
textbook::table arithmetic_4() {
  textbook::table p{4};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j)
      p(i, j) = 0.5 + 0.15 * (static_cast<double>(j) - static_cast<double>(i));
  }
  return p;
}

}  // namespace

TEST_CASE("savage keeps the promises of an agent") {
  for (joust::winner_kind const kind : kinds) {
    agent_laws::check_promises(joust::savage{{.winner = kind}});
    agent_laws::check_promises(joust::savage{{.winner = kind, .confidence = 0.6}});
    agent_laws::check_soft_outcomes(joust::savage{{.winner = kind}});
  }
}

TEST_CASE("savage needs a horizon or a confidence, and takes both from the setting") {
  CHECK_THROWS_WITH(joust::savage{3}, Catch::Contains("horizon: is 0"));
  CHECK_THROWS_WITH(joust::savage{}.fresh({.arms = 3}), Catch::Contains("horizon: is 0"));
  for (double const bad : {-0.1, 1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::savage{{.confidence = bad}}), Catch::Contains("confidence"));
  }
  CHECK(joust::savage{}.fresh({.arms = 3, .horizon = 70}).options().horizon == 70);
  CHECK(joust::savage{{.horizon = 9}}.fresh({.arms = 3, .horizon = 70}).options().horizon == 9);
  CHECK(joust::savage{}.fresh({.arms = 3, .confidence = 0.9}).options().confidence == 0.9);
  CHECK_FALSE(joust::savage{}.stop().has_value());
}

TEST_CASE("savage decides as the textbook form does") {
  double const pi = std::numbers::pi;
  for (joust::winner_kind const kind : kinds) {
    CAPTURE(static_cast<int>(kind));
    auto const pairs = [](std::size_t k) { return static_cast<double>(k) * (static_cast<double>(k) - 1.0); };
    CHECK(agent_laws::disagreements(
              kind == joust::winner_kind::condorcet ? 1200 : 400, 6, 400,
              [&](std::size_t k) {
                return joust::savage{k, {.winner = kind, .horizon = 3}};
              },
              [&](std::size_t k) {
                return textbook::savage{k, kind, pairs(k) * 9.0, 0.0};
              }) == 0);
    CHECK(agent_laws::disagreements(
              200, 6, 400,
              [&](std::size_t k) {
                return joust::savage{k, {.winner = kind, .confidence = 0.4}};
              },
              [&](std::size_t k) {
                return textbook::savage{k, kind, pi * pi * pairs(k) / 3.6, 2.0};
              }) == 0);
  }
}

TEST_CASE("savage computes its radius in doubles, where integers would wrap") {
  double last = 0.0;
  for (std::uint64_t const horizon : {1'000U, 100'000U, 230'000U, 240'000U, 1'000'000U, 4'000'000'000U}) {
    double const t = static_cast<double>(horizon);
    joust::savage const agent{136, {.horizon = horizon}};
    CHECK(agent.radius(50) == Approx(std::sqrt(std::log(136.0 * 135.0 * t * t) / 100.0)).epsilon(1e-12));
    CHECK(agent.radius(50) > last);
    last = agent.radius(50);
  }
  joust::savage const longest{136, {.horizon = std::numeric_limits<std::uint64_t>::max()}};
  CHECK(longest.radius(50) ==
        Approx(std::sqrt((std::log(136.0 * 135.0) + 256.0 * std::log(2.0) / 2.0) / 100.0)).epsilon(1e-12));
  joust::savage const anytime{136, {.confidence = 0.9}};
  CHECK(anytime.radius(0) == 1.0);
  CHECK(
      anytime.radius(50) ==
      Approx(std::sqrt(std::log(std::numbers::pi * std::numbers::pi * 136.0 * 135.0 * 2500.0 / 0.6) / 100.0))
          .epsilon(1e-12));
}

TEST_CASE("savage takes the pairs in turn, whether or not they are answered") {
  joust::savage agent{3, {.horizon = 100}};
  joust::stream g{1};
  std::vector<joust::pairing> pairs;
  for (int t = 0; t < 7; ++t) pairs.push_back(agent.select(g));
  CHECK(pairs == std::vector<joust::pairing>{{0, 1}, {0, 2}, {1, 2}, {0, 1}, {0, 2}, {1, 2}, {0, 1}});
}

TEST_CASE("savage drops a Condorcet candidate at its first certain loss, to whomever") {
  joust::savage agent{3, {.horizon = 10}};  // ln(6 * 100) = 6.4
  joust::stream g{1};
  agent_laws::plant(agent, 0, 1, 0, 12);  // radius 0.516
  CHECK(agent.select(g) == joust::pairing{0, 1});
  agent_laws::plant(agent, 0, 1, 0, 1);  // radius 0.496: arm 0 is out
  for (int t = 0; t < 3; ++t) CHECK(agent.select(g) == joust::pairing{1, 2});
  CHECK(agent.recommend() == 1);
  CHECK_FALSE(agent.stop().has_value());
  agent_laws::plant(agent, 2, 0, 0, 20);  // an arm that is out can still rule out another
  CHECK(agent.select(g) == joust::pairing{1, 1});
  REQUIRE(agent.stop().has_value());
  CHECK(*agent.stop() == joust::certificate{1, joust::winner_kind::condorcet, 0.9, 0.0, 12 + 1 + 13});
  agent_laws::plant(agent, 1, 2, 0, 100);  // too late
  CHECK(agent.recommend() == 1);
  CHECK(agent.stop()->comparisons == 26);
}

TEST_CASE("savage keeps the last candidate where there is no Condorcet winner") {
  joust::savage agent{3, {.horizon = 10}};
  agent_laws::plant(agent, 0, 1, 20, 0);
  agent_laws::plant(agent, 1, 2, 20, 0);
  agent_laws::plant(agent, 2, 0, 20, 0);  // decided before: arm 0 is the last one
  CHECK(agent.recommend() == 0);
  CHECK(agent.stop().has_value());
}

TEST_CASE("savage asks about a Copeland pair while one of its arms may still win and it is not decided") {
  joust::savage agent{4, {.winner = joust::winner_kind::copeland, .horizon = 10}};  // ln(12 * 100) = 7.1
  joust::stream g{1};
  agent_laws::plant(agent, 0, 1, 20, 0);
  agent_laws::plant(agent, 0, 2, 20, 0);
  CHECK(agent.select(g) == joust::pairing{0, 3});  // arms 1 and 2 can win two as well, but no more: out
  CHECK(agent.select(g) == joust::pairing{1, 3});  // arm 3 may win three
  CHECK(agent.select(g) == joust::pairing{2, 3});
  CHECK(agent.select(g) == joust::pairing{0, 3});  // and 1 against 2 does not matter
  agent_laws::plant(agent, 1, 3, 20, 0);           // now arm 3 may win two, no more than arm 0 has
  CHECK(agent.stop().has_value());
  CHECK(agent.recommend() == 0);
  CHECK(agent.select(g) == joust::pairing{0, 0});
}

TEST_CASE("savage tells the Borda winner from the Condorcet winner") {
  // Arm 0 beats both others with 0.6; arm 1 beats arm 2 with 1: Borda scores 0.6, 0.7, 0.2.
  textbook::table p{3};
  p.cells = {.5, .6, .6, .4, .5, 1., .4, 0., .5};
  for (joust::winner_kind const kind : kinds) {
    joust::savage agent{3, {.winner = kind, .confidence = 0.99}};
    joust::stream g{1};
    joust::stream world{2};
    int rounds = 0;
    for (; rounds < 200'000 && !agent.stop(); ++rounds) {
      auto const [i, j] = agent.select(g);
      agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
    REQUIRE(agent.stop().has_value());
    CHECK(agent.stop()->arm == (kind == joust::winner_kind::borda ? 1U : 0U));
    CHECK(agent.stop()->winner == kind);
    CHECK(agent.stop()->confidence == 0.99);
    CHECK(agent.stop()->comparisons == static_cast<std::uint64_t>(rounds));
  }
}

TEST_CASE("savage stops with the right winner, after the known number of duels") {
  // 4000 other runs: no error, mean 597.9, standard deviation 148.5; 4.5 standard errors of a mean of 400
  // runs are 33.4. With 1 / (2 n) replaced by 1 / n in the radius the mean doubles.
  textbook::table const p = arithmetic_4();
  double sum = 0.0;
  int wrong = 0;
  for (int run = 0; run < 400; ++run) {
    joust::savage agent{4, {.confidence = 0.9}};
    joust::stream g{1};
    joust::stream world = joust::stream{41}.child("world", run);
    while (!agent.stop()) {
      auto const [i, j] = agent.select(g);
      agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
    sum += static_cast<double>(agent.stop()->comparisons);
    wrong += agent.recommend() == 0 ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK(sum / 400 == Approx(597.9).margin(33.5));
}

TEST_CASE("savage has the known regret on arXiv-6") {
  // 1500 other runs: mean 1631, standard deviation 195; 4.5 standard errors of a mean of 100 runs are 88.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::savage{{.horizon = 100'000}}, 100, 100'000) ==
        Approx(1631.0).margin(88.0));
}
