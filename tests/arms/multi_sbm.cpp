// SPDX-License-Identifier: MIT
#include <joust/arms/multi_sbm.hpp>

#include "agent_laws.hpp"
#include "textbook/multi_sbm.hpp"

using joust::bandit_learner;

namespace {

textbook::table cyclic4() {
  textbook::table p{4};
  p.cells = {.5, .6, .6, .6,  //
             .4, .5, .9, .1,  //
             .4, .1, .5, .9,  //
             .4, .9, .1, .5};
  return p;
}

}  // namespace

TEST_CASE("multi_sbm keeps the promises of an agent") {
  agent_laws::check_promises(joust::multi_sbm{});
  agent_laws::check_soft_outcomes<joust::multi_sbm>();
}

TEST_CASE("multi_sbm keeps the promises of an agent with other learners") {
  agent_laws::check_promises(joust::multi_sbm{{.learner = bandit_learner::thompson}});
  agent_laws::check_promises(joust::multi_sbm{{.learner = bandit_learner::exp3}});
}

TEST_CASE("multi_sbm refuses options it cannot work with and keeps the others") {
  CHECK_THROWS_WITH((joust::multi_sbm{{.alpha = 0.0}}), Catch::Contains("alpha"));
  CHECK_THROWS_WITH((joust::multi_sbm{{.exploration = 1.5}}), Catch::Contains("exploration"));
  CHECK_THROWS_WITH((joust::multi_sbm{3, {.max_pending = 0}}), Catch::Contains("max_pending"));
  CHECK(joust::multi_sbm{{.alpha = 0.6}}.fresh({.arms = 3}).options().alpha == 0.6);
}

TEST_CASE("multi_sbm decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            700, 9, 200, [](std::size_t k) { return joust::multi_sbm{k}; },
            [](std::size_t k) { return textbook::multi_sbm{k}; }) == 0);
  CHECK(agent_laws::disagreements(
            200, 9, 200,
            [](std::size_t k) {
              return joust::multi_sbm{k, {.learner = bandit_learner::thompson}};
            },
            [](std::size_t k) {
              return textbook::multi_sbm{k, textbook::sbm::kind::thompson};
            }) == 0);
  CHECK(agent_laws::disagreements(
            200, 9, 200,
            [](std::size_t k) {
              return joust::multi_sbm{k, {.learner = bandit_learner::exp3}};
            },
            [](std::size_t k) {
              return textbook::multi_sbm{k, textbook::sbm::kind::exp3};
            }) == 0);
}

TEST_CASE("multi_sbm has on the left who was on the right") {
  joust::multi_sbm agent{5};
  joust::stream g{4};
  joust::pairing last = agent.select(g);
  bool chained = true;
  for (int t = 0; t < 300; ++t) {
    joust::pairing const pair = agent.select(g);
    chained = chained && pair.first == last.second;
    agent.observe(pair.first, pair.second, pair.first < pair.second ? 1.0 : 0.0);
    last = pair;
  }
  CHECK(chained);
}

TEST_CASE("multi_sbm names the arm that does best against the left one") {
  joust::multi_sbm agent{3};
  agent_laws::plant(agent, 0, 1, 30, 70);  // nobody asked: the learners of both arms hear of it
  agent_laws::plant(agent, 0, 2, 20, 80);
  agent_laws::plant(agent, 1, 2, 90, 10);
  joust::stream g{4};
  // Only its own arm is untried to each learner. After that 2 does best against 0, 1 against 2, and 1 itself
  // against 1: its index is 0 or 1 + sqrt(2.5 ln 201), from a single toss.
  for (int t = 0; t < 6; ++t) {
    auto const [i, j] = agent.select(g);
    CHECK(j == i);
  }
}

TEST_CASE("multi_sbm on a cycle goes round it for ever") {
  // The learner of each of the arms 1, 2 and 3 finds the one that beats it with 0.9, and none of them lets go
  // for arm 0, the Condorcet winner, which beats it with 0.6. 100 other runs: mean 0.995, deviation 0.004.
  CHECK(agent_laws::share_at_the_end(
            joust::multi_sbm{4}, cyclic4(), 100'000, 20'000,
            [](joust::pairing pair) { return pair.first != 0 && pair.second != 0; }) > 0.95);
}

TEST_CASE("multi_sbm comes to duel the best of arms with utilities against itself") {
  textbook::table p{4};
  double const utility[] = {0.2, 0.5, 0.9, 0.4};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) p(i, j) = 0.5 * (1.0 + utility[i] - utility[j]);
  }
  // 100 other runs: mean 0.989, standard deviation 0.007.
  CHECK(agent_laws::share_at_the_end(joust::multi_sbm{4}, p, 50'000, 10'000, [](joust::pairing pair) {
          return pair == joust::pairing{2, 2};
        }) > 0.95);
}

TEST_CASE("multi_sbm has the known regret on arXiv-6") {
  // 500 other runs: mean 488.2, standard deviation 16.8. 4.5 standard errors of a mean of 100 runs are 7.6.
  // Random pairs have 600.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::multi_sbm{}, 100, 10'000) == Approx(488.2).margin(8.0));
}
