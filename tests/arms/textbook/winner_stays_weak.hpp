// SPDX-License-Identifier: MIT
//
// Chen & Frazier, "Dueling Bandits with Weak Regret", ICML 2017, WS-W as printed: every score formed anew
// from all wins and losses, the tied listed in order of index.
//
// From the stream: nothing where an arm of the last pair is among the tied, else a choice among the tied, for
// the first arm; then the same for the second. Nothing for a single arm.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "../textbook.hpp"

namespace textbook {

class winner_stays_weak : public counting {
 public:
  using counting::counting;

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (arms_ == 1) return {0, 0};
    std::size_t const first = pick(most(std::nullopt), g);
    std::size_t const second = pick(most(first), g);
    before_ = joust::pairing{first, second};
    return *before_;
  }

  /// C_i for every arm.
  [[nodiscard]] std::vector<double> scores() const {
    std::vector<double> c(arms_, 0.0);
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) c[i] += wins_(i, j) - wins_(j, i);
    }
    return c;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> most(std::optional<std::size_t> except) const {
    std::vector<double> const c = scores();
    std::vector<std::size_t> tied;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (i == except) continue;
      if (!tied.empty() && c[i] > c[tied[0]]) tied.clear();
      if (tied.empty() || c[i] == c[tied[0]]) tied.push_back(i);
    }
    return tied;
  }

  template <class Stream>
  std::size_t pick(std::vector<std::size_t> const& tied, Stream& g) const {
    if (before_) {
      for (std::size_t const arm : {before_->first, before_->second}) {
        if (std::find(tied.begin(), tied.end(), arm) != tied.end()) return arm;
      }
    }
    return any_of(tied, g);
  }

  std::optional<joust::pairing> before_;
};

}  // namespace textbook
