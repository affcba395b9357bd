// SPDX-License-Identifier: MIT
//
// The tail of a Beta distribution, for kernels: Boost's runs on hosts only. A continued fraction times the
// density; the density in the form that loses no digits where the parameters are large and nearly cancel.
//
//   cost    0.1 to 1 us on a host; some sqrt(alpha + beta) steps of the fraction near the mean
//   repeat  relative error some 1e-14 where alpha + beta is below a million (tests/device/simulate.cpp
//           compares with Boost); exp, log and pow differ between systems in the last digit, and so does this
//   source  DiDonato & Morris, "Algorithm 708", ACM TOMS 1992, eq. 9 (the fraction); Loader, "Fast and
//           Accurate Computation of Binomial Probabilities", 2000 (the density)
#pragma once

#include <cmath>
#include <cstdint>

#include <joust/core/host_device.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// What Stirling's formula leaves of log Gamma(n): log Gamma(n) - (n - 1/2) log n + n - log sqrt(2 pi), for
/// n >= 1.
[[nodiscard]] JOUST_HOST_DEVICE JOUST_OUT_OF_LINE inline double stirling_rest(double n) noexcept {
  // Seven terms of the asymptotic series are good to 1e-15 from 8 on. Below, whole numbers, the usual ones,
  // are looked up; for others the rest of n follows from that of n + 1: it exceeds it by
  // (n + 1/2) log(1 + 1/n) - 1.
  if (n < 8.0 && n == std::floor(n)) {
    constexpr double known[] = {0.0,
                                0.08106146679532725822,
                                0.041340695955409294094,
                                0.027677925684998339149,
                                0.020790672103765093112,
                                0.016644691189821192163,
                                0.013876128823070747999,
                                0.011896709945891770095};
    return known[static_cast<std::int32_t>(n)];
  }
  double carried = 0.0;
  while (n < 8.0) {
    carried += (n + 0.5) * std::log1p(1.0 / n) - 1.0;
    n += 1.0;
  }
  double const r = 1.0 / n;
  double const q = r * r;
  double const series =
      r *
      (1.0 / 12 -
       q * (1.0 / 360 -
            q * (1.0 / 1260 - q * (1.0 / 1680 - q * (1.0 / 1188 - q * (691.0 / 360360 - q * (1.0 / 156)))))));
  return carried + series;
}

/// a log(a / m) + m - a for positive a and m, at least 0.
[[nodiscard]] JOUST_HOST_DEVICE inline double deviance(double a, double m) noexcept {
  double const difference = a - m;
  if (std::fabs(difference) >= 0.1 * (a + m)) return a * std::log(a / m) - difference;
  // With v = (a - m) / (a + m), log(a / m) = 2 (v + v^3 / 3 + v^5 / 5 + ...), and the leading terms cancel in
  // ink instead of in digits. For |v| < 0.1 nine terms are all.
  double const v = difference / (a + m);
  double const w = v * v;
  double const series =
      1.0 / 3 +
      w * (1.0 / 5 +
           w * (1.0 / 7 + w * (1.0 / 9 + w * (1.0 / 11 +
                                              w * (1.0 / 13 + w * (1.0 / 15 + w * (1.0 / 17 + w / 19.0)))))));
  return difference * v + 2.0 * a * v * w * series;
}

/// P(Beta(a, b) <= x), where x is at most the mean a / (a + b) and y = 1 - x.
[[nodiscard]] JOUST_HOST_DEVICE JOUST_OUT_OF_LINE inline double beta_below_mean(double a, double b, double x,
                                                                                double y) noexcept {
  double const n = a + b;
  // x^a y^b / B(a, b)
  double const exponent =
      stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance(a, n * x) - deviance(b, n * y);
  double const density = std::sqrt(a * (b / n) * 0.15915494309189535) * std::exp(exponent);
  if (!(density > 0.0)) return 0.0;
  double const lead = a * y - b * x;
  // The fraction q_0 + p_1 / (q_1 + p_2 / (q_2 + ...)), cut off behind step m, is above / below. Both follow
  // from their predecessors without a division, and may grow without bounds.
  double above = a * (lead + 1.0) / (a + 1.0);
  double below = 1.0;
  double earlier_above = 1.0;
  double earlier_below = 0.0;
  constexpr std::int32_t enough = 1'000'000;  // a hundred times what is ever needed
  for (std::int32_t step = 1; step < enough; ++step) {
    double const m = step;
    double const c = a + 2.0 * m - 1.0;
    double const inverse = 1.0 / (c * (c + 2.0));  // one division for both
    double const x_over_c = x * (c + 2.0) * inverse;
    double const r = m * (b - m) * x_over_c;
    double const p = (a + m - 1.0) * (n + m - 1.0) * x_over_c * r;
    double const q = m + r + (a + m) * (lead + 1.0 + m * (1.0 + y)) * c * inverse;
    double const next_above = q * above + p * earlier_above;
    double const next_below = q * below + p * earlier_below;
    double const last = above * next_below;
    bool const settled = std::fabs(next_above * below - last) <= 4e-16 * std::fabs(last);
    earlier_above = above;
    earlier_below = below;
    above = next_above;
    below = next_below;
    if (settled) break;
    if (above > 0x1p200) {  // products of two must stay numbers
      above *= 0x1p-200;
      below *= 0x1p-200;
      earlier_above *= 0x1p-200;
      earlier_below *= 0x1p-200;
    }
  }
  return density * below / above;
}

/// P(Beta(alpha, beta) > x), alpha and beta at least 1, x in [0, 1].
[[nodiscard]] JOUST_HOST_DEVICE JOUST_OUT_OF_LINE inline double beta_tail(double alpha, double beta,
                                                                          double x) noexcept {
  double const y = 1.0 - x;
  if (alpha == 1.0) return std::pow(y, beta);
  if (beta == 1.0) return 1.0 - std::pow(x, alpha);
  if (!(x > 0.0)) return 1.0;
  if (!(y > 0.0)) return 0.0;
  return x * (alpha + beta) > alpha ? beta_below_mean(beta, alpha, y, x)
                                    : 1.0 - beta_below_mean(alpha, beta, x, y);
}

/// Of two arms that have won a - 1 and b - 1 of their duels, the chance of the one with fewer wins to be the
/// better one: P(Beta(a, b) > 1/2) for a <= b. The same for (b, a).
[[nodiscard]] JOUST_HOST_DEVICE inline double chance_of_trailing(double a, double b) noexcept {
  if (a == b) return 0.5;
  return a < b ? beta_tail(a, b, 0.5) : beta_tail(b, a, 0.5);
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
