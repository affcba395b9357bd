// SPDX-License-Identifier: MIT
//
// Exploration and verification of a Condorcet winner (Karnin, NeurIPS 2016), with lists of outcomes, bounds
// formed anew from them, and the evidence integrated as a beta function of Boost.Math.
//
// From the stream: nothing.
#pragma once

#include <map>

#include "../textbook.hpp"

namespace textbook {

class explore_verify {
 public:
  explore_verify(std::size_t k, double confidence, double guess)
      : k_{k}, delta_{1.0 - confidence}, kappa_{guess} {
    if (k == 1) {
      candidate_ = 0;
    } else {
      explore();
    }
  }

  template <class Stream>
  joust::pairing select(Stream&) {
    if (candidate_) {
      if (unproven_.empty()) return {*candidate_, *candidate_};
      auto const next = unproven_.upper_bound(last_);
      last_ = next == unproven_.end() || fresh_ ? *unproven_.begin() : *next;
      fresh_ = false;
      return {last_, adversary_[last_]};
    }
    for (;;) {
      if (pass_.empty()) {
        for (std::size_t x = 0; x < k_; ++x) {
          for (std::size_t y = x + 1; y < k_; ++y) {
            if (open_.count({x, y}) + open_.count({y, x}) > 0) pass_.push_back({x, y});
          }
        }
      }
      joust::pairing const next = pass_.front();
      pass_.erase(pass_.begin());
      if (open_.count({next.first, next.second}) + open_.count({next.second, next.first}) > 0) return next;
    }
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    if (!candidate_) {
      outcomes_[{i, j}].push_back(y);
      outcomes_[{j, i}].push_back(1.0 - y);
      question(i, j);
      question(j, i);
      if (!open_.empty()) return;
      ++attempt_;
      for (std::size_t x = 0; x < k_; ++x) {
        if (b_[x] >= 0.5) candidate_ = x;
      }
      outcomes_.clear();
      if (!candidate_) return explore();
      fresh_ = true;
      for (std::size_t x = 0; x < k_; ++x) {
        if (x != *candidate_) unproven_.insert(x);
      }
      return;
    }
    bool again = verify(i, j, y);
    again = verify(j, i, 1.0 - y) || again;
    if (again) explore();
  }

 private:
  using pair = std::pair<std::size_t, std::size_t>;

  void explore() {
    candidate_.reset();
    outcomes_.clear();
    pass_.clear();
    unproven_.clear();
    b_.assign(k_, 1.0);
    adversary_.assign(k_, 0);
    for (std::size_t x = 0; x < k_; ++x) {
      for (std::size_t y = 0; y < k_; ++y) {
        if (x != y) open_.insert({x, y});
      }
    }
  }

  void question(std::size_t x, std::size_t y) {
    std::vector<double> const& outcomes = outcomes_[{x, y}];
    double sum = 0.0;
    for (double const one : outcomes) sum += one;
    double const n = static_cast<double>(outcomes.size());
    double const k = static_cast<double>(k_);
    double const c = std::sqrt(std::log(2.0 * k * k * n * n / kappa_) / (2.0 * n));
    double const u = sum / n + c;
    double const l = sum / n - c;
    if (u < b_[x]) {
      b_[x] = u;
      adversary_[x] = y;
    }
    if (l > 0.5) open_.erase({x, y});
    if (u < 0.5 && 0.5 - l <= 2.0 * (0.5 - u)) open_.erase({x, y});
    if (b_[x] < 0.5 && l > b_[x]) open_.erase({x, y});
  }

  bool verify(std::size_t x, std::size_t y, double outcome) {
    if (unproven_.count(x) == 0 || adversary_[x] != y) return false;
    std::vector<double>& outcomes = outcomes_[{x, x}];
    outcomes.push_back(outcome);
    double won = 0.0;
    for (double const one : outcomes) won += one;
    double const lost = static_cast<double>(outcomes.size()) - won;
    double const evidence = std::pow(2.0, won + lost + 1.0) * boost::math::beta(won + 1.0, lost + 1.0);
    double const r = static_cast<double>(attempt_);
    if (lost > won && evidence >= 1.0 + 2.0 * r * r / delta_) unproven_.erase(x);
    return won > lost && evidence >= 1.0 + static_cast<double>(k_) / kappa_;
  }

  std::size_t k_;
  double delta_;
  double kappa_;
  std::map<pair, std::vector<double>> outcomes_;
  std::set<pair> open_;
  std::vector<joust::pairing> pass_;
  std::vector<double> b_;
  std::vector<std::size_t> adversary_;
  std::optional<std::size_t> candidate_;
  std::set<std::size_t> unproven_;
  std::size_t last_ = 0;
  bool fresh_ = true;
  std::uint64_t attempt_ = 0;
};

}  // namespace textbook
