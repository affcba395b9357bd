// SPDX-License-Identifier: MIT
//
// Many runs of many agents in one environment, on all cores. Replication r of every agent meets the same
// instance, the same contexts and the same luck of the oracle, so differences between agents are less noisy
// than the agents themselves; replications are independent.
//
//   needs   agents and an environment, by value; they are copied, never changed
//   cost    agents x replications runs, spread over threads; agents x kinds x replications x checkpoints
//           doubles
//   repeat  the same bytes for any number of threads; a further agent or replication changes no other's
//           numbers
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/holds.hpp>
#include <joust/experiment/checkpoints.hpp>
#include <joust/experiment/named.hpp>
#include <joust/experiment/run.hpp>
#include <joust/experiment/save.hpp>
#include <joust/experiment/study.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

struct study_options {
  std::uint64_t horizon = 10'000;
  std::size_t replications = 20;  // enough for a standard error of about a fifth of the spread
  std::uint64_t seed = 0;
  std::size_t threads = 0;  ///< 0: one per core
  std::size_t checkpoints = 100;
  joust::spacing spacing = joust::spacing::logarithmic;
  std::uint64_t delay = 0;  ///< by how many rounds answers are late; see run_options
  double confidence = 0.0;  ///< not 0: runs end when the winner is known with it; see run_options
  std::atomic<bool> const* interrupt =
      nullptr;  ///< set from elsewhere (a signal handler): finish nothing more, return

  /// Called a few times a second on the calling thread with the rounds played so far and in all.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};

namespace detail {

// Runs task(0) .. task(count - 1) on `threads` threads, calling `watch` on this one meanwhile. The first
// exception ends the handing out of tasks and is rethrown here.
template <class Task, class Watch>
void in_parallel(std::size_t count, std::size_t threads, Task const& task, Watch const& watch) {
  std::atomic<std::size_t> next{0};
  std::mutex guard;
  std::condition_variable ended;
  std::size_t working = threads;
  std::exception_ptr failure;
  auto const work = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        task(i);
      } catch (...) {
        next.store(count);
        std::scoped_lock const lock{guard};
        if (!failure) failure = std::current_exception();
      }
    }
    std::scoped_lock const lock{guard};
    --working;
    ended.notify_one();
  };
  std::vector<std::thread> pool;
  pool.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) pool.emplace_back(work);
  } catch (...) {  // the system has no more threads: go on with those there are, or fail if there are none
    std::scoped_lock const lock{guard};
    working -= threads - pool.size();
    if (pool.empty()) throw;
  }
  {
    std::unique_lock lock{guard};
    while (!ended.wait_for(lock, std::chrono::milliseconds{100}, [&] { return working == 0; })) {
      lock.unlock();
      try {
        watch();
      } catch (...) {
        next.store(count);
        std::scoped_lock const inner{guard};
        if (!failure) failure = std::current_exception();
      }
      lock.lock();
    }
  }
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

// The probabilities of a problem of fixed arms.
inline preference_matrix truth_of(any_environment const& problem) {
  if (auto const* const known = problem.get_if<fixed_arms>()) return known->preferences();
  std::size_t const arms = problem.shape().arms;
  std::vector<double> entries(arms * arms);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) entries[i * arms + j] = problem.probability(i, j);
  }
  return {arms, std::move(entries)};
}

// The study before its first round: settings, names and checkpoints, all numbers unknown, nothing finished.
// Throws as replicate.
inline study blank_study(study_options const& options, arena const& where,
                         std::vector<contender> const& contenders) {
  if (options.replications == 0) reject("replications", "0", "at least one");
  if (options.horizon > std::numeric_limits<std::uint32_t>::max()) {
    reject("horizon", text(options.horizon), "at most 4294967295 rounds");
  }
  if (!(options.confidence >= 0.0 && options.confidence < 1.0)) {
    reject("confidence", text(options.confidence), "a number of at least 0 and below 1");
  }
  if (contenders.empty()) reject("agents", "empty", "at least one agent");
  study result;
  result.environment = where.name;
  result.seed = options.seed;
  result.spacing = options.spacing;
  result.delay = options.delay;
  result.confidence = options.confidence;
  result.rounds = checkpoints(options.horizon, options.checkpoints, options.spacing);
  for (contender const& c : contenders) {
    if (std::find(result.agents.begin(), result.agents.end(), c.name) != result.agents.end()) {
      reject("agents", "two named '" + c.name + "'", "different names; use joust::named{\"...\", agent}");
    }
    result.agents.push_back(c.name);
  }
  std::size_t const agents = contenders.size();
  std::size_t const replications = options.replications;
  std::size_t const points = result.rounds.size();
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  result.regret = xt::xtensor<double, 4>::from_shape({regret_kinds.size(), agents, replications, points});
  result.comparisons = xt::xtensor<double, 3>::from_shape({agents, replications, points});
  result.finished = xt::xtensor<std::uint8_t, 2>::from_shape({agents, replications});
  result.regret.fill(unknown);
  result.comparisons.fill(unknown);
  result.finished.fill(0);
  if (options.confidence != 0.0) result.endings.resize(agents * replications);
  return result;
}

}  // namespace detail

