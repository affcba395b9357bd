// SPDX-License-Identifier: MIT
//
// Standard normal numbers that kernels can draw: one 64-bit word, one number, by the inverse of the normal
// distribution function. Boost's normal_distribution reads tables of the host and a varying number of words;
// here number j of a stream is a function of its word j, so that any thread may draw any number.
//
//   needs   a stream of full 64-bit words (core/stream.hpp)
//   cost    two polynomials of degree 7 and a division; a root and a logarithm for 15 % of the words
//   repeat  the same numbers on every system up to the rounding of products and sums, which compilers may
//           fuse, and of the logarithm; not those of Boost
//   source  Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics
//           37(3), 1988, PPND16
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// A polynomial, its coefficients from the highest power down.
template <class... Lower>
[[nodiscard]] JOUST_HOST_DEVICE constexpr double polynomial(double x, double highest,
                                                            Lower... lower) noexcept {
  double value = highest;
  ((value = value * x + lower), ...);
  return value;
}

// A word's probability p, (n + 1/2) / 2^53 with n its upper 53 bits, as its distance to 1/2 and to the nearer
// end. Both are exact: 2 n + 1 - 2^53 is an odd number below 2^53. A probability close to 1 itself would lose
// the upper tail to rounding.
inline constexpr std::int64_t normal_half = std::int64_t{1} << 53U;

[[nodiscard]] JOUST_HOST_DEVICE inline double distance_to_half(std::uint64_t word) noexcept {
  return static_cast<double>(2 * static_cast<std::int64_t>(word >> 11U) + 1 - normal_half) * 0x1p-54;
}
[[nodiscard]] JOUST_HOST_DEVICE inline double distance_to_end(std::uint64_t word) noexcept {
  std::int64_t const centred = 2 * static_cast<std::int64_t>(word >> 11U) + 1 - normal_half;
  return static_cast<double>(normal_half - (centred < 0 ? -centred : centred)) * 0x1p-54;
}

inline constexpr double normal_seam = 0.425;  // up to this |q| the middle's approximation holds

// The quantile of 1/2 + q for |q| <= normal_seam; beyond, a number without meaning.
[[nodiscard]] JOUST_HOST_DEVICE inline double middle_normal(double q) noexcept {
  double const r = 0.180625 - q * q;
  double const above =
      polynomial(r, 2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
                 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
                 1.3314166789178437745e+2, 3.3871328727963666080e0);
  double const below =
      polynomial(r, 5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
                 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
                 4.2313330701600911252e+1, 1.0);
  return q * above / below;
}

// The size of the quantile whose distance to the nearer end is `rest`, beyond the seam.
[[nodiscard]] JOUST_HOST_DEVICE inline double tail_normal(double rest) noexcept {
  double r = std::sqrt(-std::log(rest));
  double size = 0.0;
  if (r <= 5.0) {
    r -= 1.6;
    double const above =
        polynomial(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                   1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                   4.63033784615654529590e0, 1.42343711074968357734e0);
    double const below =
        polynomial(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                   1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                   2.05319162663775882187e0, 1.0);
    size = above / below;
  } else {
    r -= 5.0;
    double const above =
        polynomial(r, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                   2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                   5.46378491116411436990e0, 6.65790464350110377720e0);
    double const below =
        polynomial(r, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                   7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                   5.99832206555887937690e-1, 1.0);
    size = above / below;
  }
  return size;
}

/// The normal number whose probability of not being exceeded is that of the word. Symmetric in distribution,
/// exactly; at most 8.3 in size. Relative error about 1e-15.
[[nodiscard]] JOUST_HOST_DEVICE inline double standard_normal(std::uint64_t word) noexcept {
  double const q = distance_to_half(word);
  if (std::fabs(q) <= normal_seam) return middle_normal(q);
  double const size = tail_normal(distance_to_end(word));
  return q < 0.0 ? -size : size;
}

/// The stream's next `count` normal numbers.
template <class T>
JOUST_HOST_DEVICE inline void draw_normals(stream& random, T* into, std::size_t count) noexcept {
  if constexpr (cut_for_gpu) {
    for (std::size_t j = 0; j < count; ++j) into[j] = static_cast<T>(standard_normal(random()));
  } else {
    // A core does not guess the seam well, and computes the middle for several words at once: so for all of
    // them, and then the tails where it did not apply.
    constexpr std::size_t width = 16;
    for (std::size_t j = 0; j < count; j += width) {
      std::size_t const some = count - j < width ? count - j : width;
      std::uint64_t words[width] = {};
      double numbers[width];
      for (std::size_t i = 0; i < some; ++i) words[i] = random();
      for (std::size_t i = 0; i < width; ++i) numbers[i] = middle_normal(distance_to_half(words[i]));
      for (std::size_t i = 0; i < some; ++i) {
        double const q = distance_to_half(words[i]);
        if (std::fabs(q) > normal_seam) {
          double const size = tail_normal(distance_to_end(words[i]));
          numbers[i] = q < 0.0 ? -size : size;
        }
        into[j + i] = static_cast<T>(numbers[i]);
      }
    }
  }
}

}  // namespace detail

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
