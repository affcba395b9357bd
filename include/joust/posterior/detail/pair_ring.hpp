// SPDX-License-Identifier: MIT
//
// The newest answered duels, up to a capacity: both feature vectors, the outcome and the weight of each. When
// the ring is full a new duel takes the place of the oldest. Duels are numbered from 0 in the order in which
// they came, and keep their numbers.
//
//   cost    2 d numbers per stored duel; memory grows with what is stored, not with the capacity
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace joust::detail {

template <class Scalar>
class pair_ring {
 public:
  pair_ring(std::size_t dimension, std::size_t capacity) : dimension_{dimension}, capacity_{capacity} {}

  [[nodiscard]] std::size_t size() const noexcept { return outcomes_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // Duels that were ever added.
  [[nodiscard]] std::uint64_t added() const noexcept { return added_; }

  [[nodiscard]] double outcome(std::size_t slot) const noexcept { return outcomes_[slot]; }
  [[nodiscard]] double weight(std::size_t slot) const noexcept { return weights_[slot]; }
  // The features of the first and, behind them, of the second: 2 d numbers.
  [[nodiscard]] Scalar const* features(std::size_t slot) const noexcept {
    return features_.data() + slot * 2 * dimension_;
  }
  // The number of the duel in a slot: of all n < added() with n = slot modulo the capacity, the largest.
  [[nodiscard]] std::uint64_t number(std::size_t slot) const noexcept {
    std::uint64_t const turn = (added_ - 1 - slot) / capacity_;
    return turn * capacity_ + slot;
  }

  // After this, the next add() succeeds. Changes nothing visible; may throw std::bad_alloc.
  void make_room() {
    bool const room_for_one = size() < weights_.capacity() && size() < outcomes_.capacity() &&
                              features_.size() + 2 * dimension_ <= features_.capacity();
    if (size() == capacity_ || room_for_one) return;
    std::size_t const room = (std::min)(capacity_, size() + size() / 2 + 16);
    features_.reserve(room * 2 * dimension_);
    outcomes_.reserve(room);
    weights_.reserve(room);
  }

  // `first` and `second` have d elements each.
  void add(std::span<Scalar const> first, std::span<Scalar const> second, double outcome, double weight) {
    if (size() < capacity_) {
      features_.insert(features_.end(), first.begin(), first.end());
      features_.insert(features_.end(), second.begin(), second.end());
      outcomes_.push_back(outcome);
      weights_.push_back(weight);
    } else {
      auto const slot = static_cast<std::size_t>(added_ % capacity_);
      auto const behind = std::copy(first.begin(), first.end(),
                                    features_.begin() + static_cast<std::ptrdiff_t>(slot * 2 * dimension_));
      std::copy(second.begin(), second.end(), behind);
      outcomes_[slot] = outcome;
      weights_[slot] = weight;
    }
    ++added_;
  }

  // Whether what was read back can have come from additions to a ring of this dimension and capacity.
  [[nodiscard]] bool sound(std::size_t dimension, std::size_t capacity) {
    dimension_ = dimension;
    capacity_ = capacity;
    std::uint64_t const stored = (std::min)(added_, static_cast<std::uint64_t>(capacity_));
    auto const finite = [](auto const& values) {
      return std::all_of(values.begin(), values.end(), [](auto x) { return std::isfinite(x); });
    };
    return added_ < (std::uint64_t{1} << 63U) && outcomes_.size() == stored && weights_.size() == stored &&
           features_.size() / 2 == stored * dimension_ && features_.size() % 2 == 0 && finite(features_) &&
           finite(weights_) &&
           std::all_of(outcomes_.begin(), outcomes_.end(), [](double y) { return y >= 0.0 && y <= 1.0; }) &&
           std::all_of(weights_.begin(), weights_.end(), [](double w) { return w > 0.0; });
  }

  friend bool operator==(pair_ring const&, pair_ring const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("added", self.added_);
    visit.list("features", self.features_);
    visit.list("outcomes", self.outcomes_);
    visit.list("weights", self.weights_);
  }

 private:
  std::size_t dimension_;
  std::size_t capacity_;
  std::uint64_t added_ = 0;
  std::vector<Scalar> features_;
  std::vector<double> outcomes_;
  std::vector<double> weights_;
};

}  // namespace joust::detail
