// SPDX-License-Identifier: MIT
//
// A score per position, the largest always at hand: a binary tree over the positions in which each node knows
// its largest score and how many positions below have it. A uniform choice among the largest needs no scan.
//
//   cost    largest, holders: O(1); add, set, nth_holder, largest_without: O(log K); 2 K to 4 K nodes; no
//           allocation after construction
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace joust::detail {

class score_tree {
 public:
  /// No positions: the scores of a prototype.
  score_tree() = default;

  /// All scores 0.
  explicit score_tree(std::size_t positions)
      : leaves_{positions == 0 ? 0 : std::bit_ceil(positions)},
        largest_(2 * leaves_, nothing),
        holders_(2 * leaves_, 0) {
    for (std::size_t i = 0; i < positions; ++i) {
      largest_[leaves_ + i] = 0.0;
      holders_[leaves_ + i] = 1;
    }
    for (std::size_t node = leaves_; node-- > 1;) refresh(node);
  }

  [[nodiscard]] double operator[](std::size_t i) const noexcept { return largest_[leaves_ + i]; }

  void set(std::size_t i, double score) noexcept {
    largest_[leaves_ + i] = score;
    for (std::size_t node = (leaves_ + i) / 2; node != 0; node /= 2) refresh(node);
  }
  void add(std::size_t i, double gain) noexcept { set(i, (*this)[i] + gain); }

  /// The largest score of all.
  [[nodiscard]] double largest() const noexcept { return largest_[1]; }

  /// How many positions have it.
  [[nodiscard]] std::size_t holders() const noexcept { return holders_[1]; }

  /// The n-th of them, in order of index.
  [[nodiscard]] std::size_t nth_holder(std::size_t n) const noexcept {
    std::size_t node = 1;
    while (node < leaves_) {
      node *= 2;
      std::size_t const left = largest_[node] == largest_[1] ? holders_[node] : 0;
      if (n >= left) {
        n -= left;
        ++node;
      }
    }
    return node - leaves_;
  }

  /// The largest score of all positions but one; minus infinity if there is no other.
  [[nodiscard]] double largest_without(std::size_t i) const noexcept {
    double found = nothing;
    for (std::size_t node = leaves_ + i; node > 1; node /= 2) {
      double const beside = largest_[node ^ 1U];
      found = beside > found ? beside : found;
    }
    return found;
  }

  /// Whether the nodes fit their leaves, of which there are `positions`.
  [[nodiscard]] bool sound(std::size_t positions) const noexcept {
    if (positions > leaves_) return false;
    for (std::size_t i = 0; i < leaves_; ++i) {
      double const score = largest_[leaves_ + i];
      bool const used = i < positions;
      if (holders_[leaves_ + i] != (used ? 1U : 0U)) return false;
      // a finite number for a position, minus infinity behind the last
      if (used ? !(score - score == 0.0) : score != nothing) return false;
    }
    score_tree again = *this;
    for (std::size_t node = leaves_; node-- > 1;) again.refresh(node);
    return again == *this;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("largest", self.largest_);
    visit("holders", self.holders_);
  }

  friend bool operator==(score_tree const&, score_tree const&) = default;

 private:
  static constexpr double nothing = -std::numeric_limits<double>::infinity();

  void refresh(std::size_t node) noexcept {
    std::size_t const a = 2 * node;
    std::size_t const b = a + 1;
    bool const from_b = largest_[b] > largest_[a];
    largest_[node] = from_b ? largest_[b] : largest_[a];
    holders_[node] =
        (from_b || largest_[a] > largest_[b]) ? holders_[from_b ? b : a] : holders_[a] + holders_[b];
  }

  std::size_t leaves_ = 0;       // a power of two
  std::vector<double> largest_;  // node 1 is the root; the children of n are 2n and 2n + 1
  std::vector<std::uint32_t> holders_;
};

}  // namespace joust::detail
