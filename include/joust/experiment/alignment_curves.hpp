// SPDX-License-Identifier: MIT
//
// Runs of one agent with different seeds, put together into curves. Runs reach their checkpoints at slightly
// different counts of queries; between two of its checkpoints a run is taken to be where it was last
// measured, and beyond its last one it says nothing.
//
//   cost    rows x logarithm of rows
//   repeat  same records, same curves
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/alignment_trace.hpp>
#include <joust/experiment/summary.hpp>

namespace joust {

/// One point of one agent's curve of one metric.
struct alignment_curve_point {
  std::string agent;
  alignment_metric metric = alignment_metric::reward;
  std::uint64_t queries = 0;
  double updates = 0.0;         ///< of the policy, mean over the runs
  double mean = 0.0;            ///< of the runs' last values at or before that many queries
  double standard_error = 0.0;  ///< of the mean, from the spread of runs; NaN for a single one
  std::size_t seeds = 0;        ///< runs in the mean
};

namespace detail {

// The rows of one metric in one run, and how far the run was measured at all.
struct measured_run {
  std::vector<alignment_row> rows;
  std::uint64_t end = 0;

  measured_run(alignment_trace const& trace, alignment_metric metric) {
    for (alignment_row const& row : trace.rows()) {
      if (row.metric == metric) rows.push_back(row);
      end = row.queries;
    }
  }

  // The newest row at or before so many queries, if the run says anything there.
  [[nodiscard]] alignment_row const* at(std::uint64_t queries) const {
    if (queries > end) return nullptr;
    auto const after =
        std::upper_bound(rows.begin(), rows.end(), queries,
                         [](std::uint64_t q, alignment_row const& row) { return q < row.queries; });
    return after == rows.begin() ? nullptr : &*(after - 1);
  }
};

}  // namespace detail

/// The curves of all agents and metrics: agents in order of appearance, metrics in order of their
/// enumeration, queries rising. Points stand at the counts of `grid`, if any are given, else wherever one of
/// the agent's runs was measured. A run contributes its last value at or before a count, and nothing before
/// its first or beyond its last row; counts at which no run contributes have no point.
[[nodiscard]] inline std::vector<alignment_curve_point> alignment_curves(
    std::span<alignment_record const> records, std::span<std::uint64_t const> grid = {}) {
  std::vector<std::string> agents;
  for (alignment_record const& record : records) {
    if (std::find(agents.begin(), agents.end(), record.agent) == agents.end()) agents.push_back(record.agent);
  }
  std::vector<alignment_curve_point> points;
  for (std::string const& agent : agents) {
    for (std::size_t m = 0; m < alignment_metric_count; ++m) {
      auto const metric = static_cast<alignment_metric>(m);
      std::vector<detail::measured_run> runs;
      std::vector<std::uint64_t> counts{grid.begin(), grid.end()};
      for (alignment_record const& record : records) {
        if (record.agent != agent) continue;
        runs.emplace_back(record.trace, metric);
        if (!grid.empty()) continue;
        for (alignment_row const& row : runs.back().rows) counts.push_back(row.queries);
      }
      std::sort(counts.begin(), counts.end());
      counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
      for (std::uint64_t const queries : counts) {
        std::vector<double> values;
        double updates = 0.0;
        for (detail::measured_run const& run : runs) {
          if (alignment_row const* const row = run.at(queries)) {
            values.push_back(row->value);
            updates += static_cast<double>(row->updates);
          }
        }
        if (values.empty()) continue;
        std::size_t const seeds = values.size();
        summary const pooled = summarize(std::move(values));
        points.push_back({agent, metric, queries, updates / static_cast<double>(seeds), pooled.mean,
                          pooled.standard_error, seeds});
      }
    }
  }
  return points;
}

}  // namespace joust
