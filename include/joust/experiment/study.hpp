// SPDX-License-Identifier: MIT
//
// The result of a study: every regret of every replication at every checkpoint, as arrays, with the settings
// that made them. A study can be summarised, saved, and run again from what it saved.
#pragma once

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

  /// Writes regret.csv, comparisons.csv, regret.npy and study.json into the folder, which is created if need
  /// be; see experiment/save.hpp, where this is defined, for formats and failures.
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
