// SPDX-License-Identifier: MIT
//
// Chances from exponential weights, mixed with a uniform part, and draws from them. The weights are kept as
// logarithms: the sums of estimated rewards grow without bound, and their exponentials would not fit a
// number.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <joust/core/draw.hpp>

namespace joust::detail {

/// An arm and the chance it had.
struct drawn_arm {
  std::size_t arm = 0;
  double chance = 1.0;
};

/// chances[i] = (1 - mixed) exp(rate scores[i]) / sum over j of exp(rate scores[j]) + mixed / K. The largest
/// score is taken off all of them first, so that the largest exponential is 1 and the sum is at least that.
inline void exponential_weights(std::span<double const> scores, double rate, double mixed,
                                std::span<double> chances) noexcept {
  double const largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += chances[i] = std::exp(rate * (scores[i] - largest));
  double const scale = (1.0 - mixed) / sum;
  double const floor = mixed / static_cast<double>(scores.size());
  for (double& chance : chances) chance = chance * scale + floor;
}

/// min(most, sqrt(K ln K / n)): the share of uniform play in the nth round where the horizon is unknown.
[[nodiscard]] inline double anytime_exploration(std::size_t arms, std::uint64_t n, double most) noexcept {
  auto const k = static_cast<double>(arms);
  return std::min(most, std::sqrt(k * std::log(k) / static_cast<double>(n)));
}

/// An arm drawn with the given chances, which sum to 1 up to rounding. One uniform number.
template <class Stream>
[[nodiscard]] drawn_arm draw_arm(std::span<double const> chances, Stream& stream) {
  double rest = draw_uniform(stream);
  std::size_t last = 0;  // rounding may leave a rest behind the last chance: it goes to the last arm with any
  for (std::size_t i = 0; i < chances.size(); ++i) {
    if (chances[i] <= 0.0) continue;
    last = i;
    if (rest < chances[i]) break;
    rest -= chances[i];
  }
  return {last, std::min(chances[last], 1.0)};
}

}  // namespace joust::detail
