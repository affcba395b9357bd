// SPDX-License-Identifier: MIT
//
// Five numbers for a sample of replications: several dueling algorithms have heavy-tailed regret, so
// quantiles stand beside the mean and its standard error.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace joust {

/// Location and spread of a sample. Everything is NaN for an empty sample, the standard error also for a
/// single value.
struct summary {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double standard_error =
      std::numeric_limits<double>::quiet_NaN();  ///< of the mean: sd / sqrt(n), sd with n - 1
  double q05 = std::numeric_limits<double>::quiet_NaN();
  double q50 = std::numeric_limits<double>::quiet_NaN();
  double q95 = std::numeric_limits<double>::quiet_NaN();
  std::size_t count = 0;
};

/// Summarises the values; quantiles interpolate linearly between order statistics (the default of R and
/// NumPy). O(n log n).
[[nodiscard]] inline summary summarize(std::vector<double> values) {
  summary result;
  result.count = values.size();
  if (values.empty()) return result;
  std::sort(values.begin(), values.end());
  auto const n = static_cast<double>(values.size());
  double sum = 0.0;
  for (double const v : values) sum += v;
  result.mean = sum / n;
  if (values.size() > 1) {
    double squares = 0.0;
    for (double const v : values) squares += (v - result.mean) * (v - result.mean);
    result.standard_error = std::sqrt(squares / (n - 1.0) / n);
  }
  auto const quantile = [&](double q) {
    double const position = q * (n - 1.0);
    auto const below = static_cast<std::size_t>(position);
    std::size_t const above = std::min(below + 1, values.size() - 1);
    double const share = position - static_cast<double>(below);
    return values[below] + share * (values[above] - values[below]);
  };
  result.q05 = quantile(0.05);
  result.q50 = quantile(0.50);
  result.q95 = quantile(0.95);
  return result;
}

}  // namespace joust
