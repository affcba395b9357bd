// SPDX-License-Identifier: MIT
//
// Knockout as Falahatgar, Orlitsky, Pichapati & Suresh (ICML 2017, algorithms 1 to 3) print it.
//
// From the stream: at the beginning of a round of the cup, n = number of arms left, ..., 2: a choice among n,
// of the arm that goes to place n - 1 in exchange for the one there. Neighbours play each other.
#pragma once

#include "compare.hpp"

namespace textbook {

class knockout {
 public:
  knockout(std::size_t k, double tolerance, double confidence)
      : tolerance_{tolerance}, delta_{1.0 - confidence} {
    for (std::size_t i = 0; i < k; ++i) s_.push_back(i);
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (s_.size() == 1) return {s_[0], s_[0]};
    if (pairs_.empty()) {
      ++r_;
      for (std::size_t n = s_.size(); n > 1; --n) std::swap(s_[n - 1], s_[joust::draw_index(n, g)]);
      for (std::size_t n = 0; n + 1 < s_.size(); n += 2) pairs_.push_back({s_[n], s_[n + 1]});
      winners_.clear();
      if (s_.size() % 2 == 1) bye_ = s_.back();
    }
    return pairs_.front();
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (pairs_.empty()) return;
    auto const [a, b] = pairs_.front();
    if (!((i == a && j == b) || (i == b && j == a))) return;
    outcomes_.push_back(i == a ? y : 1.0 - y);
    double const c = std::pow(2.0, 1.0 / 3.0) - 1.0;
    double const e = c * tolerance_ / std::pow(2.0, r_ / 3.0);
    auto const decision = compare(outcomes_, -e, e, delta_ / std::pow(2.0, r_));
    if (!decision) return;
    winners_.push_back(*decision == 1 ? a : b);
    pairs_.erase(pairs_.begin());
    outcomes_.clear();
    if (!pairs_.empty()) return;
    s_ = winners_;
    if (bye_) s_.push_back(*bye_);
    bye_.reset();
  }

 private:
  double tolerance_;
  double delta_;
  std::vector<std::size_t> s_;
  std::vector<joust::pairing> pairs_;
  std::vector<std::size_t> winners_;
  std::optional<std::size_t> bye_;
  std::vector<double> outcomes_;
  double r_ = 0.0;
};

}  // namespace textbook
