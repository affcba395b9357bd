// SPDX-License-Identifier: MIT
#include <joust/arms/d_exp3.hpp>

#include "agent_laws.hpp"
#include "textbook/d_exp3.hpp"

namespace {

// Arm 0 beats every other with 0.55, and is the Condorcet winner; arm 1 beats 2 and 3 with 0.95, and is the
// Borda winner: 0.783 against 0.55, 0.317 and 0.317.
textbook::table strong_borda() {
  textbook::table p{4};
  p.cells = {.50, .55, .55, .55,  //
             .45, .50, .95, .95,  //
             .45, .05, .50, .50,  //
             .45, .05, .50, .50};
  return p;
}

}  // namespace

TEST_CASE("d_exp3 keeps the promises of an agent") {
  agent_laws::check_promises(joust::d_exp3{});
  agent_laws::check_soft_outcomes<joust::d_exp3>();
}

TEST_CASE("d_exp3 refuses options it cannot work with and keeps the others") {
  CHECK_THROWS_WITH((joust::d_exp3{{.rate = -0.1}}), Catch::Contains("rate"));
  CHECK_THROWS_WITH((joust::d_exp3{{.rate = std::nan("")}}), Catch::Contains("rate"));
  CHECK_THROWS_WITH((joust::d_exp3{{.exploration = 1.5}}), Catch::Contains("exploration"));
  CHECK_THROWS_WITH((joust::d_exp3{3, {.horizon = 9, .max_pending = 0}}), Catch::Contains("max_pending"));
  CHECK_THROWS_WITH(joust::d_exp3{3}, Catch::Contains("horizon: is 0"));
  CHECK_THROWS_WITH(joust::d_exp3{}.fresh({.arms = 3}), Catch::Contains("horizon: is 0"));
  CHECK(joust::d_exp3{}.fresh({.arms = 3, .horizon = 70}).options().horizon == 70);
  CHECK(joust::d_exp3{{.horizon = 60}}.fresh({.arms = 3, .horizon = 70}).options().horizon == 60);
}

TEST_CASE("d_exp3 decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            700, 9, 250,
            [](std::size_t k) {
              return joust::d_exp3{k, {.horizon = 250}};
            },
            [](std::size_t k) {
              return textbook::d_exp3{k, 250.0};
            }) == 0);
  CHECK(agent_laws::disagreements(
            400, 9, 250,
            [](std::size_t k) {
              return joust::d_exp3{k, {.rate = 0.02, .exploration = 0.1, .horizon = 1}};
            },
            [](std::size_t k) {
              return textbook::d_exp3{k, 1.0, 0.02, 0.1};
            }) == 0);
}

TEST_CASE("d_exp3 credits the first arm alone, by the chances of both") {
  // With two arms and no experience all chances are 1/2: a win counts 1 / (2 / 4).
  joust::d_exp3 agent{2, {.horizon = 100}};
  joust::stream g{3};
  joust::pairing pair = agent.select(g);
  while (pair.self_duel()) {
    agent = joust::d_exp3{2, {.horizon = 100}};
    pair = agent.select(g);
  }
  joust::d_exp3 won = agent;
  won.observe(pair.first, pair.second, joust::first_wins);
  CHECK(won.save().find(pair.first == 0 ? "scores 2 0\n" : "scores 0 2\n") != std::string::npos);
  joust::d_exp3 lost = agent;
  lost.observe(pair.second, pair.first, joust::first_wins);
  CHECK(lost.save().find("scores 0 0\n") != std::string::npos);
}

TEST_CASE("d_exp3 finds the Borda winner where another arm beats everyone") {
  CHECK(agent_laws::share_at_the_end(joust::d_exp3{4, {.horizon = 20'000}}, strong_borda(), 20'000, 4'000,
                                     [](joust::pairing pair) {
                                       return pair == joust::pairing{1, 1};
                                     }) > 0.64);
}

TEST_CASE("d_exp3 has the known Borda regret where another arm beats everyone") {
  // 500 other runs: mean 1211.6, standard deviation 83.8. 4.5 standard errors of a mean of 40 runs are 60.
  textbook::table const p = strong_borda();
  double const gap[] = {0.783333 - 0.55, 0.0, 0.783333 - 1.0 / 3.0, 0.783333 - 1.0 / 3.0};
  double sum = 0.0;
  for (int run = 0; run < 40; ++run) {
    joust::d_exp3 agent{4, {.horizon = 10'000}};
    joust::stream g = joust::stream{11}.child("agent", run);
    joust::stream world = joust::stream{11}.child("world", run);
    for (int t = 0; t < 10'000; ++t) {
      auto const [i, j] = agent.select(g);
      sum += 0.5 * (gap[i] + gap[j]);
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
  }
  CHECK(sum / 40 == Approx(1211.6).margin(61.0));
}
