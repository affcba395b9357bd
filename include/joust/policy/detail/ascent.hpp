// SPDX-License-Identifier: MIT
//
// A step in two halves: prepare works out where the parameters go and may refuse, commit takes them there and
// cannot fail. So a policy of several parts moves wholly or not at all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>

namespace joust::detail {

// Where an optimiser would take values, and its own state afterwards.
class prepared_step {
 public:
  void prepare(optimiser<double> const& from, std::span<double const> values,
               std::span<double const> gradient) {
    optimiser_ = from;
    values_.assign(values.begin(), values.end());
    optimiser_.ascend(values_, gradient);
    for (double const value : values_) require_finite("parameters after the step", value);
  }
  void commit(optimiser<double>& to) noexcept { std::swap(to, optimiser_); }
  [[nodiscard]] std::span<double const> values() const noexcept { return values_; }

 private:
  optimiser<double> optimiser_{};
  std::vector<double> values_;
};

// Of parameters that every step moves. Comparisons look at the optimiser alone: the rest is work space.
class ascent {
 public:
  explicit ascent(optimiser_options const& options) : optimiser_{options} {}

  // A gradient of zeros, to be added to.
  std::span<double> begin(std::size_t parameters) {
    gradient_.assign(parameters, 0.0);
    return gradient_;
  }
  [[nodiscard]] std::span<double> gradient() noexcept { return gradient_; }

  void prepare(std::span<double const> parameters) { next_.prepare(optimiser_, parameters, gradient_); }
  void commit(std::span<double> parameters) noexcept {
    std::copy(next_.values().begin(), next_.values().end(), parameters.begin());
    next_.commit(optimiser_);
  }

  [[nodiscard]] bool sound(optimiser_options const& options, std::size_t parameters) const {
    return optimiser_.options() == options && optimiser_.sound(parameters);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    optimiser<double>::fields(self.optimiser_, visit);
  }
  friend bool operator==(ascent const& a, ascent const& b) { return a.optimiser_ == b.optimiser_; }

 private:
  optimiser<double> optimiser_;
  std::vector<double> gradient_;
  prepared_step next_;
};

// Of a large table, few of whose entries have a gradient. Plain gradient steps leave an entry without one
// where it is, so that a step costs as much as the entries it touches; with momentum, weight decay or Adam
// every entry may move.
class table_ascent {
 public:
  explicit table_ascent(optimiser_options const& options) : optimiser_{options} {}

  void begin() noexcept {
    indices_.clear();
    slopes_.clear();
  }

  // Every index at most once.
  void add(std::size_t index, double slope) {
    indices_.push_back(index);
    slopes_.push_back(slope);
  }

  void prepare(std::span<double const> table) {
    if (touched_only()) {
      touched_.resize(indices_.size());
      for (std::size_t i = 0; i < indices_.size(); ++i) touched_[i] = table[indices_[i]];
      next_.prepare(optimiser_, touched_, slopes_);
    } else {
      touched_.assign(table.size(), 0.0);
      for (std::size_t i = 0; i < indices_.size(); ++i) touched_[indices_[i]] = slopes_[i];
      next_.prepare(optimiser_, table, touched_);
    }
  }
  void commit(std::span<double> table) noexcept {
    if (touched_only()) {
      for (std::size_t i = 0; i < indices_.size(); ++i) table[indices_[i]] = next_.values()[i];
    } else {
      std::copy(next_.values().begin(), next_.values().end(), table.begin());
    }
    next_.commit(optimiser_);
  }

  [[nodiscard]] bool sound(optimiser_options const& options, std::size_t entries) const {
    return optimiser_.options() == options && optimiser_.sound(entries);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    optimiser<double>::fields(self.optimiser_, visit);
  }
  friend bool operator==(table_ascent const& a, table_ascent const& b) {
    return a.optimiser_ == b.optimiser_;
  }

 private:
  [[nodiscard]] bool touched_only() const noexcept {
    optimiser_options const& by = optimiser_.options();
    return by.method == descent::sgd && by.momentum == 0.0 && by.weight_decay == 0.0;
  }

  optimiser<double> optimiser_;
  std::vector<std::size_t> indices_;
  std::vector<double> slopes_;
  std::vector<double> touched_;  // values of the touched entries, or the gradient of all
  prepared_step next_;
};

}  // namespace joust::detail
