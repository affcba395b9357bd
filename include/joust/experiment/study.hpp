// SPDX-License-Identifier: MIT
//
// The result of a study: every regret of every replication at every checkpoint, as arrays, with the settings
// that made them. A study can be summarised, saved, and run again from what it saved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <xtensor/xtensor.hpp>

#include <joust/core/error.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/checkpoints.hpp>
#include <joust/experiment/identification.hpp>
#include <joust/experiment/summary.hpp>

namespace joust {

/// Agents against one environment, many replications.
struct study {
  std::string environment;
  std::vector<std::string> agents;
  std::uint64_t seed = 0;
  joust::spacing spacing = joust::spacing::logarithmic;
  std::vector<std::uint64_t> rounds;  ///< the checkpoints; the last is the horizon

  /// (regret kinds in the order of regret_kinds) x agents x replications x checkpoints; NaN where the
  /// environment does not know the kind or the replication did not finish.
  xt::xtensor<double, 4> regret;

  /// agents x replications x checkpoints: duels sent to the oracle; NaN where the replication did not finish.
  xt::xtensor<double, 3> comparisons;

  /// agents x replications: 1 where the replication finished.
  xt::xtensor<std::uint8_t, 2> finished;

  std::uint64_t delay = 0;  ///< by how many rounds answers were late
  std::string device;       ///< the system of joust::device that played it, such as "cuda"; empty: none

  /// Not 0 if runs were to stop once the winner was known with this probability. Their regrets and
  /// comparisons then stay, from where they stopped to the horizon.
  double confidence = 0.0;

  /// How each run ended, agents x replications, row by row; empty if runs were not to stop.
  std::vector<identification> endings;

  [[nodiscard]] std::size_t replications() const { return finished.shape(1); }

  /// True if nothing was cut short.
  [[nodiscard]] bool complete() const {
    for (auto const flag : finished) {
      if (flag == 0) return false;
    }
    return true;
  }

  /// True if the environment knows this kind of regret in at least one finished replication.
  [[nodiscard]] bool knows(regret_kind kind) const {
    auto const k = static_cast<std::size_t>(kind);
    for (std::size_t agent = 0; agent < agents.size(); ++agent) {
      for (std::size_t r = 0; r < replications(); ++r) {
        if (finished(agent, r) != 0 && regret(k, agent, r, 0) == regret(k, agent, r, 0)) return true;
      }
    }
    return false;
  }

  /// One regret of one agent at one checkpoint, over the finished replications in which it is known (a random
  /// environment may have a Condorcet winner in some replications only; summary::count says how many).
  [[nodiscard]] summary summarize(regret_kind kind, std::size_t agent, std::size_t checkpoint) const {
    auto const k = static_cast<std::size_t>(kind);
    return over_finished(agent, [&](std::size_t r) { return regret(k, agent, r, checkpoint); });
  }

  /// Comparisons of one agent up to one checkpoint.
  [[nodiscard]] summary summarize_comparisons(std::size_t agent, std::size_t checkpoint) const {
    return over_finished(agent, [&](std::size_t r) { return comparisons(agent, r, checkpoint); });
  }

  /// How the finished runs of one agent ended, if they were to stop.
  [[nodiscard]] identification_summary summarize_endings(std::size_t agent) const {
    identification_summary result;
    if (endings.empty()) return result;
    std::vector<double> asked;
    result.promised = 1.0 - confidence;
    for (std::size_t r = 0; r < replications(); ++r) {
      if (finished(agent, r) == 0) continue;
      ++result.runs;
      identification const& ending = endings[agent * replications() + r];
      if (!ending.claim) continue;
      ++result.stopped;
      if (!ending.correct) ++result.wrong;
      asked.push_back(static_cast<double>(ending.comparisons));
      // An agent may have been given a confidence of its own.
      result.promised = std::max(result.promised, 1.0 - ending.claim->confidence);
    }
    result.comparisons = joust::summarize(std::move(asked));
    return result;
  }

  /// Writes regret.csv, comparisons.csv, regret.npy and study.json into the folder, and identification.csv if
  /// runs were to stop. The folder is created if need be; see experiment/save.hpp, where this is defined, for
  /// formats and failures.
  void save(std::filesystem::path const& folder) const;

 private:
  template <class Value>
  [[nodiscard]] summary over_finished(std::size_t agent, Value value) const {
    std::vector<double> values;
    values.reserve(replications());
    for (std::size_t r = 0; r < replications(); ++r) {
      if (finished(agent, r) == 0) continue;
      if (double const v = value(r); v == v) values.push_back(v);
    }
    return joust::summarize(std::move(values));
  }
};

}  // namespace joust
