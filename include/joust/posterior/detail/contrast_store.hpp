// SPDX-License-Identifier: MIT
//
// The distinct contrasts of all duels so far, each with the weight it was asked and the weight it won. A duel
// and its mirror image are one contrast, so K fixed arms never take more than K (K - 1) / 2 of them, however
// many duels there were.
//
//   cost    O(d) expected per duel; O(d) memory per distinct contrast
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace joust::detail {

// Turns z so that its first coordinate other than zero is positive, and every zero too; says whether it was
// turned round. z and -z become the same bits.
[[nodiscard]] inline bool orient(std::span<double> z) noexcept {
  std::size_t first = 0;
  while (first < z.size() && z[first] == 0.0) ++first;
  bool const turned = first < z.size() && z[first] < 0.0;
  for (double& x : z) x = turned ? 0.0 - x : x + 0.0;
  return turned;
}

class contrast_store {
 public:
  explicit contrast_store(std::size_t dimension = 0) : dimension_{dimension} {}

  [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  // One contrast per column.
  [[nodiscard]] Eigen::Map<Eigen::MatrixXd const> vectors() const noexcept {
    return {vectors_.data(), static_cast<Eigen::Index>(dimension_), static_cast<Eigen::Index>(size())};
  }
  [[nodiscard]] std::span<double const> weights() const noexcept { return weights_; }
  [[nodiscard]] std::span<double const> won() const noexcept { return won_; }

  // After this, add() succeeds until `count` contrasts are stored. Changes nothing visible; may throw
  // std::bad_alloc. Grows by half at least, so that adding n contrasts copies O(n) of them.
  void make_room(std::size_t count) {
    if (count <= capacity_) return;
    std::size_t const room = count > capacity_ + capacity_ / 2 + 8 ? count : capacity_ + capacity_ / 2 + 8;
    vectors_.reserve(room * dimension_);
    weights_.reserve(room);
    won_.reserve(room);
    hashes_.reserve(room);
    std::size_t const slots = std::bit_ceil(2 * room);  // at most half full
    if (slots > slots_.size()) {
      std::vector<std::size_t> table(slots, empty);
      for (std::size_t k = 0; k < size(); ++k) {
        std::size_t slot = hashes_[k] & (slots - 1);
        while (table[slot] != empty) slot = (slot + 1) & (slots - 1);
        table[slot] = k;
      }
      slots_.swap(table);
    }
    capacity_ = room;
  }

  // Adds to the weights of an oriented contrast; there is room for it.
  void add(std::span<double const> z, double weight, double won) noexcept {
    std::uint64_t const hash = hash_of(z);
    std::size_t const mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(hash) & mask;
    for (; slots_[slot] != empty; slot = (slot + 1) & mask) {
      std::size_t const k = slots_[slot];
      if (hashes_[k] == hash && equal(z, k)) {
        weights_[k] += weight;
        won_[k] += won;
        return;
      }
    }
    slots_[slot] = size();
    vectors_.insert(vectors_.end(), z.begin(), z.end());
    won_.push_back(won);
    hashes_.push_back(hash);
    weights_.push_back(weight);
  }

  friend bool operator==(contrast_store const& a, contrast_store const& b) noexcept {
    return a.dimension_ == b.dimension_ && a.vectors_ == b.vectors_ && a.weights_ == b.weights_ &&
           a.won_ == b.won_;
  }

 private:
  static constexpr std::size_t empty = static_cast<std::size_t>(-1);

  // Multiplication carries differences to the left only, the shift brings them back: without it, features of
  // +-1, which differ in the leftmost bit alone, would cancel each other.
  static std::uint64_t hash_of(std::span<double const> z) noexcept {
    std::uint64_t hash = 0;
    for (double const x : z) {
      hash = (hash ^ std::bit_cast<std::uint64_t>(x)) * 0x9E3779B97F4A7C15;
      hash ^= hash >> 32U;
    }
    return hash;
  }

  [[nodiscard]] bool equal(std::span<double const> z, std::size_t k) const noexcept {
    double const* const stored = vectors_.data() + k * dimension_;
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (stored[i] != z[i]) return false;
    }
    return true;
  }

  std::size_t dimension_;
  std::size_t capacity_ = 0;
  std::vector<double> vectors_;  // dimension_ x size(), by columns
  std::vector<double> weights_;
  std::vector<double> won_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::size_t> slots_;  // open addressing with linear probing
};

}  // namespace joust::detail
