// SPDX-License-Identifier: MIT
//
// Saha, Koren & Mansour, "Adversarial Dueling Bandits", ICML 2021, algorithm 3 (Borda-Confidence-Bound), from
// the list of all estimates; but radii above 1 decide nothing.
//
// From the stream, until it has settled: a choice among all arms, then one among the others by index.
#pragma once

#include "open_questions.hpp"

namespace textbook {

class borda_ucb {
 public:
  borda_ucb(std::size_t k, double horizon, double delta, double width = 2.0)
      : k_{k}, log_{std::log(2.0 * static_cast<double>(k) * horizon / delta)}, width_{width}, open_{1024} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (k_ == 1) return {0, 0};
    if (winner_) return {*winner_, *winner_};
    std::size_t const x = joust::draw_index(k_, g);
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < k_; ++i) {
      if (i != x) others.push_back(i);
    }
    std::size_t const y = others[joust::draw_index(others.size(), g)];
    open_.ask({x, y, 1.0, 1.0, 0.0});
    return {x, y};
  }

  void observe(std::size_t i, std::size_t j, double outcome) {
    if (i == j || winner_) return;
    auto const q = open_.answer(i, j, outcome);
    if (!q) return;
    estimates_.push_back({q->left, static_cast<double>(k_) * q->y});
    double const t = static_cast<double>(estimates_.size());
    std::vector<double> mean(k_, 0.0);
    for (auto const& [x, value] : estimates_) mean[x] += value / t;
    double const radius = width_ * std::sqrt(static_cast<double>(k_) / t * log_);
    for (std::size_t a = 0; a < k_; ++a) {
      bool clear = radius <= 1.0;
      for (std::size_t b = 0; b < k_; ++b) clear = clear && (b == a || mean[a] - radius > mean[b] + radius);
      if (clear) winner_ = a;
    }
  }

  [[nodiscard]] std::optional<std::size_t> winner() const { return winner_; }

 private:
  std::size_t k_;
  double log_;
  double width_;
  std::vector<std::pair<std::size_t, double>> estimates_;
  open_questions open_;
  std::optional<std::size_t> winner_;
};

}  // namespace textbook
