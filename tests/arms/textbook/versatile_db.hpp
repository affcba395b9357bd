// SPDX-License-Identifier: MIT
//
// Saha & Gaillard, "Versatile Dueling Bandits", ICML 2022: two 1/2-Tsallis-INF learners, their chances found
// by bisection.
//
// From the stream: draw_uniform for the left arm, compared with the running sum of the chances, the same for
// the right one, then, if they are the same, draw_bernoulli(1/2) for the left.
#pragma once

#include "open_questions.hpp"

namespace textbook {

class versatile_db {
 public:
  explicit versatile_db(std::size_t k, double rate = 2.0, std::size_t max_pending = 1024)
      : rate_{rate}, left_(k, 0.0), right_(k, 0.0), open_{max_pending} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    std::vector<double> const p = chances(left_);
    std::size_t const a = drawn(p, g);
    std::vector<double> const q = chances(right_);
    std::size_t const b = drawn(q, g);
    if (a != b) {
      open_.ask({a, b, p[a], q[b], 0.0});
    } else {
      double const coin = joust::draw_bernoulli(0.5, g);
      left_[a] += (1.0 - coin) / p[a];
      right_[b] += coin / q[b];
    }
    return {a, b};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    if (auto const q = open_.answer(i, j, y)) {
      left_[q->left] += (1.0 - q->y) / q->left_chance;
      right_[q->right] += q->y / q->right_chance;
    }
  }

 private:
  // argmin over the simplex of <w, L> - (4 / eta) sum sqrt(w_i), by bisection for the multiplier.
  [[nodiscard]] std::vector<double> chances(std::vector<double> const& losses) const {
    double const eta = rate_ / std::sqrt(round_);
    double const least = *std::min_element(losses.begin(), losses.end());
    double low = 2.0 / eta;                                                   // least - x: the sum is >= 1
    double high = 2.0 * std::sqrt(static_cast<double>(losses.size())) / eta;  // the sum is <= 1
    std::vector<double> w(losses.size());
    for (int step = 0; step < 80; ++step) {
      double const middle = 0.5 * (low + high);
      double sum = 0.0;
      for (std::size_t i = 0; i < w.size(); ++i) {
        double const distance = eta * (losses[i] - least + middle);
        w[i] = 4.0 / (distance * distance);
        sum += w[i];
      }
      (sum > 1.0 ? low : high) = middle;
    }
    return w;
  }

  template <class Stream>
  static std::size_t drawn(std::vector<double> const& p, Stream& g) {
    double const u = joust::draw_uniform(g);
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      sum += p[i];
      if (u < sum) return i;
    }
    return p.size() - 1;
  }

  double rate_;
  double round_ = 0.0;
  std::vector<double> left_;
  std::vector<double> right_;
  open_questions open_;
};

}  // namespace textbook