/// Runs every contender in the arena `replications` times.
///
/// With a confidence, every agent is asked for it (setting::confidence), and the study says how the runs
/// ended.
///
/// Throws std::invalid_argument for a confidence outside [0, 1) or one with changing candidates, for a
/// horizon of 0 or above 2^32 - 1, for no replications or checkpoints, for no or equally named contenders,
/// and passes on what agents, environment and oracle throw (an agent that cannot work in this environment
/// says so). If `interrupt` becomes true, replications under way are abandoned, and the study holds the
/// finished ones.
[[nodiscard]] inline study replicate(study_options const& options, arena const& where,
                                     std::vector<contender> const& contenders) {
  study result = detail::blank_study(options, where, contenders);
  std::size_t const agents = contenders.size();
  std::size_t const replications = options.replications;
  std::size_t const points = result.rounds.size();

  stream const root{options.seed};
  std::atomic<std::uint64_t> rounds_played{0};
  auto const play = [&](std::size_t task) {
    if (options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed)) return;
    std::size_t const replication =
        task / agents;  // all agents of a replication first: an interrupted study is balanced
    std::size_t const agent = task % agents;
    stream const random = root.child(replication);
    stream birth = random.child("instance");
    any_environment problem = where.family.instance(birth);
    setting shape = problem.shape();
    shape.horizon = options.horizon;
    shape.confidence = options.confidence;
    any_agent player = contenders[agent].prototype.fresh(shape);
    trace const played = run(player, problem,
                             {.checkpoints = result.rounds,
                              .interrupt = options.interrupt,
                              .rounds_played = &rounds_played,
                              .delay = options.delay,
                              .confidence = options.confidence},
                             random);
    if (!played.complete) return;
    for (std::size_t point = 0; point < points; ++point) {
      for (std::size_t kind = 0; kind < regret_kinds.size(); ++kind) {
        result.regret(kind, agent, replication, point) = played.points[point].regret[kind];
      }
      result.comparisons(agent, replication, point) = static_cast<double>(played.points[point].comparisons);
    }
    if (options.confidence != 0.0) {
      result.endings[agent * replications + replication] = {
          .claim = played.stopped,
          .correct = played.stopped && (shape.arms == 1 || holds(*played.stopped, detail::truth_of(problem))),
          .comparisons = played.points.back().comparisons,
          .rounds = played.rounds};
    }
    result.finished(agent, replication) = 1;
  };
  std::uint64_t const rounds_in_all = options.horizon * agents * replications;
  auto const watch = [&] {
    if (options.progress) options.progress(rounds_played.load(std::memory_order_relaxed), rounds_in_all);
  };
  std::size_t const cores = std::max(1U, std::thread::hardware_concurrency());
  std::size_t const tasks = agents * replications;
  detail::in_parallel(tasks, std::min(tasks, options.threads == 0 ? cores : options.threads), play, watch);
  watch();
  return result;
}

/// The same with the contenders listed:
///
///     replicate({.horizon = 100'000}, arxiv6(), rucb{}, named{"bold", rucb{{.alpha = 0.3}}})
template <can_contend First, can_contend... More>
[[nodiscard]] study replicate(study_options const& options, arena const& where, First const& first,
                              More const&... more) {
  return replicate(options, where, std::vector<contender>{contender{first}, contender{more}...});
}

}  // namespace joust
