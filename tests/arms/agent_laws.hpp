// SPDX-License-Identifier: MIT
//
// What every agent of fixed arms owes its user, as checks that the test of each agent runs.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include "allocations.hpp"
#include "textbook.hpp"

#include <joust/core/concepts.hpp>

namespace agent_laws {

/// A coin for binary answers; in every third call a multiple of 1/4, whose sums are exact.
inline double answer(double probability, joust::stream& g) {
  if (joust::draw_index(3, g) != 0) return joust::draw_bernoulli(probability, g);
  double const soft = probability + joust::draw_uniform(g) - 0.5;
  return std::fmin(std::fmax(std::round(4.0 * soft) / 4.0, 0.0), 1.0);
}

/// Records `wins` wins of i and `losses` losses of it against j.
template <class Agent>
void plant(Agent& agent, std::size_t i, std::size_t j, int wins, int losses) {
  for (int n = 0; n < wins; ++n) agent.observe(i, j, joust::first_wins);
  for (int n = 0; n < losses; ++n) agent.observe(i, j, joust::second_wins);
}

/// Lets both agents play the same rounds and compares every pair. Some answers never come, some are given
/// with the sides swapped; true if all decisions agree.
template <class Fast, class Plain>
bool same_decisions(Fast fast, Plain plain, textbook::table const& p, int rounds, joust::stream const& seed) {
  joust::stream fast_stream = seed.child("agent");
  joust::stream plain_stream = fast_stream;
  joust::stream world = seed.child("world");
  for (int t = 0; t < rounds; ++t) {
    joust::pairing const pair = fast.select(fast_stream);
    if (!(plain.select(plain_stream) == pair)) return false;
    if (!(fast_stream == plain_stream)) return false;
    auto const [i, j] = pair;
    double const y = answer(p(i, j), world);
    bool const swapped = joust::draw_index(4, world) == 0;
    if (joust::draw_index(16, world) == 0) continue;
    swapped ? fast.observe(j, i, 1.0 - y) : fast.observe(i, j, y);
    plain.observe(i, j, y);
  }
  return true;
}

/// Runs same_decisions on `matrices` random matrices of 1 to `most_arms` arms, every other one with a
/// Condorcet winner, and returns how many disagree.
template <class MakeFast, class MakePlain>
int disagreements(int matrices, std::size_t most_arms, int rounds, MakeFast fast, MakePlain plain) {
  int wrong = 0;
  for (int m = 0; m < matrices; ++m) {
    joust::stream const seed = joust::stream{2026}.child("matrix", m);
    joust::stream g = seed.child("preferences");
    std::size_t const arms = 1 + joust::draw_index(most_arms, g);
    textbook::table const p =
        m % 2 == 0 ? textbook::random_condorcet(arms, g) : textbook::random_tournament(arms, g);
    wrong += same_decisions(fast(arms), plain(arms), p, rounds, seed) ? 0 : 1;
  }
  return wrong;
}

/// Mean over runs of the cumulative average regret (D_0a + D_0b) / 2 on arXiv-6, whose winner is arm 0.
template <class Agent>
double mean_regret_on_arxiv6(Agent const& prototype, int runs, int horizon) {
  textbook::table const p = textbook::arxiv6();
  double sum = 0.0;
  for (int run = 0; run < runs; ++run) {
    Agent agent = prototype.fresh({.arms = 6});
    joust::stream g = joust::stream{11}.child("agent", run);
    joust::stream world = joust::stream{11}.child("world", run);
    for (int t = 0; t < horizon; ++t) {
      auto const [i, j] = agent.select(g);
      sum += 0.5 * (p(0, i) + p(0, j) - 1.0);
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
  }
  return sum / runs;
}

/// Plays `rounds` rounds and returns in which share of the last `window` rounds `wanted(pair)` held.
template <class Agent, class Predicate>
double share_at_the_end(Agent agent, textbook::table const& p, int rounds, int window, Predicate wanted) {
  joust::stream g{5};
  joust::stream world = g.child("world");
  int held = 0;
  for (int t = 0; t < rounds; ++t) {
    joust::pairing const pair = agent.select(g);
    if (t >= rounds - window && wanted(pair)) ++held;
    if (!pair.self_duel()) {
      agent.observe(pair.first, pair.second, joust::draw_bernoulli(p(pair.first, pair.second), world));
    }
  }
  return static_cast<double>(held) / window;
}

/// Five arms without a Condorcet winner: 0, 1, 2 in a 0.6 cycle, each beats 3 and 4 with 0.7, 3 beats 4 with
/// 0.6. The Copeland winners are 0, 1 and 2.
inline textbook::table rock_paper_scissors_5() {
  textbook::table p{5};
  p.cells = {.5, .6, .4, .7, .7,  //
             .4, .5, .6, .7, .7,  //
             .6, .4, .5, .7, .7,  //
             .3, .3, .3, .5, .6,  //
             .3, .3, .3, .4, .5};
  return p;
}

inline bool names_a_copeland_loser(joust::pairing pair) { return pair.first >= 3 || pair.second >= 3; }

/// An agent that has played some rounds on arXiv-6.
template <class Agent>
Agent experienced(int rounds) {
  Agent agent{6};
  joust::stream g{3};
  textbook::table const p = textbook::arxiv6();
  for (int t = 0; t < rounds; ++t) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, answer(p(i, j), g));
  }
  return agent;
}

