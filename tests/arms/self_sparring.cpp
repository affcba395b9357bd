// SPDX-License-Identifier: MIT
#include <joust/arms/self_sparring.hpp>

#include "agent_laws.hpp"
#include "textbook/self_sparring.hpp"

TEST_CASE("self_sparring keeps the promises of an agent") {
  agent_laws::check_promises(joust::self_sparring{});
  agent_laws::check_soft_outcomes<joust::self_sparring>();
}

TEST_CASE("self_sparring refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, 1001.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::self_sparring{{.learning_rate = bad}}), Catch::Contains("learning_rate"));
    CHECK_THROWS_WITH((joust::self_sparring{3, {.learning_rate = bad}}), Catch::Contains("learning_rate"));
  }
  CHECK(joust::self_sparring{{.learning_rate = 0.6}}.fresh({.arms = 3}).options().learning_rate == 0.6);
}

TEST_CASE("self_sparring decides as a form that samples everything by quantiles does") {
  CHECK(agent_laws::disagreements(
            1000, 9, 40, [](std::size_t k) { return joust::self_sparring{k}; },
            [](std::size_t k) { return textbook::self_sparring{k}; }) == 0);
  CHECK(agent_laws::disagreements(
            100, 40, 150,
            [](std::size_t k) {
              return joust::self_sparring{k, {.learning_rate = 2.5}};
            },
            [](std::size_t k) {
              return textbook::self_sparring{k, 2.5};
            }) == 0);
}

TEST_CASE("self_sparring names each arm as often as Beta draws do") {
  joust::self_sparring fast{4};
  textbook::self_sparring plain{4, 1.0, false};
  for (auto const& [winner, loser] : std::vector<joust::pairing>{{0, 1}, {0, 2}, {3, 0}, {2, 1}, {0, 1}}) {
    fast.observe(winner, loser, joust::first_wins);
    plain.observe(winner, loser, joust::first_wins);
  }
  joust::stream g{1};
  joust::stream h{2};
  int const rounds = 20'000;
  double difference[4] = {};
  for (int t = 0; t < rounds; ++t) {
    auto const [a, b] = fast.select(g);
    auto const [c, d] = plain.select(h);
    difference[a] += 1.0;
    difference[b] += 1.0;
    difference[c] -= 1.0;
    difference[d] -= 1.0;
  }
  // Each count has a variance below 2 * rounds / 4, their difference twice that.
  for (double const off : difference) CHECK(std::fabs(off) < 5.0 * std::sqrt(1.0 * rounds));
}

TEST_CASE("self_sparring books a win for one arm as a loss for the other") {
  // Arm 0 has beaten arm 2, which has beaten arm 1, all many times: means 1, 0 and 1/2.
  joust::self_sparring agent{3};
  agent_laws::plant(agent, 0, 2, 50, 0);
  agent_laws::plant(agent, 2, 1, 50, 0);
  joust::stream g{1};
  for (int t = 0; t < 100; ++t) CHECK(agent.select(g) == joust::pairing{0, 0});
  CHECK(agent.recommend() == 0);
  agent_laws::plant(agent, 1, 2, 2000, 0);
  CHECK(agent.recommend() == 0);  // mean 51/52 against 2001/2052
  agent_laws::plant(agent, 1, 2, 2000, 0);
  CHECK(agent.recommend() == 1);  // 4001/4052
}

TEST_CASE("self_sparring learns nothing from self-duels") {
  joust::self_sparring agent{3};
  agent_laws::plant(agent, 0, 1, 3, 1);
  joust::self_sparring const before = agent;
  agent_laws::plant(agent, 0, 0, 30, 0);
  CHECK(agent == before);
}

TEST_CASE("self_sparring comes to duel the best arm against itself") {
  textbook::table p = textbook::arxiv6();
  for (double& cell : p.cells) cell = 0.5 + 3.0 * (cell - 0.5);
  CHECK(agent_laws::share_at_the_end(joust::self_sparring{6}, p, 30'000, 2'000, [](joust::pairing pair) {
          return pair == joust::pairing{0, 0};
        }) > 0.98);
}

TEST_CASE("self_sparring has the known regret on arXiv-6") {
  // 2000 other runs: mean 76.1, standard deviation 100, with a heavy tail. 4.5 standard errors of a mean of
  // 100 runs are 45. Random pairs have 600.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::self_sparring{}, 100, 10'000) == Approx(76.1).margin(45.0));
}
