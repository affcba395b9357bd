// SPDX-License-Identifier: MIT
//
// How fast an agent decides and learns, and nothing else. A first pass records the outcomes; a second, timed
// one replays them to a fresh copy of the agent, which decides the same again because its stream is the same:
// no oracle, no context generation and no metric is on the clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <joust/core/stream.hpp>
#include <joust/experiment/any_agent.hpp>
#include <joust/experiment/any_environment.hpp>
#include <joust/experiment/run.hpp>

namespace joust {

struct speed_options {
  std::uint64_t horizon = 10'000;  ///< rounds to time, from the first on
  double seconds =
      0.5;  ///< about the longest to spend on each pass; fewer rounds are timed if they take longer
  std::uint64_t seed = 0;
};

/// Rounds per second of select plus observe on one thread, early rounds included; of an agent that stops by
/// itself, the rounds until it does. Passes on what the agent throws.
[[nodiscard]] inline double rounds_per_second(any_agent const& prototype, any_environment const& family,
                                              speed_options const& options = {}) {
  using clock = std::chrono::steady_clock;
  constexpr std::uint32_t chunk = 256;  // rounds between looks at the clock
  constexpr double nothing_observed = std::numeric_limits<double>::quiet_NaN();
  stream const random = stream{options.seed}.child(0);
  stream const contexts = random.child("context");
  stream const answers = random.child("oracle");
  stream const decisions = random.child("agent");
  stream birth = random.child("instance");
  any_environment const problem = family.instance(birth);
  setting shape = problem.shape();
  shape.horizon = options.horizon;
  auto const limit = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(options.horizon, std::numeric_limits<std::uint32_t>::max()));

  std::vector<double> outcomes;
  {
    any_environment world = problem;
    any_agent agent = prototype.fresh(shape);
    auto const start = clock::now();
    for (std::uint32_t round = 0; round < limit; ++round) {
      if (round % chunk == 0 && std::chrono::duration<double>(clock::now() - start).count() > options.seconds)
        break;
      if (agent.stop()) break;  // from here on it has nothing to decide
      stream context = contexts.at_round(round);
      stream answer = answers.at_round(round);
      stream decision = decisions.at_round(round);
      world.advance(context);
      auto const& features = detail::shown_features(agent, world);
      pairing const pair = agent.select(features, decision);
      outcomes.push_back(nothing_observed);
      if (pair.self_duel()) continue;
      outcomes.back() = world.compare(pair.first, pair.second, answer);
      agent.observe(features, pair.first, pair.second, outcomes.back());
    }
  }

  any_environment world = problem;
  any_agent agent = prototype.fresh(shape);
  bool const shows_fresh_features = agent.reads_features() && !shape.fixed_arms;
  Eigen::MatrixXd const still = detail::shown_features(agent, world);
  std::vector<Eigen::MatrixXd> shown(shows_fresh_features ? chunk : 1, still);
  double seconds = 0.0;
  auto const rounds = static_cast<std::uint32_t>(outcomes.size());
  for (std::uint32_t begin = 0; begin < rounds; begin += chunk) {
    std::uint32_t const end = std::min(rounds, begin + chunk);
    for (std::uint32_t round = begin; shows_fresh_features && round < end; ++round) {
      stream context = contexts.at_round(round);
      world.advance(context);
      shown[round - begin] = world.features();
    }
    auto const start = clock::now();
    for (std::uint32_t round = begin; round < end; ++round) {
      stream decision = decisions.at_round(round);
      Eigen::MatrixXd const& features = shown[shows_fresh_features ? round - begin : 0];
      pairing const pair = agent.select(features, decision);
      if (!pair.self_duel()) agent.observe(features, pair.first, pair.second, outcomes[round]);
    }
    seconds += std::chrono::duration<double>(clock::now() - start).count();
  }
  return rounds / std::max(seconds, 1e-9);
}

}  // namespace joust
