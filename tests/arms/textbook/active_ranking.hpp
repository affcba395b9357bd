// SPDX-License-Identifier: MIT
//
// Active ranking (Heckel, Shah, Ramchandran & Wainwright, Annals of Statistics 2019, algorithm 1) with every
// answer remembered, and the active arms sorted as the paper sorts them. Where answers are missing, the arms
// have differing numbers of them, and bounds are compared instead of scores.
//
// From the stream: in each round, a choice among the other arms, counted by index.
#pragma once

#include <map>

#include "../textbook.hpp"

namespace textbook {

class active_ranking {
 public:
  active_ranking(std::size_t arms, std::size_t k, double width, double confidence)
      : arms_{arms}, k_{k}, width_{width}, delta_{1.0 - confidence}, outcomes_(arms) {
    for (std::size_t i = 0; i < arms && arms > 1; ++i) s_.push_back(i);
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (s_.empty()) {
      std::size_t const a = winner();
      return {a, a};
    }
    std::size_t const i = s_[turn_++ % s_.size()];
    std::vector<std::size_t> others;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != i) others.push_back(j);
    }
    std::size_t const j = others[joust::draw_index(others.size(), g)];
    ++questions_[{i, j}];
    return {i, j};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (s_.empty() || i == j) return;
    if (i > j) {
      std::swap(i, j);
      y = 1.0 - y;
    }
    if (questions_[{i, j}] == 0) {
      std::swap(i, j);
      y = 1.0 - y;
    }
    if (questions_[{i, j}] == 0) return;
    --questions_[{i, j}];
    if (std::find(s_.begin(), s_.end(), i) == s_.end()) return;
    outcomes_[i].push_back(y);
    if (++answers_ < s_.size()) return;
    answers_ = 0;
    turn_ = 0;
    end_of_pass();
  }

  [[nodiscard]] std::size_t winner() const {
    std::vector<std::size_t> const& among = k_ == 0 || first_.empty() ? everyone() : first_;
    std::size_t best = *std::min_element(among.begin(), among.end());
    for (std::size_t i = 0; i < arms_; ++i) {
      if (std::find(among.begin(), among.end(), i) != among.end() && mean(i) > mean(best)) best = i;
    }
    return best;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> all(arms_);
    for (std::size_t i = 0; i < arms_; ++i) all[i] = i;
    return all;
  }

  [[nodiscard]] double mean(std::size_t i) const {
    double sum = 0.0;
    for (double const y : outcomes_[i]) sum += y;
    return outcomes_[i].empty() ? 0.5 : sum / static_cast<double>(outcomes_[i].size());
  }
  [[nodiscard]] double alpha(std::size_t i) const {
    double const t = static_cast<double>(outcomes_[i].size());
    if (t == 0.0) return 1.0;
    double const l = std::log(static_cast<double>(arms_) / delta_);
    double const beta =
        l + 0.75 * std::log(std::max(l, 1.0)) + 1.5 * std::log1p(std::log(std::max(t, 2.0) / 2.0));
    return std::sqrt(beta / (2.0 * t));
  }
  [[nodiscard]] bool apart(std::size_t i, std::size_t j) const {
    return mean(i) - mean(j) > width_ * (alpha(i) + alpha(j));
  }

  void end_of_pass() {
    std::vector<std::size_t> const s = s_;
    std::size_t const k = k_ - first_.size();
    for (std::size_t const i : s) {
      int above = 0;
      int below = 0;
      for (std::size_t const j : s) {
        if (apart(j, i)) ++above;
        if (apart(i, j)) ++below;
      }
      int const others = static_cast<int>(s.size()) - 1;
      bool const first = k_ != 0 && others - below < static_cast<int>(k);
      bool const rest = k_ != 0 && !first && above >= static_cast<int>(k);
      bool const own_place = k_ == 0 && above + below == others;
      if (first) first_.push_back(i);
      if (first || rest || own_place) s_.erase(std::find(s_.begin(), s_.end(), i));
    }
  }

  std::size_t arms_;
  std::size_t k_;
  double width_;
  double delta_;
  std::vector<std::vector<double>> outcomes_;
  std::vector<std::size_t> s_;
  std::vector<std::size_t> first_;
  std::map<std::pair<std::size_t, std::size_t>, int> questions_;
  std::size_t turn_ = 0;
  std::size_t answers_ = 0;
};

}  // namespace textbook
