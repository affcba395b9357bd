// SPDX-License-Identifier: MIT
//
// PLPAC with budgeted quicksort (Szorenyi, Busa-Fekete, Paul & Hullermeier, NeurIPS 2015, algorithms 1 and
// 2). A budget of n - 1 comparisons is spent on the first partition. A pass that has been asked is over with
// the answers it has; an answer that belongs to no pass counts for its own pair.
//
// From the stream: at the beginning of a pass, a choice among the arms that are left, counted by index.
#pragma once

#include <map>

#include "../textbook.hpp"

namespace textbook {

class pl_pac {
 public:
  pl_pac(std::size_t k, double tolerance, double confidence)
      : k_{k}, tolerance_{tolerance}, delta_{1.0 - confidence}, w_{k} {
    for (std::size_t i = 0; i < k; ++i) a_.insert(i);
    if (k == 1) item_ = 0;
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (pivot_ && queue_.empty() && !item_) partition();
    if (item_) return {*item_, *item_};
    if (!pivot_) {
      std::vector<std::size_t> const a(a_.begin(), a_.end());
      pivot_ = a[joust::draw_index(a.size(), g)];
      queue_ = a_;
      queue_.erase(*pivot_);
    }
    std::size_t const next = *queue_.begin();
    queue_.erase(queue_.begin());
    return {next, *pivot_};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (item_ || i == j) return;
    if (pivot_ && i == *pivot_) {
      std::swap(i, j);
      y = 1.0 - y;
    }
    if (pivot_ && j == *pivot_ && a_.count(i) == 1 && result_.count(i) == 0) {
      result_[i] = y;
      if (result_.size() + 1 == a_.size()) partition();
      return;
    }
    w_(i, j) += y;
    w_(j, i) += 1.0 - y;
  }

 private:
  void partition() {
    for (auto const& [i, yi] : result_) {
      w_(i, *pivot_) += yi;
      w_(*pivot_, i) += 1.0 - yi;
      for (auto const& [j, yj] : result_) {
        if (i != j) w_(i, j) += yi * (1.0 - yj);
      }
    }
    result_.clear();
    pivot_.reset();
    queue_.clear();
    std::set<std::size_t> const before = a_;
    for (std::size_t const i : before) {
      for (std::size_t const j : before) {
        if (a_.count(i) == 1 && i != j && share(i, j) - radius(i, j) > 0.5) a_.erase(j);
      }
    }
    for (std::size_t const i : a_) {
      bool const good = std::all_of(a_.begin(), a_.end(), [&](std::size_t j) {
        return i == j || share(i, j) - radius(i, j) > 0.5 - tolerance_;
      });
      if (good && !item_) item_ = i;
    }
  }

  [[nodiscard]] double met(std::size_t i, std::size_t j) const { return w_(i, j) + w_(j, i); }
  [[nodiscard]] double share(std::size_t i, std::size_t j) const {
    return met(i, j) > 0.0 ? w_(i, j) / met(i, j) : 0.5;
  }
  [[nodiscard]] double radius(std::size_t i, std::size_t j) const {
    double const n = met(i, j);
    if (n < 1.0) return 1.0;
    double const k = static_cast<double>(k_);
    return std::sqrt(std::log(4.0 * k * k * n * n / delta_) / (2.0 * n));
  }

  std::size_t k_;
  double tolerance_;
  double delta_;
  table w_;
  std::set<std::size_t> a_;
  std::optional<std::size_t> item_;
  std::optional<std::size_t> pivot_;
  std::set<std::size_t> queue_;
  std::map<std::size_t, double> result_;
};

}  // namespace textbook
