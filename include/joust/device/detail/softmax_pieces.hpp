// SPDX-License-Identifier: MIT
//
// How a row of logits is shared out. A row is cut into pieces whose number depends on the vocabulary alone,
// so that a row's result depends on nothing but the row. A host reads a piece of neighbouring columns, block
// by block: the block's largest logit first, then the exponentials, while the block is in the first cache. On
// a GPU the columns of a piece lie as far apart as there are pieces, and neighbouring threads read
// neighbouring columns.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <joust/core/host_device.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

inline constexpr float lowest_logit = -std::numeric_limits<float>::infinity();

// exp(x) for x of at most 0 (and a little above, as rounding has it), to 2 units in the last place; 0 below
// -87, where floats end; NaN of NaN. Written so that a compiler turns a loop of it into vector instructions,
// as it does with no library function: x = n log 2 + r, exp(x) = 2^n exp(r), |r| <= log(2) / 2.
[[nodiscard]] JOUST_HOST_DEVICE inline float exp_below_zero(float x) {
#if defined(__CUDA_ARCH__)
  return expf(x);
#else
  // Of this float the last digit is worth 1, and the lower bits are n.
  constexpr float rounder = 12582912.0F;
  float const shifted = x * 1.44269504F + rounder;
  float const n = shifted - rounder;
  float const r = (x - n * 0.693359375F) - n * -2.12194440e-4F;  // log 2, in two parts
  float p = 1.9875691500e-4F;  // Cephes' polynomial for exp(r) - 1 - r, over r^2
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  float const power = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) << 23U) + 0x3f800000U);
  return x < -87.0F ? 0.0F : p * power;
#endif
}

// Pieces of a row of logits.
struct row_pieces {
  std::size_t columns;
  std::size_t count;

  // On a host long enough to be worth a call, on a GPU short enough that few rows make many threads.
  static constexpr std::size_t length = cut_for_gpu ? 128 : 4096;

  explicit row_pieces(std::size_t columns_) : columns{columns_}, count{(columns_ + length - 1) / length} {}

  [[nodiscard]] JOUST_HOST_DEVICE portion operator[](std::size_t p) const {
    if constexpr (cut_for_gpu) {
      return {p, columns, count};
    } else {
      return {p * length, (p + 1) * length < columns ? (p + 1) * length : columns, 1};
    }
  }
};

// Columns that are worked on at a time: what a GPU's thread keeps in registers and has under way from memory
// at once; what a host keeps in its first cache.
inline constexpr std::size_t block_length = cut_for_gpu ? 8 : 256;
// Half of the numbers with the other half, until one is left: each step is a loop for vector instructions.
struct larger_of {
  // A comparison with NaN is false: the first is kept.
  JOUST_HOST_DEVICE float operator()(float a, float b) const { return b > a ? b : a; }
};
struct sum_of {
  JOUST_HOST_DEVICE float operator()(float a, float b) const { return a + b; }
};
template <std::size_t count, class Join>
[[nodiscard]] JOUST_HOST_DEVICE float fold(float* x, Join const& join) {
  if constexpr (count > 1) {
    for (std::size_t k = 0; k < count / 2; ++k) x[k] = join(x[k], x[k + count / 2]);
    return fold<count / 2>(x, join);
  } else {
    return x[0];
  }
}

// The next block of a piece as floats, from column `from`; what is missing at its end is `lowest_logit`.
template <class T>
JOUST_HOST_DEVICE void read_block(T const* row, portion const& part, std::size_t from, float* x) {
  std::size_t const step = cut_for_gpu ? part.step : 1;  // known to the compiler, so that it uses vectors
  if (from + (block_length - 1) * step < part.last) {
    for (std::size_t k = 0; k < block_length; ++k) x[k] = static_cast<float>(row[from + k * step]);
  } else {
    for (std::size_t k = 0; k < block_length; ++k) {
      x[k] = from + k * step < part.last ? static_cast<float>(row[from + k * step]) : lowest_logit;
    }
  }
}

// Of some logits x: the largest, and the sum of exp((x - largest) * rate). Where all are -infinity the sum is
// 0; where one is NaN or +infinity it is NaN.
struct scaled_sum {
  float largest = lowest_logit;
  float sum = 0.0F;
};

// What differences are taken to: the largest, unless that is no number to take a difference to.
[[nodiscard]] JOUST_HOST_DEVICE inline float base_of(float largest) {
  return largest == lowest_logit ? 0.0F : largest;
}

// One pass over a piece. The sum so far is scaled down whenever a block has a larger logit than all before.
template <class T>
[[nodiscard]] JOUST_HOST_DEVICE scaled_sum sum_piece(T const* row, portion const& part, float rate) {
  scaled_sum so_far;
  for (std::size_t from = part.first; from < part.last; from += block_length * part.step) {
    float x[block_length];
    read_block(row, part, from, x);
    // Starting from a number, the largest of all is a number; a NaN is met again in the sum.
    float tops[block_length];
    for (std::size_t k = 0; k < block_length; ++k) tops[k] = larger_of{}(so_far.largest, x[k]);
    float const largest = fold<block_length>(tops, larger_of{});
    float const base = base_of(largest);
    for (std::size_t k = 0; k < block_length; ++k) x[k] = exp_below_zero((x[k] - base) * rate);
    if (largest != so_far.largest) so_far.sum *= exp_below_zero((so_far.largest - base) * rate);
    so_far.largest = largest;
    so_far.sum += fold<block_length>(x, sum_of{});
  }
  return so_far;
}

// The sum of `count` sums, `step` apart, in their order, as a double; `largest` becomes the largest of all.
[[nodiscard]] JOUST_HOST_DEVICE inline double merge_sums(scaled_sum const* sums, std::size_t count,
                                                         std::size_t step, float rate, float& largest) {
  largest = lowest_logit;
  for (std::size_t k = 0; k < count; ++k) {
    float const other = sums[k * step].largest;
    largest = other > largest ? other : largest;
  }
  float const base = base_of(largest);
  double sum = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    scaled_sum const other = sums[k * step];
    sum += static_cast<double>(other.sum * exp_below_zero((other.largest - base) * rate));
  }
  return sum;
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
