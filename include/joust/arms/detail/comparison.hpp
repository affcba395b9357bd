// SPDX-License-Identifier: MIT
//
// Two arms are compared until it is clear enough which one to go on with: by one who does not mind an error
// where it is small, so that a number of duels that is known beforehand suffices.
//
//   cost    one logarithm and one square root per answer
//   source  Falahatgar, Orlitsky, Pichapati & Suresh, "Maximum Selection and Ranking under Noisy
//           Comparisons", ICML 2017, algorithm 1 (Compare)
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <joust/core/vocabulary.hpp>

namespace joust::detail {

/// Compares arms i and j by duels. With p the chance that i wins and q the share that it has won of n duels,
/// and with a middle m between `lower` and `upper` and h half their distance, it ends as soon as
///
///     abs(q - 1/2 - m) > r(n) - h   or   n >= ln(2 / failure) / 2h^2,
///     r(n) = sqrt(ln(4 n^2 / failure) / 2n),
///
/// with "i is ahead" if q - 1/2 > m. If p - 1/2 >= upper it says so, and if p - 1/2 <= lower it says the
/// opposite, with probability of at least 1 - failure each; in between it may say either.
///
/// Why: the share is ever r(n) too low with probability of at most sum over n of failure / 4n^2 < 0.42
/// failure; otherwise, if p - 1/2 >= m + h, an early end with q - 1/2 < m - (r(n) - h) <= p - 1/2 - r(n)
/// cannot be. At the last duel the share is h too low with probability of at most failure / 2 (Hoeffding).
class comparison {
 public:
  /// None under way.
  comparison() = default;

  comparison(std::size_t i, std::size_t j, double lower, double upper, double failure) noexcept
      : i_{i}, j_{j}, middle_{0.5 * (lower + upper)}, half_{0.5 * (upper - lower)}, failure_{failure} {}

  [[nodiscard]] pairing pair() const noexcept { return {i_, j_}; }
  [[nodiscard]] bool is_about(std::size_t i, std::size_t j) const noexcept {
    return (i == i_ && j == j_) || (i == j_ && j == i_);
  }

  /// Adds an answer of its pair.
  void add(std::size_t first, outcome y) noexcept {
    wins_ += first == i_ ? y : 1.0 - y;
    ++duels_;
  }

  [[nodiscard]] bool over() const noexcept {
    if (duels_ == 0) return false;
    double const n = static_cast<double>(duels_);
    if (n >= std::log(2.0 / failure_) / (2.0 * half_ * half_)) return true;
    double const radius = std::sqrt(std::log(4.0 * n * n / failure_) / (2.0 * n));
    return std::fabs(wins_ / n - 0.5 - middle_) > radius - half_;
  }

  /// Whether arm i is ahead of arm j by more than the middle.
  [[nodiscard]] bool ahead() const noexcept {
    return duels_ > 0 && wins_ / static_cast<double>(duels_) - 0.5 > middle_;
  }

  /// The same duels, seen with other bounds.
  [[nodiscard]] comparison between(double lower, double upper) const noexcept {
    comparison other{i_, j_, lower, upper, failure_};
    other.wins_ = wins_;
    other.duels_ = duels_;
    return other;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("i", self.i_);
    visit("j", self.j_);
    visit("middle", self.middle_);
    visit("half", self.half_);
    visit("failure", self.failure_);
    visit("wins", self.wins_);
    visit("duels", self.duels_);
  }

  /// Whether it is about two different ones of `arms` arms, and can end.
  [[nodiscard]] bool sound(std::size_t arms) const noexcept {
    return i_ < arms && j_ < arms && i_ != j_ && half_ > 0.0 && failure_ > 0.0;
  }

 private:
  std::size_t i_ = 0;
  std::size_t j_ = 0;
  double middle_ = 0.0;
  double half_ = 0.0;
  double failure_ = 0.0;
  double wins_ = 0.0;  // of i
  std::uint64_t duels_ = 0;
};

}  // namespace joust::detail
