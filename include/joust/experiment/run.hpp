// SPDX-License-Identifier: MIT
//
// One agent in one environment for a number of rounds. The agent sees candidates and outcomes; the
// environment's truth goes to the regrets alone. Answers may be made to come late, and a run may end before
// its horizon, as soon as the winner is certain.
//
//   needs   an agent (any of the concepts' shapes) and an environment
//   cost    the agent's, plus about 30 ns per round for the oracle and the regrets of a preference matrix;
//           late answers add a copy of the round's features where candidates change and the agent reads them
//   repeat  a function of agent, environment and stream: contexts, outcomes and decisions of a round come
//           from streams of their own, so two agents under one stream meet the same contexts and the same
//           luck
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include <joust/core/certificate.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/stopping_rule.hpp>
#include <joust/experiment/trace.hpp>

namespace joust {

struct run_options {
  std::span<std::uint64_t const> checkpoints;    ///< increasing rounds; the last is the horizon
  std::atomic<bool> const* interrupt = nullptr;  ///< set it from elsewhere to end the run at the next look
  std::atomic<std::uint64_t>* rounds_played = nullptr;  ///< advanced while running, for progress displays

  /// By how many rounds answers are late: that of round t reaches the agent after it has chosen the pair of
  /// round t + delay. 0: before it chooses the next.
  std::uint64_t delay = 0;

  /// Not 0: the run ends when the winner is known with this probability. The agent says so itself if it has
  /// stop(), and was made with fresh() from a setting of this confidence; for any other, a stopping_rule that
  /// sees the same answers does.
  double confidence = 0.0;
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

/// An agent with stop(), which yields a certificate once it is certain of the winner.
template <class Agent>
concept vouches_for_winners = requires(Agent const& agent) {
  { agent.stop() } -> std::convertible_to<std::optional<certificate>>;
};

/// True if the agent knows by itself when it is certain.
template <class Agent>
[[nodiscard]] bool stops_by_itself(Agent const& agent) {
  if constexpr (requires {
                  { agent.stops_by_itself() } -> std::convertible_to<bool>;
                }) {
    return agent.stops_by_itself();
  } else {
    return vouches_for_winners<Agent>;
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

// Brings answers to an agent, some rounds late if so wished, with the features of the round they belong to.
class postman {
 public:
  postman(std::uint64_t delay, bool features_change) : delay_{delay}, features_change_{features_change} {}

  // At the end of each round: takes this round's answer, if there was a duel, and delivers what is due.
  // deliver(features, pair, y) is called at most once.
  template <class Deliver>
  void end_round(std::uint64_t round, Eigen::MatrixXd const& features, pairing pair, double y,
                 Deliver const& deliver) {
    if (delay_ == 0) {
      if (!pair.self_duel()) deliver(features, pair, y);
      return;
    }
    if (bag_.size() < delay_) {  // nothing is due yet
      bag_.push_back({pair, y, features_change_ ? features : Eigen::MatrixXd{}});
      return;
    }
    letter& due = bag_[round % delay_];
    if (!due.pair.self_duel()) deliver(features_change_ ? due.features : features, due.pair, due.y);
    due.pair = pair;
    due.y = y;
    if (features_change_) due.features = features;
  }

 private:
  struct letter {
    pairing pair;  // a self-duel: no answer in that round
    double y;
    Eigen::MatrixXd features;
  };
  std::uint64_t delay_;
  bool features_change_;
  std::vector<letter> bag_;  // of the last `delay` rounds, round r in slot r % delay
};

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
/// Self-duels cost regret but are neither sent to the oracle nor observed. A duel costs its regret in the
/// round in which it is chosen, however late its answer; answers that would come after the last round never
/// do. A run that has stopped plays no further rounds: at later checkpoints its totals stay as they were, and
/// the recommendation is the winner.
///
/// Throws std::invalid_argument for empty, unsorted or too distant checkpoints (rounds go up to 2^32 - 1), a
/// confidence outside [0, 1), or one asked for where the candidates change from round to round, and passes on
/// whatever agent and oracle throw.
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
  setting const shape = problem.shape();
  if (!(options.confidence >= 0.0 && options.confidence < 1.0)) {
    detail::reject("confidence", detail::text(options.confidence), "a number of at least 0 and below 1");
  }
  bool const may_stop = options.confidence != 0.0;
  if (may_stop && !shape.fixed_arms) {
    detail::reject("confidence",
                   detail::text(options.confidence) + ", where the candidates change every round",
                   "0, or an environment of fixed arms: there is no winner to be certain of");
  }
  std::optional<stopping_rule> observer;  // of agents that do not stop by themselves
  if (may_stop && !stops_by_itself(agent)) observer.emplace(shape.arms, options.confidence);

  stream const contexts = random.child("context");
  stream const answers = random.child("oracle");
  stream const decisions = random.child("agent");
  stream const exams = random.child("examination");
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  constexpr std::uint32_t rounds_between_looks =
      1024;  // at the interrupt flag: often enough to stop within milliseconds

  detail::postman post{options.delay, reads_features(agent) && !shape.fixed_arms};
  auto const certain = [&]() -> std::optional<certificate> {
    if (observer) return observer->stop();
    if constexpr (vouches_for_winners<Agent>) return agent.stop();
    return std::nullopt;
  };

  trace result;
  if (may_stop) result.stopped = certain();
  result.points.reserve(options.checkpoints.size());
  trace_point now;
  std::uint32_t round = 0;
  for (std::uint64_t const checkpoint : options.checkpoints) {
    for (; round < checkpoint && !result.stopped; ++round) {
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
      double y = tie;
      if (!pair.self_duel()) {
        y = problem.compare(pair.first, pair.second, answer);
        ++now.comparisons;
      }
      post.end_round(round, features, pair, y,
                     [&](Eigen::MatrixXd const& shown, pairing answered, double outcome_of_it) {
                       detail::observe_in(agent, shown, answered, outcome_of_it);
                       if (observer) observer->observe(answered.first, answered.second, outcome_of_it);
                     });
      if constexpr (detail::knows_regrets<Problem>) problem.add_regrets(pair, std::span{now.regret});
      if (may_stop) result.stopped = certain();
    }
    now.round = checkpoint;
    trace_point point = now;
    for (std::size_t kind = 0; kind < point.regret.size(); ++kind) {
      if constexpr (detail::knows_regrets<Problem>) {
        if (!problem.knows(regret_kinds[kind])) {
          point.regret[kind] = unknown;
        } else if (regret_kinds[kind] == regret_kind::simple) {
          point.regret[kind] = result.stopped ? problem.simple_regret(result.stopped->arm)
                                              : detail::simple_regret(agent, problem, exams);
        }
      } else {
        point.regret[kind] = unknown;
      }
    }
    result.points.push_back(point);
  }
  if (options.rounds_played != nullptr) {
    // Rounds that were spared count as played, so that displays reach their end.
    std::uint32_t const counted = round == 0 ? 0 : (round - 1) / rounds_between_looks * rounds_between_looks;
    options.rounds_played->fetch_add(options.checkpoints.back() - counted, std::memory_order_relaxed);
  }
  result.rounds = round;
  result.complete = true;
  return result;
}

}  // namespace joust
