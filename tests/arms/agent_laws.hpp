// SPDX-License-Identifier: MIT
//
// What every agent of fixed arms owes its user, as checks that the test of each agent runs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "allocations.hpp"
#include "textbook.hpp"

#include <joust/arms/uniform.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/state.hpp>
#include <joust/laws/agent_prototype.hpp>
#include <joust/laws/changes_arms.hpp>
#include <joust/laws/dueling_agent.hpp>
#include <joust/laws/saves_state.hpp>
#include <joust/laws/selects_batches.hpp>

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

/// A saved state in which the n-th value of a field is another one, under a checksum that fits.
inline std::string forged(std::string const& saved, std::string const& field, std::size_t n,
                          std::string const& value) {
  std::string text = saved.substr(0, saved.rfind("checksum "));
  std::size_t at = text.find("\n" + field + " ");
  REQUIRE(at != std::string::npos);
  at += field.size() + 2;
  for (; n > 0; --n) at = text.find(' ', at) + 1;
  text.replace(at, text.find_first_of(" \n", at) - at, value);
  return text + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + "\n";
}

/// What check_promises needs to know of an agent.
struct terms {
  std::uint64_t horizon = 3000;  ///< of the settings it is made for
  int rounds_to_learn =
      1500;                ///< after which an arm that beats three others with 0.9 is recommended; 0: never
  bool allocates = false;  ///< whether rounds after construction may allocate
};

/// An agent that has played some rounds on arXiv-6.
template <class Agent>
Agent experienced(Agent const& prototype, int rounds, std::uint64_t horizon = 3000) {
  Agent agent = prototype.fresh({.arms = 6, .horizon = horizon});
  joust::stream g{3};
  textbook::table const p = textbook::arxiv6();
  for (int t = 0; t < rounds; ++t) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, answer(p(i, j), g));
  }
  return agent;
}

/// Whether two agents decide alike for some rounds on arXiv-6.
template <class Agent>
bool decide_alike(Agent a, Agent b, int rounds) {
  textbook::table const p = textbook::arxiv6();
  joust::stream g{8};
  joust::stream h = g;
  joust::stream world{9};
  for (int t = 0; t < rounds; ++t) {
    joust::pairing const pair = a.select(g);
    if (!(pair == b.select(h) && g == h && a.recommend() == b.recommend())) return false;
    double const y = answer(p(pair.first, pair.second), world);
    a.observe(pair.first, pair.second, y);
    b.observe(pair.first, pair.second, y);
  }
  return a == b;
}

