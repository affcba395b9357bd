// SPDX-License-Identifier: MIT
#include <joust/arms/interleaved_filter.hpp>

#include "agent_laws.hpp"
#include "textbook/interleaved_filter.hpp"

TEST_CASE("interleaved_filter keeps the promises of an agent") {
  agent_laws::check_promises(joust::interleaved_filter{});
  agent_laws::check_promises(joust::interleaved_filter{{.pruning = false}});
  agent_laws::check_soft_outcomes<joust::interleaved_filter>();
}

TEST_CASE("interleaved_filter needs a horizon, its own or the setting's") {
  CHECK_THROWS_WITH(joust::interleaved_filter{3}, Catch::Contains("horizon"));
  CHECK_THROWS_WITH(joust::interleaved_filter{}.fresh({.arms = 3}), Catch::Contains("horizon"));
  CHECK(joust::interleaved_filter{}.fresh({.arms = 3, .horizon = 70}).options().horizon == 70);
  joust::interleaved_filter const own{{.horizon = 50, .pruning = false}};
  CHECK(own.fresh({.arms = 3, .horizon = 70}).options().horizon == 50);
  CHECK_FALSE(own.fresh({.arms = 3}).options().pruning);
}

TEST_CASE("interleaved_filter decides as the textbook form does") {
  for (bool const pruning : {true, false}) {
    CHECK(agent_laws::disagreements(
              750, 9, 1200,
              [=](std::size_t k) {
                return joust::interleaved_filter{k, {.horizon = 5, .pruning = pruning}};
              },
              [=](std::size_t k) {
                return textbook::interleaved_filter{k, 5, pruning};
              }) == 0);
  }
}

namespace {

// A filter whose champion has been chosen, and the champion.
struct begun {
  joust::interleaved_filter agent;
  std::size_t champion;
  joust::stream random{4};

  explicit begun(std::size_t arms, joust::interleaved_filter_options options) : agent{arms, options} {
    champion = agent.select(random).first;
  }
  // The position `n` places behind the champion.
  [[nodiscard]] std::size_t behind(std::size_t n) const { return (champion + n) % agent.arms(); }

  // Plays to the end of the turn, and returns the first pair of the next one.
  joust::pairing next_turn(std::size_t left) {
    for (std::size_t n = 0; n < left; ++n) (void)agent.select(random);
    return agent.select(random);
  }
};

}  // namespace

TEST_CASE("interleaved_filter lets a champion duel its rivals in turn") {
  begun game{4, {.horizon = 100}};
  std::vector<std::size_t> seen;
  joust::interleaved_filter again{4, {.horizon = 100}};
  joust::stream random{4};
  for (int t = 0; t < 9; ++t) {
    auto const [c, b] = again.select(random);
    CHECK(c == game.champion);
    seen.push_back(b);
  }
  for (std::size_t n = 0; n < 3; ++n) CHECK(seen[n] != game.champion);
  CHECK((seen[0] < seen[1] && seen[1] < seen[2]));
  CHECK(std::vector<std::size_t>(seen.begin() + 3, seen.begin() + 6) ==
        std::vector<std::size_t>(seen.begin(), seen.begin() + 3));
}

TEST_CASE("interleaved_filter sends a rival away exactly when the interval leaves one half") {
  // T = 10, K = 2: 4 ln(1 / delta) = 4 ln 40 = 14.76. With n straight wins, 1 - sqrt(14.76 / n) > 1/2 holds
  // from n = 60 on.
  for (int const wins : {59, 60}) {
    begun game{2, {.horizon = 10}};
    agent_laws::plant(game.agent, game.champion, game.behind(1), wins, 0);
    joust::pairing const next = game.next_turn(0);
    CHECK(next.self_duel() == (wins == 60));
    CHECK(game.agent.recommend() == game.champion);
  }
  for (int const losses : {59, 60}) {
    begun game{2, {.horizon = 10}};
    agent_laws::plant(game.agent, game.champion, game.behind(1), 0, losses);
    joust::pairing const next = game.next_turn(0);
    CHECK(next.self_duel() == (losses == 60));
    CHECK(next.first == (losses == 60 ? game.behind(1) : game.champion));
    CHECK(game.agent.recommend() == game.behind(1));
  }
}

