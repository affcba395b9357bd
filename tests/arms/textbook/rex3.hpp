// SPDX-License-Identifier: MIT
//
// Gajane, Urvoy & Clerot, "A Relative Exponential Weighing Algorithm for Adversarial Utility-based Dueling
// Bandits", ICML 2015, algorithm 1, with plain weights: it is not made for long runs.
//
// From the stream: draw_uniform for the first arm, compared with the running sum of the chances, the same for
// the second.
#pragma once

#include "open_questions.hpp"

namespace textbook {

class rex3 {
 public:
  explicit rex3(std::size_t k, double gamma = 0.0, double gain = 0.5, std::size_t max_pending = 1024)
      : k_{static_cast<double>(k)}, gamma_{gamma}, gain_{gain}, w_(k, 1.0), open_{max_pending} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    t_ += 1.0;
    std::vector<double> p;
    double sum = 0.0;
    for (double const w : w_) sum += w;
    for (double const w : w_) p.push_back((1.0 - gamma()) * w / sum + gamma() / k_);
    auto const draw = [&] {
      double const u = joust::draw_uniform(g);
      double below = 0.0;
      for (std::size_t i = 0; i + 1 < p.size(); ++i) {
        below += p[i];
        if (u < below) return i;
      }
      return p.size() - 1;
    };
    std::size_t const a = draw();
    std::size_t const b = draw();
    if (a != b) open_.ask({a, b, p[a], p[b], 0.0});
    return {a, b};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    auto const q = open_.answer(i, j, y);
    if (!q) return;
    double const psi = q->y - (1.0 - q->y);
    w_[q->left] *= std::exp(gamma() / k_ * gain_ * psi / q->left_chance);
    w_[q->right] *= std::exp(-gamma() / k_ * gain_ * psi / q->right_chance);
  }

 private:
  [[nodiscard]] double gamma() const {
    return gamma_ > 0.0 ? gamma_ : std::min(0.5, std::sqrt(k_ * std::log(k_) / t_));
  }

  double k_;
  double gamma_;
  double gain_;
  double t_ = 0.0;
  std::vector<double> w_;
  open_questions open_;
};

}  // namespace textbook
