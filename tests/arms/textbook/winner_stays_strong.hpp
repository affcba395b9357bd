// SPDX-License-Identifier: MIT
//
// Chen & Frazier, "Dueling Bandits with Weak Regret", ICML 2017, WS-S as printed: the l-th round of WS-W,
// then floor(beta^l) self-duels of the arm that won it, for l = 1, 2, ... A round is over when all arms but
// one have a score of at most -l.
//
// From the stream: what WS-W takes while exploring, nothing while exploiting.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include "winner_stays_weak.hpp"

namespace textbook {

class winner_stays_strong {
 public:
  explicit winner_stays_strong(std::size_t k, double beta = 1.1) : explorer_{k}, beta_{beta} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    std::vector<double> c = explorer_.scores();
    if (c.size() == 1) return {0, 0};
    if (left_ == 0) {
      auto const z = static_cast<std::size_t>(std::max_element(c.begin(), c.end()) - c.begin());
      std::sort(c.begin(), c.end(), std::greater<>{});
      if (c[1] <= -l_) {
        z_ = z;
        double power = 1.0;
        for (double n = 0.0; n < l_; n += 1.0) power *= beta_;
        left_ = static_cast<int>(std::floor(power));
        l_ += 1.0;
      }
    }
    if (left_ == 0) return explorer_.select(g);
    --left_;
    return {z_, z_};
  }
  void observe(std::size_t i, std::size_t j, double y) { explorer_.observe(i, j, y); }

 private:
  winner_stays_weak explorer_;
  double beta_;
  double l_ = 1.0;  // the round of exploration under way
  int left_ = 0;    // self-duels to come
  std::size_t z_ = 0;
};

}  // namespace textbook
