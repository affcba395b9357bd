// SPDX-License-Identifier: MIT
//
// Mean and variance of numbers that come one at a time. No square is ever taken of a number that is not
// small, and numbers that are all equal have a variance of exactly 0.
//
//   repeat  the same numbers in the same order give the same moments, on devices too: nothing is fused there
//   source  Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics
//           4, 1962
#pragma once

#include <joust/core/host_device.hpp>

namespace joust::detail {

// The product, rounded. A compiler for devices would fuse it with the sum that it goes into, which rounds
// once where the host rounds twice.
[[nodiscard]] JOUST_HOST_DEVICE inline double rounded_product(double a, double b) noexcept {
#if defined(__CUDA_ARCH__)
  return __dmul_rn(a, b);
#else
  return a * b;
#endif
}

// Takes the n-th number into the mean and the sum of squares about it, both 0 before the first; part = 1 / n.
JOUST_HOST_DEVICE inline void add_to_moments(double& mean, double& sum, double value, double part) noexcept {
  double const off = value - mean;
  mean += rounded_product(off, part);
  sum += rounded_product(off, value - mean);
}

}  // namespace joust::detail
