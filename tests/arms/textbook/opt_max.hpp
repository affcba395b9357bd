// SPDX-License-Identifier: MIT
//
// Opt-Max for small failure probabilities (Falahatgar, Jain, Orlitsky, Pichapati & Ravindrakumar, ICML 2018)
// as a program that is run again from its beginning in every round, on the answers so far, up to the first
// comparison that lacks one.
//
// From the stream: in the first round, n = number of arms, ..., 2: a choice among n, of the arm that goes to
// place n - 1 in exchange for the one there.
#pragma once

#include "../textbook.hpp"

namespace textbook {

class opt_max {
 public:
  opt_max(std::size_t k, double tolerance, double confidence)
      : k_{k}, tolerance_{tolerance}, delta_{1.0 - confidence} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (order_.empty()) {
      for (std::size_t i = 0; i < k_; ++i) order_.push_back(i);
      for (std::size_t n = k_; n > 1; --n) std::swap(order_[n - 1], order_[joust::draw_index(n, g)]);
    }
    return question();
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (order_.empty()) return;
    auto const [c, a] = question();
    if (c == a) return;
    if (i == c && j == a) answers_.push_back(y);
    if (i == a && j == c) answers_.push_back(1.0 - y);
  }

 private:
  struct no_answer {
    joust::pairing pair;
  };

  joust::pairing question() {
    try {
      used_ = 0;
      std::size_t const winner = maximum();
      return {winner, winner};
    } catch (no_answer const& missing) { return missing.pair; }
  }

  std::size_t maximum() {
    auto const first = [this](double n) {
      return std::vector<std::size_t>(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(n));
    };
    double const k = std::floor(std::pow(static_cast<double>(k_), 0.75));
    double const n = std::floor(std::sqrt(k * std::log(4.0 * k / delta_)));
    std::size_t const anyone = order_[0];
    if (n >= k) return soft_seq_elim(order_, anyone, 0.0, tolerance_);
    std::size_t const start = soft_seq_elim(first(n), anyone, 0.0, tolerance_ / 4.0);
    std::size_t const anchor = soft_seq_elim(first(k), start, tolerance_ / 4.0, tolerance_ / 2.0);
    return soft_seq_elim(order_, anchor, tolerance_ / 2.0, tolerance_);
  }

  std::size_t soft_seq_elim(std::vector<std::size_t> const& s, std::size_t anchor, double l, double u) {
    double const failure = delta_ / (static_cast<double>(s.size()) * static_cast<double>(s.size()));
    std::set<std::size_t> gone{anchor};
    std::set<std::size_t> compared;
    for (;;) {
      auto const open = [&](std::size_t c) { return gone.count(c) == 0 && compared.count(c) == 0; };
      auto const c = std::find_if(s.begin(), s.end(), open);
      if (c == s.end()) return anchor;
      double sum = 0.0;
      double n = 0.0;
      if (!ahead(*c, anchor, l, (l + u) / 2.0, failure, sum, n)) {
        gone.insert(*c);
      } else if (!ahead(*c, anchor, (l + u) / 2.0, u, failure, sum, n)) {
        compared.insert(*c);
      } else {
        anchor = *c;
        gone.insert(anchor);
        compared.clear();
      }
    }
  }

  // Goes on with the n answers whose sum is given.
  bool ahead(std::size_t c, std::size_t a, double l, double u, double failure, double& sum, double& n) {
    double const h = (u - l) / 2.0;
    for (;;) {
      double const excess = sum / n - 0.5 - (u + l) / 2.0;
      if (n > 0.0 && (n >= std::log(2.0 / failure) / (2.0 * h * h) ||
                      std::fabs(excess) > std::sqrt(std::log(4.0 * n * n / failure) / (2.0 * n)) - h)) {
        return excess > 0.0;
      }
      if (used_ == answers_.size()) throw no_answer{{c, a}};
      sum += answers_[used_++];
      n += 1.0;
    }
  }

  std::size_t k_;
  double tolerance_;
  double delta_;
  std::vector<std::size_t> order_;
  std::vector<double> answers_;
  std::size_t used_ = 0;
};

}  // namespace textbook
