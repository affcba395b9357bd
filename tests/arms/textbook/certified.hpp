// SPDX-License-Identifier: MIT
//
// A stopping rule for the Condorcet winner, as a shell around a textbook agent: the capital of every gambler
// is kept, as a product over the answers, and integrated anew after each answer by Simpson's rule.
//
// From the stream: what the agent takes; nothing once it has stopped.
#pragma once

#include "../textbook.hpp"

namespace textbook {

template <class Agent>
class certified {
 public:
  certified(std::size_t k, double confidence) : agent_{k}, arms_{k}, delta_{1.0 - confidence}, shown_{k} {
    capital_.assign(k * k, std::vector<double>(points, 0.0));
    for (std::size_t n = 0; n < points; ++n) {
      log_of_stake_.push_back(std::log(static_cast<double>(n) / static_cast<double>(points / 2)));
    }
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (auto const a = winner()) return {*a, *a};
    return agent_.select(g);
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    agent_.observe(i, j, y);
    wins_[i * arms_ + j] += y;
    wins_[j * arms_ + i] += 1.0 - y;
    bet(i, j, y);
    bet(j, i, 1.0 - y);
  }

  [[nodiscard]] std::optional<std::size_t> winner() const {
    for (std::size_t i = 0; i < arms_; ++i) {
      std::size_t beaten = 0;
      for (std::size_t j = 0; j < arms_; ++j) beaten += shown_(i, j) > 0.0 ? 1U : 0U;
      if (beaten + 1 == arms_) return i;
    }
    return std::nullopt;
  }

  /// The mean capital of the gamblers on i against j: those who stake 0 to 1 on i, and those who stake on j.
  [[nodiscard]] double capital(std::size_t i, std::size_t j, bool all) const {
    std::vector<double> const& logs = capital_[i * arms_ + j];
    double sum = 0.0;
    std::size_t const first = all ? 0 : points / 2;
    for (std::size_t n = first; n < points; ++n) {
      double const weight = n == first || n == points - 1 ? 1.0 : (n - first) % 2 == 1 ? 4.0 : 2.0;
      sum += weight * std::exp(logs[n]);
    }
    return sum / (3.0 * static_cast<double>(points / 2));
  }

 private:
  static constexpr std::size_t points = 401;  // stakes -1, -0.995, ..., 1

  void bet(std::size_t i, std::size_t j, double y) {
    std::vector<double>& logs = capital_[i * arms_ + j];
    for (std::size_t n = 0; n < points; ++n) {
      if (y > 0.0) logs[n] += y * log_of_stake_[n];
      if (y < 1.0) logs[n] += (1.0 - y) * log_of_stake_[points - 1 - n];
    }
    bool const ahead = wins_[i * arms_ + j] > wins_[j * arms_ + i];
    if (ahead && capital(i, j, true) >= 1.0 + static_cast<double>(arms_) / delta_) shown_(i, j) = 1.0;
  }

  Agent agent_;
  std::size_t arms_;
  double delta_;
  table shown_;
  std::vector<std::vector<double>> capital_;
  std::vector<double> log_of_stake_;  // log(1 + s)
  std::vector<double> wins_ = std::vector<double>(arms_ * arms_, 0.0);
};

}  // namespace textbook
