// SPDX-License-Identifier: MIT
//
// Could chance explain it? The bounds behind the kits' statistical laws. The first two hold at every sample
// size, so a kit's false-alarm rate is at most what it states; the third is the normal approximation's.
//
//   source  Hoeffding, JASA 58(301), 1963: the exponential bound for means of [0, 1] variables, theorem 1
#pragma once

#include <cmath>
#include <cstddef>

#include <joust/core/bernoulli_kl.hpp>

namespace joust::laws::detail {

/// Whether `count` independent numbers in [0, 1] with expectation `probability` may well have the mean
/// `share`: false with probability at most `false_alarm` if they have.
[[nodiscard]] inline bool plausible_share(double share, double probability, std::size_t count,
                                          double false_alarm) {
  // A probability of 1 - 1e-17 and one of 1 are the same number; the slack covers sums that round.
  double const slack = 1e-12;
  if (std::fabs(share - probability) <= slack) return true;
  return static_cast<double>(count) * bernoulli_kl(share, probability) <= std::log(2.0 / false_alarm);
}

/// Whether two counts out of equally many independent pairs of draws may well be counts of events of equal
/// probability. Only the pairs in which exactly one side saw the event speak, and each of them is then a fair
/// coin: a sign test, exact whatever the probability is. `only_first` and `only_second` count them.
[[nodiscard]] inline bool plausibly_equal(std::size_t only_first, std::size_t only_second,
                                          double false_alarm) {
  std::size_t const tosses = only_first + only_second;
  if (tosses == 0) return true;
  return plausible_share(static_cast<double>(only_first) / static_cast<double>(tosses), 0.5, tosses,
                         false_alarm);
}

/// The absolute value that a standard normal number exceeds with probability at most `false_alarm`.
[[nodiscard]] inline double standard_score(double false_alarm) {
  return std::sqrt(2.0 * std::log(1.0 / false_alarm));
}

}  // namespace joust::laws::detail
