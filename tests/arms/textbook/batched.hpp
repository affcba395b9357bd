// SPDX-License-Identifier: MIT
//
// What the batched algorithms share: a batch written out as a list of questions, and every answer remembered.
// When a batch has been asked and answers are missing, each pair in turn is asked again as often as it misses
// answers at that moment, or until they have come; then the batch is over.
#pragma once

#include <deque>

#include "../textbook.hpp"

namespace textbook {

class batched {
 public:
  batched(std::size_t k, std::uint64_t horizon, std::uint64_t batches)
      : horizon_{static_cast<double>(horizon)},
        b_{batches != 0 ? static_cast<double>(batches) : std::max(1.0, std::ceil(std::log(horizon_)))},
        k_{static_cast<double>(k)} {
    for (std::size_t i = 0; i < k; ++i) active_.push_back(i);
  }

  void observe(std::size_t first, std::size_t second, double y) {
    if (first == second) return;
    batch_.push_back({first, second, y});
    all_.push_back({first, second, y});
    if (again_ && !questions_.empty() && missing(questions_.front()) <= 0.0) questions_.clear();
  }

 protected:
  struct answer {
    std::size_t first;
    std::size_t second;
    double y;
  };

  // How often i has met j in a list of answers, and what it has won.
  static double met(std::vector<answer> const& list, std::size_t i, std::size_t j) {
    double n = 0.0;
    for (answer const& a : list) {
      n += (a.first == i && a.second == j) || (a.first == j && a.second == i) ? 1.0 : 0.0;
    }
    return n;
  }
  static double won(std::vector<answer> const& list, std::size_t i, std::size_t j) {
    double sum = 0.0;
    for (answer const& a : list) {
      if (a.first == i && a.second == j) sum += a.y;
      if (a.first == j && a.second == i) sum += 1.0 - a.y;
    }
    return sum;
  }

  // Whether by these answers p_ij > 1/2 + times sqrt(doubt / n).
  static bool beats(std::vector<answer> const& list, std::size_t i, std::size_t j, double doubt,
                    double times = 1.0) {
    if (i == j) return false;
    double const n = met(list, i, j);
    return n > 0.0 && won(list, i, j) / n > 0.5 + times * std::sqrt(doubt / n);
  }

  // A new batch of these pairs, floor(q^r) times each, in turns.
  void ask(std::vector<joust::pairing> const& pairs, double r) {
    batch_.clear();
    again_ = false;
    c_ = std::floor(std::pow(std::pow(horizon_, 1.0 / b_), r) + 1e-9);
    waiting_.assign(pairs.begin(), pairs.end());
    for (double n = 0.0; n < c_; n += 1.0) questions_.insert(questions_.end(), pairs.begin(), pairs.end());
  }

  // The next question of the batch, if it is not over.
  std::optional<joust::pairing> next_question() {
    while (questions_.empty() && !waiting_.empty()) {
      again_ = true;
      joust::pairing const pair = waiting_.front();
      waiting_.pop_front();
      for (double n = missing(pair); n > 0.0; n -= 1.0) questions_.push_back(pair);
    }
    if (questions_.empty()) return std::nullopt;
    joust::pairing const next = questions_.front();
    questions_.pop_front();
    return next;
  }

  // Leaves those of `arms` that have the fewest losses: by rights none.
  static std::vector<std::size_t> least(std::vector<std::size_t> const& arms,
                                        std::vector<double> const& losses) {
    double const fewest = *std::min_element(losses.begin(), losses.end());
    std::vector<std::size_t> left;
    for (std::size_t n = 0; n < arms.size(); ++n) {
      if (losses[n] == fewest) left.push_back(arms[n]);
    }
    return left;
  }

  [[nodiscard]] static bool contains(std::vector<std::size_t> const& arms, std::size_t arm) {
    return std::find(arms.begin(), arms.end(), arm) != arms.end();
  }
  [[nodiscard]] static std::vector<joust::pairing> all_pairs(std::vector<std::size_t> const& arms) {
    std::vector<joust::pairing> pairs;
    for (std::size_t n = 0; n < arms.size(); ++n) {
      for (std::size_t m = n + 1; m < arms.size(); ++m) pairs.push_back({arms[n], arms[m]});
    }
    return pairs;
  }

  double horizon_;
  double b_;
  double k_;
  std::vector<std::size_t> active_;
  std::vector<answer> all_;
  std::vector<answer> batch_;  // since the batch began

 private:
  [[nodiscard]] double missing(joust::pairing pair) const {
    return c_ - met(batch_, pair.first, pair.second);
  }

  std::deque<joust::pairing> questions_;
  std::deque<joust::pairing> waiting_;  // pairs that have not been looked at for missing answers
  bool again_ = false;                  // whether missing answers are asked for
  double c_ = 0.0;
};

}  // namespace textbook
