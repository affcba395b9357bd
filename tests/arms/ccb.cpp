// SPDX-License-Identifier: MIT
#include <joust/arms/ccb.hpp>

#include "agent_laws.hpp"
#include "textbook/ccb.hpp"

TEST_CASE("ccb keeps the promises of an agent") {
  agent_laws::check_promises(joust::ccb{});
  agent_laws::check_soft_outcomes<joust::ccb>();
}

TEST_CASE("ccb refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::ccb{{.alpha = bad}}), Catch::Contains("alpha"));
    CHECK_THROWS_WITH((joust::ccb{3, {.alpha = bad}}), Catch::Contains("alpha"));
  }
  for (double const bad : {0.49, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::ccb{{.untried = bad}}), Catch::Contains("untried"));
  }
  CHECK(joust::ccb{{.alpha = 0.6}}.fresh({.arms = 3}).options().alpha == 0.6);
}

TEST_CASE("ccb refuses a state that contradicts itself") {
  std::string const saved = agent_laws::experienced(joust::ccb{}, 400).save();
  auto const refused = [&](std::string const& field, std::size_t n, std::string const& value) {
    CAPTURE(field);
    CHECK_THROWS_WITH(joust::ccb::load(agent_laws::forged(saved, field, n, value)),
                      Catch::Contains("contradict each other"));
  };
  refused("superiors", 5, "6");
  refused("superior", 0, "1");  // no arm beats itself
  refused("losses", 0, "7");
  refused("counts.beaten", 0, "6");
}

TEST_CASE("ccb decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1500, 9, 250, [](std::size_t k) { return joust::ccb{k}; },
            [](std::size_t k) { return textbook::ccb{k}; }) == 0);
  CHECK(agent_laws::disagreements(
            1500, 9, 250,
            [](std::size_t k) {
              return joust::ccb{k, {.alpha = 0.1, .untried = 2.0}};
            },
            [](std::size_t k) {
              return textbook::ccb{k, 0.1, 2.0};
            }) == 0);
}

// Preferences that change every so often: what was believed is disproved, again and again.
TEST_CASE("ccb decides as the textbook form does where its beliefs turn out wrong") {
  for (std::uint64_t run = 0; run < 300; ++run) {
    std::size_t const arms = 2 + run % 5;
    joust::ccb fast{arms, {.alpha = 0.1}};
    textbook::ccb plain{arms, 0.1};
    joust::stream g = joust::stream{1}.child("agent", run);
    joust::stream h = g;
    joust::stream world = joust::stream{1}.child("world", run);
    textbook::table p{arms};
    bool same = true;
    for (int t = 0; t < 800 && same; ++t) {
      if (t % 80 == 0) p = textbook::random_tournament(arms, world);
      joust::pairing const pair = fast.select(g);
      same = plain.select(h) == pair && g == h;
      for (int n = 0; n < 3; ++n) {  // the answer, and two that nobody asked for
        std::size_t const i = n == 0 ? pair.first : joust::draw_index(arms, world);
        std::size_t const j = n == 0 ? pair.second : joust::draw_index(arms, world);
        double const y = joust::draw_bernoulli(p(i, j), world);
        fast.observe(i, j, y);
        plain.observe(i, j, y);
      }
    }
    CAPTURE(run);
    CHECK(same);
  }
}

TEST_CASE("ccb lets a rival at exactly one half win the tie against the candidate") {
  joust::ccb agent{2};
  agent_laws::plant(agent, 0, 1, 5, 5);
  joust::stream g{3};
  joust::pairing const pair = agent.select(g);  // ln 1 = 0: u = l = 1/2
  CHECK(pair.first != pair.second);
}

TEST_CASE("ccb plays the arm that may beat the most others, though it does not win most often") {
  joust::ccb agent{4};
  joust::stream g{4};
  for (int t = 0; t < 4; ++t) (void)agent.select(g);
  agent_laws::plant(agent, 0, 1, 60, 40);  // at level 0.51 ln 5 = 0.8 and evidence 1, 0 beats 1
  agent_laws::plant(agent, 0, 2, 60, 40);
  agent_laws::plant(agent, 0, 3, 40, 60);
  agent_laws::plant(agent, 3, 1, 51, 49);  // nothing is known against arm 3
  agent_laws::plant(agent, 3, 2, 45, 55);
  agent_laws::plant(agent, 1, 2, 90, 10);
  for (int run = 0; run < 40; ++run) {
    joust::ccb copy = agent;
    joust::stream h = g.child("run", run);
    // Arm 2 has the largest bound against 3: 0.55 + 0.09.
    CHECK(copy.select(h) == joust::pairing{3, 2});
  }
  CHECK(agent.recommend() == 0);
}

