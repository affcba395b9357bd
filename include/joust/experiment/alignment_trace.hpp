// SPDX-License-Identifier: MIT
//
// What an alignment run leaves behind: a row per metric and checkpoint, placed by what had been paid for by
// then, in oracle queries and in updates of the policy. Sample efficiency is read along one, computing cost
// along the other.
//
//   cost    40 bytes per row
//   repeat  equal runs have equal traces
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/alignment_metrics.hpp>

namespace joust {

/// One metric at one checkpoint.
struct alignment_row {
  alignment_metric metric = alignment_metric::reward;
  std::uint64_t queries = 0;  ///< answers of the oracle so far
  std::uint64_t updates = 0;  ///< steps of the policy so far
  std::uint64_t round = 0;    ///< rounds so far
  double value = 0.0;
  double error = 0.0;  ///< standard error; 0 where nothing was sampled, infinite where it cannot be told

  friend bool operator==(alignment_row const&, alignment_row const&) = default;
};

/// The rows of one run, in the order in which they were measured.
class alignment_trace {
 public:
  /// Adds a row. Throws std::invalid_argument for a value or an error that is not a number, for an error
  /// below 0, and for a place before that of the last row.
  void record(measurement const& measured, std::uint64_t queries, std::uint64_t updates,
              std::uint64_t round) {
    if (std::isnan(measured.value)) detail::reject("value", "nan", "a number");
    if (!(measured.error >= 0.0))
      detail::reject("error", detail::text(measured.error), "a number, at least 0");
    alignment_row const row{measured.metric, queries, updates, round, measured.value, measured.error};
    if (!rows_.empty() && !follows(rows_.back(), row)) {
      detail::reject("queries", detail::text(queries), "no fewer queries, updates and rounds than before");
    }
    rows_.push_back(row);
  }

  [[nodiscard]] std::span<alignment_row const> rows() const noexcept { return rows_; }

  /// The newest row of a metric, if there is one.
  [[nodiscard]] std::optional<alignment_row> last(alignment_metric metric) const {
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
      if (row->metric == metric) return *row;
    }
    return std::nullopt;
  }

  /// For state (core/state.hpp): a list per column.
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    columns all{self.rows_};
    visit.list("metric", all.metric);
    visit.list("queries", all.queries);
    visit.list("updates", all.updates);
    visit.list("round", all.round);
    visit.list("value", all.value);
    visit.list("error", all.error);
    if constexpr (requires { visit.fail("", ""); }) {
      if (!all.fit()) visit.fail("has columns of different lengths", "one length");
      self.rows_ = all.rows();
    }
  }

  /// Whether rows that were read could have been recorded.
  [[nodiscard]] bool sound() const noexcept {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::isnan(rows_[i].value) || !(rows_[i].error >= 0.0)) return false;
      if (i > 0 && !follows(rows_[i - 1], rows_[i])) return false;
    }
    return true;
  }

  friend bool operator==(alignment_trace const&, alignment_trace const&) = default;

 private:
  struct columns {
    explicit columns(std::vector<alignment_row> const& from) {
      for (alignment_row const& row : from) {
        metric.push_back(row.metric);
        queries.push_back(row.queries);
        updates.push_back(row.updates);
        round.push_back(row.round);
        value.push_back(row.value);
        error.push_back(row.error);
      }
    }
    [[nodiscard]] bool fit() const noexcept {
      std::size_t const n = metric.size();
      return queries.size() == n && updates.size() == n && round.size() == n && value.size() == n &&
             error.size() == n;
    }
    [[nodiscard]] std::vector<alignment_row> rows() const {
      std::vector<alignment_row> result;
      for (std::size_t i = 0; i < metric.size(); ++i) {
        result.push_back({metric[i], queries[i], updates[i], round[i], value[i], error[i]});
      }
      return result;
    }

    std::vector<alignment_metric> metric;
    std::vector<std::uint64_t> queries;
    std::vector<std::uint64_t> updates;
    std::vector<std::uint64_t> round;
    std::vector<double> value;
    std::vector<double> error;
  };

  [[nodiscard]] static bool follows(alignment_row const& before, alignment_row const& row) noexcept {
    return row.queries >= before.queries && row.updates >= before.updates && row.round >= before.round;
  }

  std::vector<alignment_row> rows_;
};

/// A run with its name: who learnt, and with which seed.
struct alignment_record {
  std::string agent;
  std::uint64_t seed = 0;
  alignment_trace trace;

  friend bool operator==(alignment_record const&, alignment_record const&) = default;
};

}  // namespace joust
