// SPDX-License-Identifier: MIT
//
// Ailon, Karnin & Joachims, "Reducing Dueling Bandits to Cardinal Bandits", ICML 2014, algorithm 1.
//
// From the stream: in the first round a choice among all arms. In every round a choice among the left
// multiset, whose arms stand in order of index; then the choice of the learner (sbm.hpp); then, if they are
// the same, draw_bernoulli(1/2) for the right.
#pragma once

#include "open_questions.hpp"
#include "sbm.hpp"

namespace textbook {

class doubler {
 public:
  explicit doubler(std::size_t k, sbm::kind which = sbm::kind::ucb, double alpha = 2.5)
      : arms_{k}, fresh_{k, which, alpha, 0.0}, s_{fresh_}, open_{1024} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (left_.empty()) left_.insert(joust::draw_index(arms_, g));
    if (static_cast<double>(played_.size()) == length_) {
      left_ = played_;
      played_.clear();
      length_ *= 2.0;
      s_ = fresh_;
      open_.forget_all();
    }
    std::size_t const x = *std::next(left_.begin(), static_cast<int>(joust::draw_index(left_.size(), g)));
    sbm::draw const y = s_.advance(g);
    played_.insert(y.arm);
    if (x != y.arm) {
      open_.ask({x, y.arm, 1.0, y.chance, 0.0});
    } else {
      s_.feedback(y.arm, joust::draw_bernoulli(0.5, g), y.chance);
    }
    return {x, y.arm};
  }

  void observe(std::size_t i, std::size_t j, double outcome) {
    if (i == j) return;
    if (auto const q = open_.answer(i, j, outcome)) s_.feedback(q->right, 1.0 - q->y, q->right_chance);
  }

 private:
  std::size_t arms_;
  sbm fresh_;
  sbm s_;
  open_questions open_;
  std::multiset<std::size_t> left_;
  std::multiset<std::size_t> played_;
  double length_ = 2.0;
};

}  // namespace textbook
