// SPDX-License-Identifier: MIT
//
// Learners of the ordinary bandit in their plain form: means and posteriors formed anew from the list of
// rewards, weights as they are printed.
//
// From the stream: UCB: a choice among the arms of largest index (untried ones together), counted by index.
// Thompson sampling: a Beta draw per arm by index, then as UCB. EXP3: draw_uniform, compared with the running
// sum of the chances.
#pragma once

#include <limits>
#include <utility>

#include "../textbook.hpp"

namespace textbook {

/// A learner of the ordinary bandit that remembers every reward.
class sbm {
 public:
  enum class kind { ucb, thompson, exp3 };

  sbm(std::size_t k, kind which, double alpha, double exploration)
      : arms_{k}, kind_{which}, alpha_{alpha}, exploration_{exploration}, log_weights_(k, 0.0) {}

  struct draw {
    std::size_t arm;
    double chance;
  };

  template <class Stream>
  draw advance(Stream& g) {
    ++choices_;
    if (kind_ == kind::exp3) {
      std::vector<double> const p = chances();
      double const u = joust::draw_uniform(g);
      double sum = 0.0;
      for (std::size_t i = 0; i + 1 < arms_; ++i) {
        sum += p[i];
        if (u < sum) return {i, p[i]};
      }
      return {arms_ - 1, p[arms_ - 1]};
    }
    std::vector<double> index(arms_);
    for (std::size_t i = 0; i < arms_; ++i) {
      double n = 0.0;
      double won = 0.0;
      for (auto const& [arm, reward] : rewards_) {
        if (arm != i) continue;
        n += 1.0;
        won += reward;
      }
      if (kind_ == kind::thompson) {
        index[i] = boost::random::beta_distribution<double>{won + 1.0, n - won + 1.0}(g);
      } else {
        double const all = static_cast<double>(rewards_.size());
        index[i] = n == 0.0 ? std::numeric_limits<double>::infinity()
                            : won / n + std::sqrt(alpha_ * std::log(all) / n);
      }
    }
    std::vector<std::size_t> best;
    double const most = *std::max_element(index.begin(), index.end());
    for (std::size_t i = 0; i < arms_; ++i) {
      if (index[i] == most) best.push_back(i);
    }
    return {best[joust::draw_index(best.size(), g)], 1.0};
  }

  void feedback(std::size_t arm, double reward, double chance) {
    rewards_.push_back({arm, reward});
    log_weights_[arm] += mixed() * reward / (static_cast<double>(arms_) * chance);
  }

 private:
  [[nodiscard]] double mixed() const {
    double const k = static_cast<double>(arms_);
    if (exploration_ > 0.0) return exploration_;
    return choices_ > 0 ? std::min(1.0, std::sqrt(k * std::log(k) / choices_)) : 1.0;
  }
  [[nodiscard]] std::vector<double> chances() const {
    double sum = 0.0;
    for (double const w : log_weights_) sum += std::exp(w);
    std::vector<double> p;
    for (double const w : log_weights_) {
      p.push_back((1.0 - mixed()) * std::exp(w) / sum + mixed() / static_cast<double>(arms_));
    }
    return p;
  }

  std::size_t arms_;
  kind kind_;
  double alpha_;
  double exploration_;
  std::vector<double> log_weights_;
  std::vector<std::pair<std::size_t, double>> rewards_;
  double choices_ = 0.0;
};

}  // namespace textbook
