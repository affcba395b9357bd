// SPDX-License-Identifier: MIT
//
// Rewards without doubt: every draw is the mean, every variance 0. What a belief is for those who have a
// reward model but no notion of how wrong it may be, and for those who know the truth.
//
//   needs   nothing
//   cost    O(1) each; it is a view of numbers that live elsewhere
//   repeat  uses no randomness
#pragma once

#include <cstddef>
#include <span>

#include <joust/core/error.hpp>

namespace joust {

/// A belief that holds given rewards for certain.
class point_belief {
 public:
  /// `rewards` are at least one, finite, and outlive the belief (unchecked).
  explicit point_belief(std::span<double const> rewards) noexcept : rewards_{rewards} {}

  /// The number of candidates.
  [[nodiscard]] std::size_t size() const noexcept { return rewards_.size(); }

  /// The rewards.
  [[nodiscard]] std::span<double const> mean() const noexcept { return rewards_; }

  /// The rewards again; the stream is left alone.
  template <class Stream>
  [[nodiscard]] std::span<double const> draw(Stream&) const noexcept {
    return rewards_;
  }

  /// 0. Throws std::invalid_argument for an index that names no candidate.
  [[nodiscard]] double pair_variance(std::size_t i, std::size_t j) const {
    detail::require_index("i", i, size());
    detail::require_index("j", j, size());
    return 0.0;
  }

  /// 0, as pair_variance.
  [[nodiscard]] double preference_variance(std::size_t i, std::size_t j) const { return pair_variance(i, j); }

 private:
  std::span<double const> rewards_;
};

}  // namespace joust
