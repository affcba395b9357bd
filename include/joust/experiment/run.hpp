// SPDX-License-Identifier: MIT
//
// One agent in one environment for a number of rounds. The agent sees candidates and outcomes; the
// environment's truth goes to the regrets alone.
//
//   needs   an agent (any of the concepts' shapes) and an environment
//   cost    the agent's, plus about 30 ns per round for the oracle and the regrets of a preference matrix
//   repeat  a function of agent, environment and stream: contexts, outcomes and decisions of a round come
//           from streams of their own, so two agents under one stream meet the same contexts and the same
//           luck
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <Eigen/Core>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/trace.hpp>

namespace joust {

struct run_options {
  std::span<std::uint64_t const> checkpoints;    ///< increasing rounds; the last is the horizon
  std::atomic<bool> const* interrupt = nullptr;  ///< set it from elsewhere to end the run at the next look
  std::atomic<std::uint64_t>* rounds_played = nullptr;  ///< advanced while running, for progress displays
};

/// An agent of either shape: one that goes by the arms' indices, or one that reads features as a matrix.
template <class Agent>
concept plays_duels = dueling_agent<Agent, no_context> || dueling_agent<Agent, Eigen::MatrixXd>;

/// True if the agent reads the candidates' features; a context-blind agent goes by the arms' indices.
template <class Agent>
[[nodiscard]] bool reads_features(Agent const& agent) {
  if constexpr (requires {
                  { agent.reads_features() } -> std::convertible_to<bool>;
                }) {
    return agent.reads_features();
  } else {
    return !dueling_agent<Agent, no_context>;
  }
}

namespace detail {

// One call for both shapes of agent: by index alone, or with the candidates' features in front.
template <class Agent, class Features>
pairing select_from(Agent& agent, Features const& features, stream& random) {
  if constexpr (dueling_agent<Agent, no_context>) {
    return agent.select(random);
  } else {
    return agent.select(features, random);
  }
}
template <class Agent, class Features>
void observe_in(Agent& agent, Features const& features, pairing pair, double y) {
  if constexpr (dueling_agent<Agent, no_context>) {
    agent.observe(pair.first, pair.second, y);
  } else {
    agent.observe(features, pair.first, pair.second, y);
  }
}
template <class Agent, class Features>
std::size_t recommend_from(Agent& agent, Features const& features) {
  if constexpr (dueling_agent<Agent, no_context>) {
    return agent.recommend();
  } else {
    return agent.recommend(features);
  }
}

// The features an agent is shown: none if it does not read them, so that fixed arms need not build any.
template <class Agent, class Problem>
Eigen::MatrixXd const& shown_features(Agent const& agent, Problem& problem) {
  static Eigen::MatrixXd const nothing;
  return reads_features(agent) ? problem.features() : nothing;
}

template <class Problem>
concept knows_regrets = requires(Problem& problem, pairing pair, std::span<double> totals) {
  problem.add_regrets(pair, totals);
  { problem.knows(regret_kind::simple) } -> std::convertible_to<bool>;
  { problem.simple_regret(std::size_t{}) } -> std::convertible_to<double>;
};

// The simple regret of what the agent would recommend. Where candidates change from round to round, the
// recommendation is examined on the same `exams` fresh candidate sets at every checkpoint, not on the set
// just learnt from.
template <class Agent, class Problem>
double simple_regret(Agent& agent, Problem& problem, stream const& random) {
  if (problem.shape().fixed_arms) {
    return problem.simple_regret(recommend_from(agent, shown_features(agent, problem)));
  }
  constexpr std::uint32_t exams = 64;
  Problem exam = problem;
  double sum = 0.0;
  for (std::uint32_t i = 0; i < exams; ++i) {
    stream questions = random.at_round(i);
    exam.advance(questions);
    sum += exam.simple_regret(recommend_from(agent, shown_features(agent, exam)));
  }
  return sum / exams;
}

}  // namespace detail

/// Plays the agent in the environment up to the last checkpoint.
///
/// Self-duels cost regret but are neither sent to the oracle nor observed. Throws std::invalid_argument for
/// empty, unsorted or too distant checkpoints (rounds go up to 2^32 - 1) and passes on whatever agent and
/// oracle throw.
template <class Agent, environment Problem>
  requires plays_duels<Agent>
[[nodiscard]] trace run(Agent& agent, Problem& problem, run_options const& options, stream const& random) {
  if (options.checkpoints.empty()) detail::reject("checkpoints", "empty", "at least one round");
  for (std::size_t i = 0; i < options.checkpoints.size(); ++i) {
    std::uint64_t const earlier = i == 0 ? 0 : options.checkpoints[i - 1];
    if (options.checkpoints[i] <= earlier) {
      detail::reject("checkpoints", detail::text(options.checkpoints[i]) + " after " + detail::text(earlier),
                     "increasing rounds from 1");
    }
  }
  if (options.checkpoints.back() > std::numeric_limits<std::uint32_t>::max()) {
    detail::reject("horizon", detail::text(options.checkpoints.back()), "at most 4294967295 rounds");
  }

  stream const contexts = random.child("context");
  stream const answers = random.child("oracle");
  stream const decisions = random.child("agent");
  stream const exams = random.child("examination");
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  constexpr std::uint32_t rounds_between_looks =
      1024;  // at the interrupt flag: often enough to stop within milliseconds

  trace result;
  result.points.reserve(options.checkpoints.size());
  trace_point now;
  std::uint32_t round = 0;
  for (std::uint64_t const checkpoint : options.checkpoints) {
    for (; round < checkpoint; ++round) {
      if (round % rounds_between_looks == 0) {
        if (options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed)) return result;
        if (options.rounds_played != nullptr && round != 0) {
          options.rounds_played->fetch_add(rounds_between_looks, std::memory_order_relaxed);
        }
      }
      stream context = contexts.at_round(round);
      stream answer = answers.at_round(round);
      stream decision = decisions.at_round(round);
      problem.advance(context);
      auto const& features = detail::shown_features(agent, problem);
      pairing const pair = detail::select_from(agent, features, decision);
      if (!pair.self_duel()) {
        double const y = problem.compare(pair.first, pair.second, answer);
        detail::observe_in(agent, features, pair, y);
        ++now.comparisons;
      }
      if constexpr (detail::knows_regrets<Problem>) problem.add_regrets(pair, std::span{now.regret});
    }
    now.round = checkpoint;
    trace_point point = now;
    for (std::size_t kind = 0; kind < point.regret.size(); ++kind) {
      if constexpr (detail::knows_regrets<Problem>) {
        if (!problem.knows(regret_kinds[kind])) {
          point.regret[kind] = unknown;
        } else if (regret_kinds[kind] == regret_kind::simple) {
          point.regret[kind] = detail::simple_regret(agent, problem, exams);
        }
      } else {
        point.regret[kind] = unknown;
      }
    }
    result.points.push_back(point);
  }
  if (options.rounds_played != nullptr) {
    options.rounds_played->fetch_add(round - (round - 1) / rounds_between_looks * rounds_between_looks,
                                     std::memory_order_relaxed);
  }
  result.complete = true;
  return result;
}

}  // namespace joust
