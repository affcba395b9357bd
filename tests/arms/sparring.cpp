// SPDX-License-Identifier: MIT
#include <joust/arms/sparring.hpp>

#include "agent_laws.hpp"
#include "textbook/sparring.hpp"

using joust::bandit_learner;

TEST_CASE("sparring keeps the promises of an agent") {
  agent_laws::check_promises(joust::sparring{});
  agent_laws::check_soft_outcomes<joust::sparring>();
}

TEST_CASE("sparring keeps the promises of an agent with other learners") {
  agent_laws::check_promises(joust::sparring{{.learner = bandit_learner::thompson}});
  agent_laws::check_promises(joust::sparring{{.learner = bandit_learner::exp3}});
  agent_laws::check_soft_outcomes(joust::sparring{{.learner = bandit_learner::thompson}});
  agent_laws::check_soft_outcomes(joust::sparring{{.learner = bandit_learner::exp3}}, {}, 2000);
}

TEST_CASE("sparring refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::sparring{{.alpha = bad}}), Catch::Contains("alpha"));
  }
  for (double const bad : {-0.1, 1.1, std::nan("")}) {
    CHECK_THROWS_WITH((joust::sparring{3, {.exploration = bad}}), Catch::Contains("exploration"));
  }
  CHECK_THROWS_WITH((joust::sparring{{.max_pending = 0}}), Catch::Contains("max_pending"));
  CHECK_THROWS_WITH((joust::sparring{{.max_pending = 1'000'001}}), Catch::Contains("max_pending"));
  joust::sparring const prototype{{.learner = bandit_learner::thompson}};
  CHECK(prototype.fresh({.arms = 3}).options().learner == bandit_learner::thompson);
}

TEST_CASE("sparring decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            700, 9, 150, [](std::size_t k) { return joust::sparring{k}; },
            [](std::size_t k) { return textbook::sparring{k}; }) == 0);
  CHECK(agent_laws::disagreements(
            200, 5, 150,
            [](std::size_t k) {
              return joust::sparring{k, {.alpha = 0.2, .max_pending = 2}};
            },
            [](std::size_t k) {
              return textbook::sparring{k, textbook::sbm::kind::ucb, 0.2, 0.0, 2};
            }) == 0);
  CHECK(agent_laws::disagreements(
            300, 9, 150,
            [](std::size_t k) {
              return joust::sparring{k, {.learner = bandit_learner::thompson}};
            },
            [](std::size_t k) {
              return textbook::sparring{k, textbook::sbm::kind::thompson};
            }) == 0);
  for (double const exploration : {0.0, 0.05}) {
    CHECK(agent_laws::disagreements(
              300, 9, 250,
              [exploration](std::size_t k) {
                return joust::sparring{k, {.learner = bandit_learner::exp3, .exploration = exploration}};
              },
              [exploration](std::size_t k) {
                return textbook::sparring{k, textbook::sbm::kind::exp3, 2.5, exploration};
              }) == 0);
  }
}

TEST_CASE("sparring plays an untried arm before any other") {
  joust::sparring agent{3};
  agent_laws::plant(agent, 0, 1, 30, 0);
  joust::stream g{1};
  CHECK(agent.select(g) == joust::pairing{2, 2});
}

TEST_CASE("sparring takes the arm with the largest index") {
  // Every answer that was not asked for tells both sides of both arms. n = 400; of arm 0, 100 rewards and 90
  // of them won; of arm 1 200 and 110; of arm 2 100 and none.
  joust::sparring agent{3};
  agent_laws::plant(agent, 0, 1, 90, 10);
  agent_laws::plant(agent, 1, 2, 100, 0);
  joust::stream g{1};
  // 0.9 + sqrt(alpha ln 400 / 100) against 0.55 + sqrt(alpha ln 400 / 200) and 0 + sqrt(alpha ln 400 / 100)
  CHECK(agent.select(g) == joust::pairing{0, 0});
  CHECK(agent.recommend() == 1);  // most played
}

TEST_CASE("sparring teaches each side about its own arm, also when answers come late and swapped") {
  joust::sparring agent{2, {.learner = bandit_learner::exp3, .exploration = 0.5}};
  joust::stream g{3};
  joust::pairing pair = agent.select(g);
  while (pair.self_duel()) pair = agent.select(g);
  joust::sparring straight = agent;
  joust::sparring swapped = agent;
  straight.observe(pair.first, pair.second, joust::first_wins);
  swapped.observe(pair.second, pair.first, joust::second_wins);
  CHECK(straight == swapped);
  CHECK_FALSE(straight == agent);
  // With exp3 a pair that is not outstanding teaches nothing: the chance that it had is not known.
  joust::sparring const before = straight;
  straight.observe(pair.first, pair.second, joust::first_wins);
  CHECK(straight == before);
}

