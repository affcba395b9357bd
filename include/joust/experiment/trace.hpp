// SPDX-License-Identifier: MIT
//
// What one run leaves behind: every regret the environment can know, and the comparisons paid for, at each
// checkpoint; and, if it was to stop by itself, how it ended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <joust/core/certificate.hpp>
#include <joust/environment/regret.hpp>

namespace joust {

/// A run at one checkpoint. Cumulative regrets sum over all rounds so far; `simple` is the present
/// recommendation's. Kinds that the environment does not know are NaN.
struct trace_point {
  std::uint64_t round = 0;
  std::uint64_t comparisons = 0;  ///< duels sent to the oracle; self-duels are not
  std::array<double, regret_kinds.size()> regret{};
};

/// One run of one agent in one environment.
struct trace {
  std::vector<trace_point> points;
  bool complete = false;               ///< false if the run was interrupted; the points reached are valid
  std::uint64_t rounds = 0;            ///< rounds played: the horizon, unless the run stopped before
  std::optional<certificate> stopped;  ///< what the run ended with, if it was to stop and did
};

}  // namespace joust
