// SPDX-License-Identifier: MIT
//
// Moments of sigmoid(D) for a Gaussian advantage D: how likely the first wins when its advantage is
// uncertain, and how uncertain that likelihood is. SEA's best-arm rule maximises the latter.
//
//   cost    13 exponentials, or 61 complementary error functions above a deviation of 1.5; no allocation
//   source  Trefethen & Weideman, SIAM Review 56(3), 2014: the trapezoidal rule converges exponentially here
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include <joust/core/sigmoid.hpp>

namespace joust {

/// Mean and variance of a random probability.
struct probability_moments {
  double mean = 0.5;
  double variance = 0.0;
};

/// Mean and variance of sigmoid(D), D normal with the given mean and variance. Absolute error below 1e-8
/// everywhere; the variance keeps its relative precision as `variance` goes to 0 (1e-8 below 0.01). Arguments
/// finite, variance >= 0 (unchecked).
///
/// sigmoid(mean + s z) has its nearest poles at distance pi/s from the real z axis, so step h errs by about
/// exp(-2 pi^2 / (s h)): too much for large s. There, E f(D) = integral of f'(x) P(D > x) dx is used instead,
/// whose integrand varies at scale 1 whatever s is.
[[nodiscard]] inline probability_moments logistic_normal(double mean, double variance) noexcept {
  double const s = std::sqrt(variance);
  if (s <= 1.5) {
    constexpr double step = 0.5;
    constexpr std::size_t nodes = 13;  // z = step, 2 step, ..., 6.5: the Gaussian mass beyond is 8e-11
    static std::array<double, nodes> const weights = [] {
      std::array<double, nodes> w{};
      double total = 0.5;  // half the node at 0; with its mirror image each weight counts twice
      for (std::size_t k = 0; k < nodes; ++k) {
        double const z = step * static_cast<double>(k + 1);
        w[k] = std::exp(-0.5 * z * z);
        total += w[k];
      }
      for (double& weight : w) weight /= 2.0 * total;
      return w;
    }();
    // The moments are taken of the differences to sigmoid(mean), which are found without subtracting: with
    // e = exp(h) - 1, sigmoid(m + h) - sigmoid(m) = slope(m) e / (1 + sigmoid(m) e), and for -h the same with
    // the sign and sigmoid(-m). No digit is lost, however small h or the slope are.
    double const win = sigmoid(mean);
    double const loss = sigmoid(-mean);
    double const slope = sigmoid_slope(mean);
    std::array<double, nodes> above{};
    std::array<double, nodes> below{};
    double shift = 0.0;
    for (std::size_t k = 0; k < nodes; ++k) {
      double const e = std::expm1(s * step * static_cast<double>(k + 1));
      above[k] = slope * e / (1.0 + win * e);
      below[k] = -slope * e / (1.0 + loss * e);
      shift += weights[k] * (above[k] + below[k]);
    }
    double spread = shift * shift;  // the node at 0, whose weight is what the others leave
    for (std::size_t k = 0; k < nodes; ++k) {
      double const up = above[k] - shift;
      double const down = below[k] - shift;
      spread += weights[k] * (up * up + down * down - 2.0 * shift * shift);
    }
    return {win + shift, spread};
  }
  // Step 2/3 over |x| <= 20: the neglected tails are 2e-9, the discretisation errs by less.
  constexpr double step = 2.0 / 3.0;
  double first = 0.0;
  double second = 0.0;
  for (int k = -30; k <= 30; ++k) {
    double const x = step * k;
    double const survival = 0.5 * std::erfc((x - mean) / (s * 1.41421356237309504880));  // P(D > x)
    double const mass = step * sigmoid_slope(x) * survival;
    first += mass;
    second += 2.0 * sigmoid(x) * mass;
  }
  return {first, std::fmax(0.0, second - first * first)};
}

}  // namespace joust