TEST_CASE("sparring forgets the oldest of too many pairs") {
  joust::sparring agent{4, {.learner = bandit_learner::exp3, .exploration = 1.0, .max_pending = 1}};
  joust::stream g{5};
  joust::pairing first = agent.select(g);
  while (first.self_duel()) first = agent.select(g);
  joust::pairing second = agent.select(g);
  while (second.self_duel() || second == first || second == joust::pairing{first.second, first.first}) {
    second = agent.select(g);
  }
  joust::sparring const before = agent;
  agent.observe(first.first, first.second, joust::first_wins);
  CHECK(agent == before);
  agent.observe(second.first, second.second, joust::first_wins);
  CHECK_FALSE(agent == before);
}

TEST_CASE("unanswered pairs are found by their arms, oldest first, with their sides") {
  joust::detail::pending_pairs store{3};
  store.add({1, 2}, 0.5, 0.25);
  store.add({2, 1}, 0.125, 1.0);
  store.add({0, 2});
  CHECK_FALSE(store.take(0, 1, 1.0));
  joust::detail::pending_pairs copy = store;
  auto found = store.take(2, 1, 0.75);  // the older one, which stands the other way round
  REQUIRE(found);
  CHECK(found->pair == joust::pairing{1, 2});
  CHECK(found->first_chance == 0.5);
  CHECK(found->second_chance == 0.25);
  CHECK(found->y == 0.25);
  found = store.take(2, 1, 0.75);
  REQUIRE(found);
  CHECK(found->pair == joust::pairing{2, 1});
  CHECK(found->y == 0.75);
  CHECK_FALSE(store.take(2, 1, 0.75));
  CHECK(store.size() == 1);
  std::size_t const before = allocation_count;
  for (std::size_t n = 0; n < 10; ++n) copy.add({0, 1});  // a copy has room, too
  std::size_t const after = allocation_count;
  CHECK(after == before);
  CHECK(copy.size() == 3);
  CHECK_FALSE(copy.take(1, 2, 1.0));  // forgotten
  CHECK(store.sound(3));
  CHECK_FALSE(store.sound(2));
  joust::detail::pending_pairs heir{3};
  std::size_t const kept[] = {2, 0};  // arms 2 and 0 are 0 and 1 now
  store.add({1, 2});
  heir.inherit(store, kept);
  CHECK(heir.size() == 1);
  found = heir.take(0, 1, 1.0);
  REQUIRE(found);
  CHECK(found->pair == joust::pairing{1, 0});
}

TEST_CASE("sparring with exp3 stays finite through a million rounds against a one-sided opponent") {
  joust::sparring agent{5, {.learner = bandit_learner::exp3}};
  joust::stream g{7};
  int rest = 0;
  for (int t = 0; t < 1'000'000; ++t) {
    auto const [i, j] = agent.select(g);
    rest += (i != 3 ? 1 : 0) + (j != 3 ? 1 : 0);
    if (i != j) agent.observe(i, j, i == 3 ? 1.0 : j == 3 ? 0.0 : i < j ? 1.0 : 0.0);
  }
  CHECK(agent.recommend() == 3);
  CHECK(rest < 40'000);  // uniform play alone takes 2 sqrt(K ln K T) * 2 * 4/5 = 9078
  std::string const state = agent.save();
  CHECK(state.find("nan") == std::string::npos);
  CHECK(state.find("inf") == std::string::npos);
  CHECK(joust::sparring::load(state) == agent);
}

TEST_CASE("exponential weights sum to one however large the scores are") {
  std::vector<double> chances(4);
  for (std::vector<double> const& scores :
       {std::vector<double>{0, 0, 0, 0}, {1e300, 0, -1e300, 1e300}, {-1e6, -1e6 - 1, -2e6, -1e6}}) {
    for (double const mixed : {0.0, 0.01, 1.0}) {
      joust::detail::exponential_weights(scores, 1.0, mixed, chances);
      double sum = 0.0;
      for (double const chance : chances) {
        CHECK((chance >= mixed / 4 && chance <= 1.0));
        sum += chance;
      }
      CHECK(sum == Approx(1.0).epsilon(1e-14));
    }
  }
}

TEST_CASE("sparring has the known regret on arXiv-6") {
  // 1000 other runs: mean 1468, standard deviation 105. 4.5 standard errors of a mean of 60 runs are 61. With
  // alpha 2 or 3 the mean is 20 percent off.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::sparring{}, 60, 100'000) == Approx(1468.0).margin(61.0));
}