template <class Agent>
void check_construction() {
  STATIC_REQUIRE(joust::dueling_agent<Agent>);
  STATIC_REQUIRE(joust::agent_prototype<Agent>);
  CHECK_THROWS_AS(Agent{std::size_t{0}}, std::invalid_argument);
  CHECK_THROWS_AS(Agent(std::size_t{1} << 33U), std::invalid_argument);  // its square would wrap around to 0

  Agent prototype;
  joust::stream g{1};
  CHECK(prototype.arms() == 0);
  CHECK_THROWS_WITH((void)prototype.select(g), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH(prototype.observe(0, 0, 1.0), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH((void)prototype.recommend(), Catch::Contains("prototype without arms"));
  CHECK(prototype.fresh({.arms = 7}) == Agent{7});
  CHECK(experienced<Agent>(50).fresh({.arms = 6}) == Agent{6});
  CHECK_FALSE(experienced<Agent>(50) == Agent{6});
  CHECK_THROWS_WITH(prototype.fresh({.arms = 7, .fixed_arms = false}),
                    Catch::Contains("same arms every round"));
  CHECK_THROWS_AS(prototype.fresh({.arms = 0}), std::invalid_argument);

  Agent lonely{1};
  for (int t = 0; t < 20; ++t) {
    CHECK(lonely.select(g) == joust::pairing{0, 0});
    lonely.observe(0, 0, joust::tie);
  }
  CHECK(lonely.recommend() == 0);
}

template <class Agent>
void check_strong_guarantee() {
  Agent const before = experienced<Agent>(300);
  Agent agent = before;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  for (double const bad : {nan, 1.5, -0.01, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH(agent.observe(0, 1, bad), Catch::Contains("outcome") && Catch::Contains("[0, 1]"));
    CHECK_THROWS_AS(agent.observe(2, 2, bad), std::invalid_argument);
  }
  CHECK_THROWS_WITH(agent.observe(6, 1, 1.0), Catch::Contains("first: is 6; expected an index below 6"));
  CHECK_THROWS_WITH(agent.observe(1, 6, 1.0), Catch::Contains("second: is 6; expected an index below 6"));
  agent.observe(3, 3, joust::first_wins);  // legal, and teaches nothing
  agent.observe(3, 3, 0.25);
  CHECK(agent == before);
  joust::stream g{8};
  joust::stream h = g;
  Agent untouched = before;
  bool same = true;
  for (int t = 0; t < 300; ++t) {
    auto const pair = agent.select(g);
    same = same && pair == untouched.select(h);
    agent.observe(pair.first, pair.second, joust::first_wins);
    untouched.observe(pair.first, pair.second, joust::first_wins);
  }
  CHECK(same);
}

/// Swapped sides with the complemented outcome teach the same; a copy continues as the original; recommend
/// changes nothing.
template <class Agent>
void check_symmetry_and_copies() {
  textbook::table const p = textbook::arxiv6();
  Agent agent{6};
  Agent mirrored{6};
  joust::stream g{21};
  joust::stream h = g;
  joust::stream world{22};
  bool same = true;
  for (int t = 0; t < 1500; ++t) {
    auto const [i, j] = agent.select(g);
    Agent copy = mirrored;
    same = same && copy.select(h) == joust::pairing{i, j} && copy.recommend() == agent.recommend();
    mirrored = copy;
    double const y = answer(p(i, j), world);
    agent.observe(i, j, y);
    mirrored.observe(j, i, 1.0 - y);
  }
  CHECK(same);
  CHECK(agent == mirrored);
}

/// Soft answers teach: an arm that gets 0.8 of every judgement is recommended in the end.
template <class Agent>
void check_soft_outcomes() {
  Agent agent{4};
  joust::stream g{4};
  for (int t = 0; t < 500; ++t) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, i == j ? 0.5 : i == 2 ? 0.8 : j == 2 ? 1.0 - 0.8 : 1.0 / 3.0);
  }
  CHECK(agent.recommend() == 2);
}

/// No round after construction allocates, whatever phase the agent is in.
template <class Agent>
void check_no_allocation() {
  if (!allocations_are_counted) return;
  std::size_t const probe = allocation_count;
  { std::vector<int> const something(3); }
  REQUIRE(allocation_count > probe);  // the counter counts
  textbook::table const p = textbook::arxiv6();
  Agent agent{6};
  joust::stream g{31};
  std::size_t const before = allocation_count;
  std::size_t sum = 0;
  for (int t = 0; t < 3000; ++t) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, joust::draw_bernoulli(p(i, j), g));
    sum += agent.recommend();
  }
  std::size_t const after = allocation_count;
  CHECK(after == before);
  CHECK(sum < 3000 * 6);
}

}  // namespace agent_laws