template <class Agent>
void check_construction(Agent const& prototype, terms const& t) {
  STATIC_REQUIRE(joust::dueling_agent<Agent>);
  STATIC_REQUIRE(joust::agent_prototype<Agent>);
  auto const make = [&](std::size_t arms) { return prototype.fresh({.arms = arms, .horizon = t.horizon}); };
  auto const options = make(2).options();
  CHECK_THROWS_AS(Agent(std::size_t{0}, options), std::invalid_argument);
  CHECK_THROWS_AS(Agent(std::size_t{1} << 33U, options), std::invalid_argument);  // its square would wrap

  Agent empty = prototype;
  joust::stream g{1};
  CHECK(empty.arms() == 0);
  CHECK_THROWS_WITH((void)empty.select(g), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH(empty.observe(0, 0, 1.0), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH((void)empty.recommend(), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH((void)empty.save(), Catch::Contains("prototype without arms"));
  CHECK_THROWS_WITH(empty.add_arm(), Catch::Contains("prototype without arms"));
  CHECK(make(7) == Agent(7, options));
  CHECK(experienced(prototype, 50, t.horizon).fresh({.arms = 6, .horizon = t.horizon}) == make(6));
  CHECK_FALSE(experienced(prototype, 50, t.horizon) == make(6));
  CHECK_THROWS_WITH(prototype.fresh({.arms = 7, .fixed_arms = false, .horizon = t.horizon}),
                    Catch::Contains("same arms every round"));
  CHECK_THROWS_AS(prototype.fresh({.arms = 0, .horizon = t.horizon}), std::invalid_argument);
}

/// One arm, two arms, ties everywhere, certain outcomes, horizons shorter than the number of pairs, and
/// rounds beyond the horizon.
template <class Agent>
void check_limits(Agent const& prototype, terms const&) {
  for (std::size_t const arms : {1U, 2U, 3U, 8U}) {
    for (std::uint64_t const horizon : {1U, 5U, 300U}) {
      for (double const strength : {0.0, 0.1, 0.5}) {  // arm i beats all behind it with 1/2 + strength
        CAPTURE(arms, horizon, strength);
        Agent agent = prototype.fresh({.arms = arms, .horizon = horizon});
        joust::stream g{arms};
        bool in_range = true;
        for (std::uint64_t round = 0; round < horizon + 60; ++round) {
          auto const [i, j] = agent.select(g);
          in_range = in_range && i < arms && j < arms && agent.recommend() < arms;
          if (!in_range) break;
          if (arms == 1) in_range = i == 0 && j == 0;
          double const p = i == j || strength == 0.0 ? 0.5 : i < j ? 0.5 + strength : 0.5 - strength;
          agent.observe(i, j, strength == 0.0 ? joust::tie : joust::draw_bernoulli(p, g));
        }
        CHECK(in_range);
      }
    }
  }
}

template <class Agent>
void check_strong_guarantee(Agent const& prototype, terms const& t) {
  Agent const before = experienced(prototype, 300, t.horizon);
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
  CHECK(decide_alike(agent, before, 300));
}

/// Swapped sides with the complemented outcome teach the same; a copy continues as the original; recommend
/// changes nothing.
template <class Agent>
void check_symmetry_and_copies(Agent const& prototype, terms const& t) {
  textbook::table const p = textbook::arxiv6();
  Agent agent = prototype.fresh({.arms = 6, .horizon = t.horizon});
  Agent mirrored = agent;
  joust::stream g{21};
  joust::stream h = g;
  joust::stream world{22};
  bool same = true;
  for (int round = 0; round < 1500; ++round) {
    auto const [i, j] = agent.select(g);
    Agent copy = mirrored;
    same = same && copy.select(h) == joust::pairing{i, j} && copy.recommend() == agent.recommend();
    mirrored = copy;
    double const y = answer(p(i, j), world);
    agent.observe(i, j, y);
    mirrored.observe(j, i, 1.0 - y);
    if (round % 40 == 0) {  // a pair that nobody asked about
      agent.observe(4, 1, 0.25);
      mirrored.observe(1, 4, 0.75);
    }
  }
  CHECK(same);
  CHECK(agent == mirrored);
}

/// A saved agent is restored equal, and continues exactly as if never interrupted; what is damaged, cut short
/// or foreign is refused.
template <class Agent>
void check_state(Agent const& prototype, terms const& t) {
  for (int const rounds : {0, 1, 13, 250, 1000}) {
    CAPTURE(rounds);
    Agent const agent = experienced(prototype, rounds, t.horizon);
    std::string const saved = agent.save();
    Agent const restored = Agent::load(saved);
    CHECK(restored == agent);
    CHECK(restored.save() == saved);
    CHECK(decide_alike(restored, agent, 400));
  }
  Agent waiting = experienced(prototype, 20, t.horizon);  // answers outstanding while it is saved
  joust::stream g{2};
  auto const asked = waiting.select_batch(9, g);
  Agent resumed = Agent::load(waiting.save());
  for (auto const& [i, j] : asked) {
    waiting.observe(i, j, joust::first_wins);
    resumed.observe(i, j, joust::first_wins);
  }
  CHECK(decide_alike(resumed, waiting, 300));

  std::string const saved = experienced(prototype, 100, t.horizon).save();
  std::size_t accepted = 0;
  for (std::size_t n = 0; n < saved.size(); n += 1 + saved.size() / 500) {
    for (std::string const& bad :
         {saved.substr(0, n), saved.substr(n + 1),
          saved.substr(0, n) + (saved[n] == '7' ? '8' : '7') + saved.substr(n + 1)}) {
      try {
        (void)Agent::load(bad);
        ++accepted;
      } catch (std::invalid_argument const&) {}
    }
  }
  CHECK(accepted == 0);
  CHECK_THROWS_AS(Agent::load(""), std::invalid_argument);
  if (Agent::name != joust::uniform_arms::name) {
    CHECK_THROWS_WITH(Agent::load(joust::uniform_arms{3}.save()), Catch::Contains(std::string{Agent::name}));
  }
}

/// Pairs asked for in batches and answered late, in another order, or never. The agent stays in range, and
/// finds the best arm all the same.
template <class Agent>
void check_delay(Agent const& prototype, terms const& t) {
  Agent const start = experienced(prototype, 40, t.horizon);
  Agent batch = start;
  Agent single = start;
  joust::stream g{6};
  joust::stream h = g;
  auto const pairs = batch.select_batch(7, g);
  bool same = pairs.size() == 7;
  for (joust::pairing const& pair : pairs) same = same && pair == single.select(h);
  CHECK(same);
  CHECK(batch == single);

  int found = 0;
  for (int run = 0; run < 5; ++run) {
    Agent agent = prototype.fresh({.arms = 4, .horizon = t.horizon});
    joust::stream random = joust::stream{12}.child("run", run);
    std::vector<joust::pairing> outstanding;
    bool in_range = true;
    for (int round = 0; round < std::max(500, t.rounds_to_learn) && in_range; ++round) {
      outstanding.push_back(agent.select(random));
      in_range = outstanding.back().first < 4 && outstanding.back().second < 4;
      if (outstanding.size() < 20) continue;
      std::swap(outstanding[joust::draw_index(20, random)], outstanding.back());
      auto const [i, j] = outstanding.back();
      outstanding.pop_back();
      if (joust::draw_index(10, random) == 0) continue;  // never comes
      double const p = i == j ? 0.5 : i == 2 ? 0.9 : j == 2 ? 0.1 : 0.5;
      agent.observe(i, j, joust::draw_bernoulli(p, random));
    }
    CHECK(in_range);
    found += agent.recommend() == 2 ? 1 : 0;
  }
  if (t.rounds_to_learn > 0) CHECK(found == 5);
}

/// Arms that come and go, or a clear refusal that changes nothing.
template <class Agent>
void check_arms_come_and_go(Agent const& prototype, terms const& t) {
  Agent const before = experienced(prototype, 200, t.horizon);
  Agent agent = before;
  try {
    if (agent.add_arm() != 6)
      FAIL("the new arm is not the next");  // REQUIRE takes an exception for a failure
  } catch (std::invalid_argument const& refused) {
    CHECK_THAT(refused.what(), Catch::Contains(std::string{Agent::name}) && Catch::Contains("same arms"));
    CHECK_THROWS_WITH(agent.retire(0), Catch::Contains("same arms"));
    CHECK(agent == before);
    return;
  }
  CHECK(agent.arms() == 7);
  agent.retire(0);
  agent.retire(3);
  CHECK(agent.arms() == 7);
  CHECK_FALSE(agent.in_play(0));
  CHECK(agent.in_play(6));
  CHECK_THROWS_WITH(agent.retire(3), Catch::Contains("retired before"));
  CHECK_THROWS_WITH(agent.retire(7), Catch::Contains("arm: is 7"));
  Agent const settled = agent;
  agent.observe(0, 1, joust::first_wins);  // a late answer about an arm that has gone
  CHECK(agent == settled);
  CHECK(Agent::load(agent.save()) == agent);
  joust::stream g{14};
  bool in_play = true;
  for (int round = 0; round < std::max(500, t.rounds_to_learn); ++round) {  // the newcomer, arm 6, wins
    auto const [i, j] = agent.select(g);
    in_play = in_play && agent.in_play(i) && agent.in_play(j) && agent.in_play(agent.recommend());
    double const p = i == j ? 0.5 : i == 6 ? 0.95 : j == 6 ? 0.05 : 0.5;
    agent.observe(i, j, joust::draw_bernoulli(p, g));
  }
  CHECK(in_play);
  if (t.rounds_to_learn > 0) CHECK(agent.recommend() == 6);
  CHECK(Agent::load(agent.save()) == agent);
  for (std::size_t const arm : {1U, 2U, 4U, 5U}) agent.retire(arm);
  CHECK_THROWS_WITH(agent.retire(6), Catch::Contains("last one"));
  CHECK(agent.select(g) == joust::pairing{6, 6});
  CHECK(agent.recommend() == 6);
}

/// No round after construction allocates, whatever phase the agent is in.
template <class Agent>
void check_no_allocation(Agent const& prototype, terms const& t) {
  if (!allocations_are_counted || t.allocates) return;
  std::size_t const probe = allocation_count;
  { std::vector<int> const something(3); }
  REQUIRE(allocation_count > probe);  // the counter counts
  textbook::table const p = textbook::arxiv6();
  Agent agent = prototype.fresh({.arms = 6, .horizon = t.horizon});
  joust::stream g{31};
  std::size_t const before = allocation_count;
  std::size_t sum = 0;
  for (int round = 0; round < 3000; ++round) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, joust::draw_bernoulli(p(i, j), g));
    sum += agent.recommend();
  }
  std::size_t const after = allocation_count;
  CHECK(after == before);
  CHECK(sum < 3000 * 6);
}

inline void check_report(joust::laws::law_report const& report) {
  INFO(report.text());
  CHECK(static_cast<bool>(report));
}

/// The law kits that users run on agents of their own.
template <class Agent>
void check_law_kits(Agent const& prototype, terms const& t) {
  joust::stream const random{7};
  for (std::size_t const arms : {2U, 5U}) {
    joust::setting const where{.arms = arms, .horizon = t.horizon};
    Agent const agent = prototype.fresh(where);
    check_report(joust::laws::dueling_agent(agent, arms, random, {.rounds = 150}));
    check_report(joust::laws::agent_prototype(
        prototype, where, random, {.refused = {{.arms = 0}, {.arms = arms, .fixed_arms = false}}}));
    check_report(joust::laws::selects_batches(agent, arms, random));
    check_report(joust::laws::saves_state(agent, arms, random, {.damages = 100}));
    check_report(joust::laws::changes_arms(agent, random));
  }
}

/// Everything that every agent promises. The prototype must work in a setting of any number of arms.
template <class Agent>
void check_promises(Agent const& prototype, terms const& t = {}) {
  check_construction(prototype, t);
  check_limits(prototype, t);
  check_strong_guarantee(prototype, t);
  check_symmetry_and_copies(prototype, t);
  check_state(prototype, t);
  check_delay(prototype, t);
  check_arms_come_and_go(prototype, t);
  check_no_allocation(prototype, t);
  check_law_kits(prototype, t);
}

/// Soft answers teach: an arm that gets 0.8 of every judgement is recommended in the end.
template <class Agent>
void check_soft_outcomes(Agent const& prototype = {}, terms const& t = {}, int rounds = 500) {
  Agent agent = prototype.fresh({.arms = 4, .horizon = t.horizon});
  joust::stream g{4};
  for (int round = 0; round < rounds; ++round) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, i == j ? 0.5 : i == 2 ? 0.8 : j == 2 ? 1.0 - 0.8 : 1.0 / 3.0);
  }
  CHECK(agent.recommend() == 2);
}

// The same with a default prototype.
template <class Agent>
void check_construction() {
  check_construction(Agent{}, {});
}
template <class Agent>
void check_strong_guarantee() {
  check_strong_guarantee(Agent{}, {});
}
template <class Agent>
void check_symmetry_and_copies() {
  check_symmetry_and_copies(Agent{}, {});
}
template <class Agent>
void check_no_allocation() {
  check_no_allocation(Agent{}, {});
}

}  // namespace agent_laws
