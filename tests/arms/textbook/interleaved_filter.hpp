// SPDX-License-Identifier: MIT
//
// Interleaved filter 1 and 2 as Yue, Broder, Kleinberg & Joachims (JCSS 2012) print them, with every answer
// remembered and every interval formed anew.
//
// From the stream: the first champion, a choice among all; a new champion, a choice among the rivals with the
// smallest share for the old one, counted by index.
#pragma once

#include <map>

#include "../textbook.hpp"

namespace textbook {

class interleaved_filter {
 public:
  interleaved_filter(std::size_t k, std::uint64_t horizon, bool pruning = true)
      : arms_{k},
        delta_{1.0 / (static_cast<double>(horizon) * static_cast<double>(k) * static_cast<double>(k))},
        pruning_{pruning} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (!champion_) {
      champion_ = joust::draw_index(arms_, g);
      for (std::size_t b = 0; b < arms_; ++b) {
        if (b != *champion_) w_.insert(b);
      }
      turn_ = w_;
    }
    if (turn_.empty() && !w_.empty()) {
      filter(g);
      turn_ = w_;
    }
    if (w_.empty()) return {*champion_, *champion_};
    std::size_t const b = *turn_.begin();
    turn_.erase(b);
    return {*champion_, b};
  }

  void observe(std::size_t first, std::size_t second, double y) {
    if (champion_ && first == *champion_ && w_.count(second) != 0) answers_[second].push_back(y);
  }

 private:
  [[nodiscard]] double p(std::size_t b) const {
    auto const found = answers_.find(b);
    if (found == answers_.end()) return 0.5;
    double sum = 0.0;
    for (double const y : found->second) sum += y;
    return sum / static_cast<double>(found->second.size());
  }
  [[nodiscard]] double c(std::size_t b) const {
    auto const found = answers_.find(b);
    if (found == answers_.end()) return 1.0;
    return std::sqrt(4.0 * std::log(1.0 / delta_) / static_cast<double>(found->second.size()));
  }

  template <class Stream>
  void filter(Stream& g) {
    std::set<std::size_t> const before = w_;
    for (std::size_t const b : before) {
      if (p(b) - c(b) > 0.5) w_.erase(b);
    }
    double worst = 1.0;
    std::vector<std::size_t> heirs;
    for (std::size_t const b : w_) {
      if (p(b) + c(b) < 0.5) worst = std::min(worst, p(b));
    }
    for (std::size_t const b : w_) {
      if (p(b) + c(b) < 0.5 && p(b) == worst) heirs.push_back(b);
    }
    if (heirs.empty()) return;
    if (pruning_) {
      std::set<std::size_t> const left = w_;
      for (std::size_t const b : left) {
        if (p(b) > 0.5) w_.erase(b);
      }
    }
    champion_ = heirs[joust::draw_index(heirs.size(), g)];
    w_.erase(*champion_);
    answers_.clear();
  }

  std::size_t arms_;
  double delta_;
  bool pruning_;
  std::optional<std::size_t> champion_;
  std::set<std::size_t> w_;
  std::set<std::size_t> turn_;  // those of W that have not had their turn
  std::map<std::size_t, std::vector<double>> answers_;
};

}  // namespace textbook
