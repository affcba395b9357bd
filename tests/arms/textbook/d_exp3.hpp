// SPDX-License-Identifier: MIT
//
// Saha, Koren & Mansour, "Adversarial Dueling Bandits", ICML 2021, algorithm 1, from the list of all
// estimates.
//
// From the stream: draw_uniform for the first arm, compared with the running sum of the chances, the same for
// the second, then, if they are the same, draw_bernoulli(1/2) for the first.
#pragma once

#include "open_questions.hpp"

namespace textbook {

class d_exp3 {
 public:
  d_exp3(std::size_t k, double horizon, double eta = 0.0, double gamma = 0.0) : k_{k}, open_{1024} {
    double const n = static_cast<double>(k);
    eta_ = eta > 0.0 ? eta : std::pow(std::log(n) / (horizon * std::sqrt(n)), 2.0 / 3.0);
    gamma_ = gamma > 0.0 ? gamma : std::min(1.0, std::sqrt(eta_ * n));
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    std::vector<double> const q = chances();
    auto const draw = [&] {
      double const u = joust::draw_uniform(g);
      double below = 0.0;
      for (std::size_t i = 0; i + 1 < k_; ++i) {
        below += q[i];
        if (u < below) return i;
      }
      return k_ - 1;
    };
    std::size_t const x = draw();
    std::size_t const y = draw();
    if (x != y) {
      open_.ask({x, y, q[x], q[y], 0.0});
    } else {
      estimate(x, joust::draw_bernoulli(0.5, g), q[x], q[y]);
    }
    return {x, y};
  }

  void observe(std::size_t i, std::size_t j, double outcome) {
    if (i == j) return;
    if (auto const q = open_.answer(i, j, outcome)) estimate(q->left, q->y, q->left_chance, q->right_chance);
  }

 private:
  void estimate(std::size_t x, double o, double q_x, double q_y) {
    estimates_.push_back({x, o / (static_cast<double>(k_) * q_x * q_y)});
  }
  [[nodiscard]] std::vector<double> chances() const {
    std::vector<double> s(k_, 0.0);
    for (auto const& [x, value] : estimates_) s[x] += value;
    double const most = *std::max_element(s.begin(), s.end());
    double sum = 0.0;
    for (double& value : s) sum += value = std::exp(eta_ * (value - most));
    for (double& value : s) value = (1.0 - gamma_) * value / sum + gamma_ / static_cast<double>(k_);
    return s;
  }

  std::size_t k_;
  double eta_ = 0.0;
  double gamma_ = 0.0;
  std::vector<std::pair<std::size_t, double>> estimates_;
  open_questions open_;
};

}  // namespace textbook
