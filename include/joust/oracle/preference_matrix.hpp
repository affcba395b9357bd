// SPDX-License-Identifier: MIT
//
// K arms and the probability that each beats each: the classical dueling bandit. The matrix is checked once,
// when it is made, and is an oracle for its arms from then on.
//
//   needs   nothing
//   cost    K^2 doubles; a comparison is one uniform number
//   repeat  same matrix and same stream give the same answers
#pragma once

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// P(i beats j) for every pair of at least two arms.
class preference_matrix {
 public:
  /// How far p_ij + p_ji may be from 1, and a diagonal entry from 1/2: the rounding of published tables, not
  /// an error in them.
  static constexpr double tolerance = 1e-9;

  /// From `arms` * `arms` probabilities, row by row: entry (i, j) is P(i beats j). Names are optional: none,
  /// or one for each arm, not empty and all different. Throws std::invalid_argument for fewer than two arms,
  /// a wrong number of entries or names, an entry outside [0, 1] or not finite, a diagonal other than 1/2, or
  /// p_ij + p_ji other than 1.
  preference_matrix(std::size_t arms, std::vector<double> entries, std::vector<std::string> names = {})
      : arms_{arms}, entries_{std::move(entries)}, names_{std::move(names)} {
    check_names();
    check_entries();
  }

  /// From rows written out: preference_matrix{{0.5, 0.6}, {0.4, 0.5}}. Throws as above, and for rows that are
  /// not all as long as there are rows.
  preference_matrix(std::initializer_list<std::initializer_list<double>> rows,
                    std::vector<std::string> names = {})
      : preference_matrix{rows.size(), flatten(rows), std::move(names)} {}

  /// The number of arms.
  [[nodiscard]] std::size_t size() const noexcept { return arms_; }

  /// P(i beats j). Indices below size(), unchecked: the inner loops of simulations read this.
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const noexcept {
    return entries_[i * arms_ + j];
  }

  /// P(i beats each arm). Index below size(), unchecked.
  [[nodiscard]] std::span<double const> row(std::size_t i) const noexcept {
    return {entries_.data() + i * arms_, arms_};
  }

  /// The arms' names, or an empty span if they have none.
  [[nodiscard]] std::span<std::string const> names() const noexcept { return names_; }

  /// The arm's name; its index in digits if it has none. Throws std::invalid_argument for an index out of
  /// range.
  [[nodiscard]] std::string name(std::size_t arm) const {
    detail::require_index("arm", arm, arms_);
    return names_.empty() ? detail::text(arm) : names_[arm];
  }

  /// 1 if the first wins, 0 if the second does; a self-duel is a fair coin. Throws std::invalid_argument for
  /// an arm out of range.
  template <random_stream Stream>
  [[nodiscard]] outcome compare(no_context, std::size_t first, std::size_t second, Stream& stream) const {
    return draw_bernoulli(probability({}, first, second), stream);
  }

  /// P(first beats second). Throws std::invalid_argument for an arm out of range.
  [[nodiscard]] double probability(no_context, std::size_t first, std::size_t second) const {
    detail::require_index("first", first, arms_);
    detail::require_index("second", second, arms_);
    return (*this)(first, second);
  }

  friend bool operator==(preference_matrix const&, preference_matrix const&) = default;

 private:
  static std::vector<double> flatten(std::initializer_list<std::initializer_list<double>> rows) {
    std::vector<double> entries;
    entries.reserve(rows.size() * rows.size());
    for (auto const& row : rows) {
      if (row.size() != rows.size()) {
        detail::reject("rows", "a row of length " + detail::text(row.size()),
                       "as many entries as there are rows, " + detail::text(rows.size()));
      }
      entries.insert(entries.end(), row.begin(), row.end());
    }
    return entries;
  }

  void check_names() const {
    if (names_.empty()) return;
    if (names_.size() != arms_) {
      detail::reject("names", detail::text(names_.size()) + " names",
                     "none, or one for each of the " + detail::text(arms_) + " arms");
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].empty()) detail::reject("names", "empty for arm " + detail::text(i), "a name");
      for (std::size_t j = 0; j < i; ++j) {
        if (names_[i] == names_[j]) {
          detail::reject("names", "\"" + names_[i] + "\" twice", "a different name for each arm");
        }
      }
    }
  }

  // Checks all entries before changing any, then makes each pair exactly complementary.
  void check_entries() {
    if (arms_ < 2) detail::reject("arms", detail::text(arms_), "at least 2");
    if (entries_.size() / arms_ != arms_ || entries_.size() % arms_ != 0) {
      detail::reject("entries", detail::text(entries_.size()) + " numbers",
                     detail::text(arms_) + " rows of " + detail::text(arms_));
    }
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) detail::require_unit_interval(place(i, j), (*this)(i, j));
      if (std::fabs((*this)(i, i) - 0.5) > tolerance) {
        detail::reject(place(i, i), detail::text((*this)(i, i)), "1/2 on the diagonal");
      }
      for (std::size_t j = 0; j < i; ++j) {
        if (std::fabs((*this)(i, j) + (*this)(j, i) - 1.0) > tolerance) {
          detail::reject(place(i, j), detail::text((*this)(i, j)),
                         detail::text(1.0 - (*this)(j, i)) + ", 1 minus " + place(j, i));
        }
      }
    }
    // 1 - p is exact for p in [1/2, 1] but not below, so the stronger side's entry is kept: the pair then
    // sums to 1 exactly and the two gaps to 1/2 are exactly opposite.
    for (std::size_t i = 0; i < arms_; ++i) {
      entries_[i * arms_ + i] = 0.5;
      for (std::size_t j = 0; j < i; ++j) {
        double& lower = entries_[i * arms_ + j];
        double& upper = entries_[j * arms_ + i];
        (lower > upper ? upper : lower) = 1.0 - (lower > upper ? lower : upper);
      }
    }
  }

  static std::string place(std::size_t i, std::size_t j) {
    return "p(" + detail::text(i) + ", " + detail::text(j) + ")";
  }

  std::size_t arms_;
  std::vector<double> entries_;
  std::vector<std::string> names_;
};

}  // namespace joust
