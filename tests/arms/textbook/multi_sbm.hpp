// SPDX-License-Identifier: MIT
//
// Ailon, Karnin & Joachims, "Reducing Dueling Bandits to Cardinal Bandits", ICML 2014, algorithm 2.
//
// From the stream: in the first round a choice among all arms. In every round the choice of the learner of
// the left arm (sbm.hpp), then, if they are the same, draw_bernoulli(1/2) for the right.
#pragma once

#include "open_questions.hpp"
#include "sbm.hpp"

namespace textbook {

class multi_sbm {
 public:
  explicit multi_sbm(std::size_t k, sbm::kind which = sbm::kind::ucb, double alpha = 2.5)
      : s_(k, sbm{k, which, alpha, 0.0}), open_{1024}, exp3_{which == sbm::kind::exp3} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (!y_) y_ = joust::draw_index(s_.size(), g);
    std::size_t const x = *y_;
    sbm::draw const y = s_[x].advance(g);
    if (x != y.arm) {
      open_.ask({x, y.arm, 1.0, y.chance, 0.0});
    } else {
      s_[x].feedback(y.arm, joust::draw_bernoulli(0.5, g), y.chance);
    }
    y_ = y.arm;
    return {x, y.arm};
  }

  void observe(std::size_t i, std::size_t j, double outcome) {
    if (i == j) return;
    if (auto const q = open_.answer(i, j, outcome)) {
      s_[q->left].feedback(q->right, 1.0 - q->y, q->right_chance);
    } else if (!exp3_) {
      s_[i].feedback(j, 1.0 - outcome, 1.0);
      s_[j].feedback(i, outcome, 1.0);
    }
  }

 private:
  std::vector<sbm> s_;
  open_questions open_;
  std::optional<std::size_t> y_;
  bool exp3_;
};

}  // namespace textbook