TEST_CASE("ccb passes over opponents whose duels are decided, either way") {
  joust::ccb agent{4};
  joust::stream g{5};
  for (int t = 0; t < 4; ++t) (void)agent.select(g);
  agent_laws::plant(agent, 0, 1, 10, 90);  // beats arm 0 for certain: its large bound counts for nothing
  agent_laws::plant(agent, 0, 2, 52, 48);
  agent_laws::plant(agent, 0, 3, 90, 10);
  agent_laws::plant(agent, 1, 2, 10, 90);
  agent_laws::plant(agent, 1, 3, 10, 90);
  agent_laws::plant(agent, 2, 3, 10, 90);
  // C_hi is 2, 1, 2, 2
  for (int run = 0; run < 60; ++run) {
    joust::ccb copy = agent;
    joust::stream h = g.child("run", run);
    joust::pairing const pair = copy.select(h);
    if (pair.first == 0) CHECK(pair.second == 2);
    if (pair.first == 3) CHECK(pair.second == 3);
    if (pair.first == 2) CHECK(pair.second == 0);
    CHECK(pair.first != 1);
  }
}

TEST_CASE("ccb asks again, a quarter of the time, only about as many losses as rule an arm out") {
  // Arm 0 beats 1 and 2, loses to nobody; 1 and 2 have each lost to 0 and to more: one loss is enough.
  joust::ccb agent{5};
  for (std::size_t j = 1; j < 5; ++j) agent_laws::plant(agent, 0, j, 400, 0);
  agent_laws::plant(agent, 1, 2, 0, 100);
  agent_laws::plant(agent, 1, 3, 0, 100);
  agent_laws::plant(agent, 1, 4, 0, 100);
  agent_laws::plant(agent, 2, 3, 0, 100);
  agent_laws::plant(agent, 2, 4, 0, 100);
  agent_laws::plant(agent, 3, 4, 0, 100);
  joust::stream g{6};
  CHECK(agent.select(g) == joust::pairing{0, 0});
  CHECK(agent.select(g) == joust::pairing{0, 0});
  // Every loss is put in doubt. Arms 1 to 4 believe in one superior each.
  for (std::size_t j = 1; j < 5; ++j) agent_laws::plant(agent, 0, j, 0, 380);
  agent_laws::plant(agent, 1, 2, 90, 0);
  agent_laws::plant(agent, 1, 3, 90, 0);
  agent_laws::plant(agent, 1, 4, 90, 0);
  agent_laws::plant(agent, 2, 3, 90, 0);
  agent_laws::plant(agent, 2, 4, 90, 0);
  agent_laws::plant(agent, 3, 4, 90, 0);
  std::vector<int> superiors(5 * 5, 0);
  int asked = 0;
  for (int run = 0; run < 4000; ++run) {
    joust::ccb copy = agent;
    joust::stream h = g.child("run", run);
    joust::stream flipped = h;
    bool const quarter = joust::draw_bernoulli(0.25, flipped) == 1.0;  // the first number that is drawn
    auto const [i, j] = copy.select(h);
    if (!quarter) continue;
    ++asked;
    ++superiors[i * 5 + j];
  }
  int different = 0;
  for (int const times : superiors) different += times > 0 ? 1 : 0;
  CHECK(asked > 900);
  CHECK(different == 4);
  for (std::size_t i = 1; i < 5; ++i) {
    int times = 0;
    for (std::size_t j = 0; j < 5; ++j) times += superiors[i * 5 + j];
    CHECK(times == Approx(0.25 * asked).margin(4.5 * std::sqrt(0.1875 * asked)));
  }
}

TEST_CASE("ccb comes to duel the Condorcet winner against itself") {
  textbook::table p = textbook::arxiv6();
  for (double& cell : p.cells) cell = 0.5 + 3.0 * (cell - 0.5);
  CHECK(agent_laws::share_at_the_end(joust::ccb{6}, p, 30'000, 2'000, [](joust::pairing pair) {
          return pair == joust::pairing{0, 0};
        }) > 0.97);
}

TEST_CASE("ccb leaves Copeland losers alone where there is no Condorcet winner") {
  // 400 other runs: at most 0.013.
  CHECK(agent_laws::share_at_the_end(joust::ccb{5}, agent_laws::rock_paper_scissors_5(), 20'000, 10'000,
                                     agent_laws::names_a_copeland_loser) < 0.05);
}

TEST_CASE("ccb has the known regret on arXiv-6") {
  // 4000 other runs: mean 397.5, standard deviation 49. 4.5 standard errors of a mean of 100 runs are 22.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::ccb{}, 100, 10'000) == Approx(397.5).margin(22.5));
}
