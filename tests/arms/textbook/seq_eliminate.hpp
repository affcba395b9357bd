// SPDX-License-Identifier: MIT
//
// Seq-Eliminate (Falahatgar, Hao, Orlitsky, Pichapati & Ravindrakumar, NeurIPS 2017).
//
// From the stream: in the first round, n = number of arms, ..., 2: a choice among n, of the arm that goes to
// place n - 1 in exchange for the one there. The arm in place 0 is the champion, the others challenge in
// turn.
#pragma once

#include <deque>

#include "compare.hpp"

namespace textbook {

class seq_eliminate {
 public:
  seq_eliminate(std::size_t k, double tolerance, double confidence)
      : k_{k}, tolerance_{tolerance}, delta_{1.0 - confidence} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (!champion_) {
      std::vector<std::size_t> s;
      for (std::size_t i = 0; i < k_; ++i) s.push_back(i);
      for (std::size_t n = k_; n > 1; --n) std::swap(s[n - 1], s[joust::draw_index(n, g)]);
      champion_ = s[0];
      queue_.assign(s.begin() + 1, s.end());
    }
    return {queue_.empty() ? *champion_ : queue_.front(), *champion_};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (!champion_ || queue_.empty()) return;
    std::size_t const challenger = queue_.front();
    if (i == challenger && j == *champion_) {
      outcomes_.push_back(y);
    } else if (j == challenger && i == *champion_) {
      outcomes_.push_back(1.0 - y);
    } else {
      return;
    }
    auto const decision = compare(outcomes_, 0.0, tolerance_, delta_ / static_cast<double>(k_));
    if (!decision) return;
    if (*decision == 1) champion_ = challenger;
    queue_.pop_front();
    outcomes_.clear();
  }

 private:
  std::size_t k_;
  double tolerance_;
  double delta_;
  std::optional<std::size_t> champion_;
  std::deque<std::size_t> queue_;
  std::vector<double> outcomes_;
};

}  // namespace textbook