TEST_CASE("interleaved_filter 2 prunes at a change of champion, interleaved_filter 1 does not") {
  // 4 ln(10 * 4 * 4) = 20.3: 100 straight losses decide; 6 of 10 decide nothing.
  for (bool const pruning : {true, false}) {
    begun game{4, {.horizon = 10, .pruning = pruning}};
    agent_laws::plant(game.agent, game.champion, game.behind(1), 0, 100);
    agent_laws::plant(game.agent, game.champion, game.behind(2), 6, 4);
    agent_laws::plant(game.agent, game.champion, game.behind(3), 5, 5);  // not above one half: stays
    bool met[4] = {};
    joust::pairing pair = game.next_turn(2);
    for (int t = 0; t < 6; ++t) {
      CHECK(pair.first == game.behind(1));
      met[pair.second] = true;
      pair = game.agent.select(game.random);
    }
    CHECK_FALSE(met[game.champion]);
    CHECK(met[game.behind(2)] == !pruning);
    CHECK(met[game.behind(3)]);
  }
}

TEST_CASE("interleaved_filter forgets what the old champion did") {
  begun game{3, {.horizon = 10}};
  agent_laws::plant(game.agent, game.champion, game.behind(1), 0, 100);
  agent_laws::plant(game.agent, game.champion, game.behind(2), 40, 50);
  joust::pairing const next = game.next_turn(1);
  CHECK(next == joust::pairing{game.behind(1), game.behind(2)});
  CHECK(game.agent.recommend() == game.behind(1));
  joust::interleaved_filter const before = game.agent;
  game.agent.observe(game.champion, game.behind(2), joust::first_wins);  // nobody's business any more
  game.agent.observe(game.champion, game.behind(1), joust::first_wins);
  CHECK(game.agent == before);
  game.agent.observe(game.behind(2), game.behind(1), joust::first_wins);
  CHECK(game.agent.recommend() == game.behind(2));
}

TEST_CASE("interleaved_filter makes the rival of several its champion that is furthest ahead") {
  begun game{3, {.horizon = 10}};
  agent_laws::plant(game.agent, game.champion, game.behind(1), 20, 180);
  agent_laws::plant(game.agent, game.champion, game.behind(2), 0, 200);
  CHECK(game.next_turn(1).first == game.behind(2));
}

TEST_CASE("interleaved_filter goes on turning while no answers come") {
  joust::interleaved_filter agent{3, {.horizon = 100}};
  joust::stream random{1};
  std::size_t const champion = agent.select(random).first;
  for (auto const& [c, b] : agent.select_batch(50, random)) {
    CHECK(c == champion);
    CHECK(b != champion);
  }
}

namespace {

// Mean average regret on eight arms with p_ij = 1/2 + 0.05 (j - i); every run must find arm 0.
double regret_on_arithmetic8(joust::interleaved_filter_options options, std::uint64_t seed, int runs) {
  double regret = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::interleaved_filter agent{8, options};
    joust::stream g = joust::stream{seed}.child("agent", run);
    joust::stream world = joust::stream{seed}.child("world", run);
    for (std::uint64_t t = 0; t < options.horizon; ++t) {
      auto const [i, j] = agent.select(g);
      regret += 0.025 * static_cast<double>(i + j);
      double const p = 0.5 + 0.05 * (static_cast<double>(j) - static_cast<double>(i));
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p, world));
    }
    CHECK(agent.recommend() == 0);
  }
  return regret / runs;
}

}  // namespace

TEST_CASE("interleaved_filter has the known regret on eight arms of even spacing") {
  // 4000 other runs: mean 3039, standard deviation 828. 4.5 standard errors of a mean of 60 runs are 481.
  CHECK(regret_on_arithmetic8({.horizon = 100'000}, 11, 60) == Approx(3039.0).margin(481.0));
}
