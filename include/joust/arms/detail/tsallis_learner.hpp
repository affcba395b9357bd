// SPDX-License-Identifier: MIT
//
// Tsallis-INF: a learner of the ordinary bandit that does as well as any where losses are independent, and as
// well as any where an adversary chooses them, without being told which. It follows the regularised leader:
// the chances minimise the estimated losses less a multiple of the sum of their square roots.
//
//   cost    chances: O(K) per Newton step, seldom more than six of them; no allocation after construction
//   source  Zimmert & Seldin, "Tsallis-INF: An Optimal Algorithm for Stochastic and Adversarial Bandits",
//           JMLR 2021
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace joust::detail {

/// The chances of the arms: the w on the simplex that minimises
///
///     sum over i of w_i losses[i] - (4 / rate) sqrt(w_i).
///
/// Setting the derivative to a common multiplier x gives w_i = 4 / (rate (losses[i] - x))^2, with the one
/// x < min losses for which they sum to 1.
///
/// x is found by Newton's method on S^(-1/2) - 1, S being the sum. As a function of x, S^(-1/2) is a power
/// mean of the distances losses[i] - x, up to a factor: concave and falling, and a straight line where all
/// distances are equal. At x = min losses - 2 / rate the largest chance is 1, so S >= 1 and the root is to
/// the left; from there a tangent of a concave function never crosses the root, and x falls towards it
/// monotonically. S itself would do, but takes more steps.
inline void tsallis_chances(std::span<double const> losses, double rate, std::span<double> chances) noexcept {
  double const least = *std::min_element(losses.begin(), losses.end());
  double below = 2.0 / rate;  // least - x: differences from the least loss lose no digits in long runs
  double sum = 1.0;
  for (int step = 0; step < 50; ++step) {
    sum = 0.0;
    double cubes = 0.0;  // of the square roots
    for (std::size_t i = 0; i < losses.size(); ++i) {
      double const root = 2.0 / (rate * (losses[i] - least + below));
      chances[i] = root * root;
      sum += chances[i];
      cubes += chances[i] * root;
    }
    if (sum <= 1.0 + 1e-14) break;
    below += 2.0 * (sum * std::sqrt(sum) - sum) / (rate * cubes);  // dS/dx = rate * cubes
  }
  for (double& chance : chances) chance /= sum;
}

}  // namespace joust::detail
