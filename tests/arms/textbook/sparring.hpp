// SPDX-License-Identifier: MIT
//
// Sparring as Ailon, Karnin & Joachims (ICML 2014) describe it.
//
// From the stream: the choice of the left learner (sbm.hpp), then that of the right one, then, if they name
// the same arm, draw_bernoulli(1/2) for the left.
#pragma once

#include "open_questions.hpp"
#include "sbm.hpp"

namespace textbook {

class sparring {
 public:
  explicit sparring(std::size_t k, sbm::kind which = sbm::kind::ucb, double alpha = 2.5,
                    double exploration = 0.0, std::size_t max_pending = 1024)
      : left_{k, which, alpha, exploration},
        right_{left_},
        open_{max_pending},
        exp3_{which == sbm::kind::exp3} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    sbm::draw const a = left_.advance(g);
    sbm::draw const b = right_.advance(g);
    if (a.arm != b.arm) {
      open_.ask({a.arm, b.arm, a.chance, b.chance, 0.0});
    } else {
      double const coin = joust::draw_bernoulli(0.5, g);
      left_.feedback(a.arm, coin, a.chance);
      right_.feedback(b.arm, 1.0 - coin, b.chance);
    }
    return {a.arm, b.arm};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    if (auto const q = open_.answer(i, j, y)) {
      left_.feedback(q->left, q->y, q->left_chance);
      right_.feedback(q->right, 1.0 - q->y, q->right_chance);
    } else if (!exp3_) {
      for (sbm* side : {&left_, &right_}) {
        side->feedback(i, y, 1.0);
        side->feedback(j, 1.0 - y, 1.0);
      }
    }
  }

 private:
  sbm left_;
  sbm right_;
  open_questions open_;
  bool exp3_;
};

}  // namespace textbook
