// SPDX-License-Identifier: MIT
//
// Zoghi, Karnin, Whiteson & de Rijke, "Copeland Dueling Bandits", NeurIPS 2015, algorithms 2 to 4, with duels
// kept from phase to phase; every set, bound and threshold formed anew whenever it is needed, the intervals
// by bisection.
//
// From the stream: a choice among the other arms for every reward, and again after 64 questions about a pair
// without an answer; a choice among the arms in the race that beat the most others, once it is over.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "../textbook.hpp"

namespace textbook {

class scb : public counting {
 public:
  explicit scb(std::size_t k, double first_phase = 4.0, double scale = 1.0)
      : counting{k}, first_phase_{first_phase}, scale_{scale} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    if (round_ > end_) {
      length_ = length_ == 0.0 ? first_phase_ : length_ * length_;
      end_ += static_cast<std::uint64_t>(length_);
      race_.clear();
      for (std::size_t i = 0; i < arms_; ++i) race_.insert(i);
      gained_.assign(arms_, 0.0);
      played_.assign(arms_, 0.0);
      waiting_.assign(race_.begin(), race_.end());
      opponent_.reset();
      winner_.reset();
    }
    while (!winner_) {
      if (opponent_ && settled(waiting_.front(), *opponent_)) {
        std::size_t const i = waiting_.front();
        played_[i] += 1.0;
        gained_[i] += wins_(i, *opponent_) > wins_(*opponent_, i) ? 1.0 : 0.0;
        waiting_.erase(waiting_.begin());
        opponent_.reset();
        if (waiting_.empty()) {
          drop_outdone();
          waiting_.assign(race_.begin(), race_.end());
        }
        continue;
      }
      if (opponent_ && asked_ < 64) {
        ++asked_;
        return {waiting_.front(), *opponent_};
      }
      bool const same_race = opponent_.has_value();
      if (!same_race && over()) {
        std::vector<std::size_t> best;
        for (std::size_t const i : race_) {
          if (!best.empty() && beaten(i) < beaten(best[0])) continue;
          if (!best.empty() && beaten(i) > beaten(best[0])) best.clear();
          best.push_back(i);
        }
        winner_ = any_of(best, g);
        break;
      }
      std::vector<std::size_t> others;
      for (std::size_t j = 0; j < arms_; ++j) {
        if (j != waiting_.front()) others.push_back(j);
      }
      opponent_ = any_of(others, g);
      asked_ = 0;
    }
    return {*winner_, *winner_};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    counting::observe(i, j, y);
    if (opponent_ && i != j && std::set{i, j} == std::set{waiting_.front(), *opponent_}) asked_ = 0;
  }

 private:
  static double divergence(double p, double q) {
    return (p > 0.0 ? p * std::log(p / q) : 0.0) +
           (p < 1.0 ? (1.0 - p) * std::log((1.0 - p) / (1.0 - q)) : 0.0);
  }
  [[nodiscard]] double delta() const { return std::log(length_) / length_; }

  [[nodiscard]] bool settled(std::size_t i, std::size_t j) const {
    double const n = met(i, j);
    if (n == 0.0) return false;
    // the least x with e ceil(x ln end) exp(-x) <= delta / K^2
    double const k = static_cast<double>(arms_);
    double x = 1.0 + std::log(k * k / delta());
    for (int step = 0; step < 100; ++step) {
      x = 1.0 + std::log(k * k / delta() * std::ceil(x * std::log(static_cast<double>(end_))));
    }
    return n * divergence(wins_(i, j) / n, 0.5) > scale_ * x;
  }
  [[nodiscard]] bool over() const {
    if (race_.size() == 1) return true;
    for (std::size_t const i : race_) {
      for (std::size_t j = 0; j < arms_; ++j) {
        if (j != i && !settled(i, j)) return false;
      }
    }
    return true;
  }
  [[nodiscard]] std::size_t beaten(std::size_t i) const {
    std::size_t count = 0;
    for (std::size_t j = 0; j < arms_; ++j) count += wins_(i, j) > wins_(j, i) ? 1U : 0U;
    return count;
  }

  // An end of I_i = {q : N_i d(mean_i, q) <= ln(4 t K / delta) + 2 ln ln t}, towards 0 or 1
  [[nodiscard]] double end_of_interval(std::size_t i, double end) const {
    double t = 0.0;
    for (double const plays : played_) t += plays;
    double const level = scale_ * (std::log(4.0 * t * static_cast<double>(arms_) / delta()) +
                                   2.0 * std::log(std::max(std::log(t), 1.0)));
    double const mean = gained_[i] / played_[i];
    if (mean == end) return end;
    double inside = mean;
    double outside = end;
    for (int step = 0; step < 200; ++step) {
      double const q = 0.5 * (inside + outside);
      (played_[i] * divergence(mean, q) <= level ? inside : outside) = q;
    }
    return inside;
  }
  void drop_outdone() {
    double highest = 0.0;
    for (std::size_t const i : race_) highest = std::max(highest, end_of_interval(i, 0.0));
    std::set<std::size_t> const before = race_;
    for (std::size_t const i : before) {
      if (end_of_interval(i, 1.0) < highest) race_.erase(i);
    }
  }

  double first_phase_;
  double scale_;
  double length_ = 0.0;
  std::uint64_t end_ = 0;  // the last round of the phase
  std::set<std::size_t> race_;
  std::vector<double> gained_;
  std::vector<double> played_;
  std::vector<std::size_t> waiting_;  // of the race, those without a reward in this pass; the first is next
  std::optional<std::size_t> opponent_;  // of that one
  std::size_t asked_ = 0;
  std::optional<std::size_t> winner_;
};

}  // namespace textbook
