// SPDX-License-Identifier: MIT
//
// The matrix that separates RMED2 from RMED1, and how agents fare on it.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "agent_laws.hpp"
#include "textbook.hpp"

namespace rmed_trials {

/// Arm 0 beats all others with 0.6; 1 beats 2, 2 beats 3, 3 beats 1 with 0.9 (Komiyama et al. 2015).
inline textbook::table cyclic4() {
  textbook::table p{4};
  p.cells = {.5, .6, .6, .6,  //
             .4, .5, .9, .1,  //
             .4, .1, .5, .9,  //
             .4, .9, .1, .5};
  return p;
}

/// An agent that has seen each pair `duels` times, with shares as in p, and is past round 16, so that
/// ln ln t > 1; the next turn is that of arm 0.
template <class Agent>
Agent informed(Agent agent, textbook::table const& p, int duels) {
  for (std::size_t i = 0; i < p.arms; ++i) {
    for (std::size_t j = i + 1; j < p.arms; ++j) {
      int const wins = static_cast<int>(std::lround(p(i, j) * duels));
      agent_laws::plant(agent, i, j, wins, duels - wins);
    }
  }
  joust::stream g{1};
  for (std::size_t t = 0; t < 20 * p.arms; ++t) (void)agent.select(g);
  return agent;
}

/// Mean regret at checkpoints t[0] and t[1] on Cyclic-4.
template <class Agent>
std::array<double, 2> regret_on_cyclic4(Agent const& prototype, int runs, std::array<int, 2> t) {
  textbook::table const p = cyclic4();
  std::array<double, 2> mean{};
  for (int run = 0; run < runs; ++run) {
    Agent agent = prototype.fresh({.arms = 4, .horizon = 20'000});
    joust::stream g = joust::stream{11}.child("agent", run);
    joust::stream world = joust::stream{11}.child("world", run);
    double regret = 0.0;
    for (int round = 1; round <= t[1]; ++round) {
      auto const [i, j] = agent.select(g);
      regret += 0.5 * (p(0, i) + p(0, j) - 1.0);
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
      if (round == t[0]) mean[0] += regret / runs;
    }
    mean[1] += regret / runs;
  }
  return mean;
}

}  // namespace rmed_trials
