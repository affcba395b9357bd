// SPDX-License-Identifier: MIT
//
// Duels that already happened: named arms, who met whom, how it ended and how often. A log is data, not yet
// a problem; smoothed_frequencies and bradley_terry_fit are two ways to make one of it, and the choice is the
// user's.
//
//   cost    adding a record O(1)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// `count` comparisons of the same two arms with the same outcome.
struct duel_record {
  std::size_t first = 0;
  std::size_t second = 0;
  joust::outcome outcome = tie;
  std::uint64_t count = 1;

  friend constexpr bool operator==(duel_record const&, duel_record const&) = default;
};

class duel_log {
 public:
  /// The most comparisons a log may hold: up to here every count is an exact double.
  static constexpr std::uint64_t most_duels = std::uint64_t{1} << 53U;

  /// An empty log of at least two arms. Throws std::invalid_argument for fewer, and for a name that is empty
  /// or used twice.
  explicit duel_log(std::vector<std::string> names) : names_{std::move(names)} {
    if (names_.size() < 2) detail::reject("names", detail::text(names_.size()) + " names", "at least 2");
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].empty()) detail::reject("names", "empty for arm " + detail::text(i), "a name");
      for (std::size_t j = 0; j < i; ++j) {
        if (names_[i] == names_[j]) {
          detail::reject("names", "\"" + names_[i] + "\" twice", "a different name for each arm");
        }
      }
    }
  }

  /// Adds a record. Throws std::invalid_argument, and adds nothing, for an arm out of range, a self-duel, an
  /// outcome outside [0, 1], a count of 0, or more than most_duels comparisons in all.
  void add(duel_record record) {
    detail::require_index("first", record.first, names_.size());
    detail::require_index("second", record.second, names_.size());
    if (record.first == record.second) {
      detail::reject("second", "\"" + names_[record.second] + "\", the same as the first", "another arm");
    }
    detail::require_unit_interval("outcome", record.outcome);
    if (record.count == 0) detail::reject("count", "0", "at least 1");
    if (record.count > most_duels - duels_) {
      detail::reject("count", detail::text(record.count), "at most 2^53 comparisons in a log");
    }
    records_.push_back(record);
    duels_ += record.count;
  }

  [[nodiscard]] std::size_t arms() const noexcept { return names_.size(); }
  [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }
  [[nodiscard]] std::vector<duel_record> const& records() const noexcept { return records_; }

  /// The number of comparisons: the sum of the records' counts.
  [[nodiscard]] std::uint64_t duels() const noexcept { return duels_; }

  /// arms() x arms() numbers, row by row: entry (i, j) is how often i beat j, a tie counting 1/2 for each and
  /// a soft judgement its share. O(records + K^2).
  [[nodiscard]] std::vector<double> wins() const {
    std::vector<double> table(arms() * arms(), 0.0);
    for (duel_record const& r : records_) {
      auto const times = static_cast<double>(r.count);
      table[r.first * arms() + r.second] += times * r.outcome;
      table[r.second * arms() + r.first] += times * (1.0 - r.outcome);
    }
    return table;
  }

  friend bool operator==(duel_log const&, duel_log const&) = default;

 private:
  std::vector<std::string> names_;
  std::vector<duel_record> records_;
  std::uint64_t duels_ = 0;
};

}  // namespace joust
