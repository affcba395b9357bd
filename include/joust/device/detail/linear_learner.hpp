// SPDX-License-Identifier: MIT
//
// The belief of one replication about a linear reward, in the memory of one thread: N(m, (L L')^-1) over at
// most Size parameters, kept up to date in O(d^2) per answer.
//
//   cost    3 d^2 multiplications per answer, d^2 / 2 per solve; 8 (Size + Size (Size + 1) / 2) bytes
//   repeat  sums in a fixed order: the same decisions on every system, up to the rounding of products and
//           sums that compilers may fuse, of exponentials and roots
//
// An answer y to the contrast z is learnt in one Newton step from the running mean. The past is summed up by
// its quadratic, as in linear_logistic, and the logarithm of the new likelihood by its slope and curvature at
// m:
//
//   w  = sigmoid'(z' m)
//   H' = H + w z z'
//   m' = m + H'^-1 z (y - sigmoid(z' m)) = m + H^-1 z (y - sigmoid(z' m)) / (1 + w z' H^-1 z)
//
// The second form of m' is Sherman's and Morrison's, and needs the old factor only. Nothing is ever refitted:
// the host's linear_logistic finds the exact minimum for the new answer and refits all answers now and then.
#pragma once

#include <cmath>
#include <cstddef>

#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/device/system.hpp>

// A GPU keeps an array in registers if the compiler knows every index, which takes loops written out. Written
// out for long vectors they only make code that no cache holds.
#if defined(__CUDA_ARCH__)
#define JOUST_WRITE_OUT_IF_SHORT _Pragma("unroll (Size <= 8 ? Size : 1)")
#else
#define JOUST_WRITE_OUT_IF_SHORT
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// Vectors have Size entries, of which those beyond the dimension are 0 and stay 0; there the factor is that
// of the prior. So all loops have lengths that the compiler knows: it can vectorise them on a host, and keep
// a small state in a GPU's registers.
template <std::size_t Size>
class linear_learner {
 public:
  JOUST_HOST_DEVICE explicit linear_learner(double prior_precision) {
    double const root = std::sqrt(prior_precision);
    double* column = factor_;
    JOUST_WRITE_OUT_IF_SHORT
    for (std::size_t k = 0; k < Size; column += Size - k, ++k) {
      mean_[k] = 0.0;
      column[0] = root;
      for (std::size_t i = 1; i < Size - k; ++i) column[i] = 0.0;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE double const* mean() const { return mean_; }

  // x := L^-1 x.
  JOUST_HOST_DEVICE void solve(double* x) const {
    double const* column = factor_;  // what is at and below the diagonal
    JOUST_WRITE_OUT_IF_SHORT
    for (std::size_t k = 0; k < Size; column += Size - k, ++k) {
      x[k] /= column[0];
      for (std::size_t i = 1; i < Size - k; ++i) x[k + i] -= column[i] * x[k];
    }
  }

  // x := L^-T x.
  JOUST_HOST_DEVICE void solve_transposed(double* x) const {
    double const* column = factor_ + Size * (Size + 1) / 2;
    JOUST_WRITE_OUT_IF_SHORT
    for (std::size_t k = Size; k-- > 0;) {
      column -= Size - k;
      double sum = x[k];
      for (std::size_t i = 1; i < Size - k; ++i) sum -= column[i] * x[k + i];
      x[k] = sum / column[0];
    }
  }

  // The answer y, the first's share, to the contrast z of features, which is used up. A contrast of 0 teaches
  // nothing.
  JOUST_HOST_DEVICE void learn(double* z, double y) {
    double step[Size];
    double margin = 0.0;
    for (std::size_t k = 0; k < Size; ++k) {
      step[k] = z[k];
      margin += z[k] * mean_[k];
    }
    double const weight = sigmoid_slope(margin);
    solve(step);
    double variance = 0.0;
    for (std::size_t k = 0; k < Size; ++k) variance += step[k] * step[k];
    solve_transposed(step);
    double const length = (y - sigmoid(margin)) / (1.0 + weight * variance);
    double const root = std::sqrt(weight);
    for (std::size_t k = 0; k < Size; ++k) {
      mean_[k] += length * step[k];
      z[k] *= root;
    }
    update(z);
  }

 private:
  // L becomes the factor of L L' + x x' by rotations of each column with x; see update_lower in
  // posterior/detail/cholesky.hpp.
  JOUST_HOST_DEVICE void update(double* x) {
    double* column = factor_;
    JOUST_WRITE_OUT_IF_SHORT
    for (std::size_t k = 0; k < Size; column += Size - k, ++k) {
      double const r = std::sqrt(column[0] * column[0] + x[k] * x[k]);
      double const c = column[0] / r;
      double const s = x[k] / r;
      column[0] = r;
      for (std::size_t i = 1; i < Size - k; ++i) {
        double const entry = column[i];
        column[i] = c * entry + s * x[k + i];
        x[k + i] = c * x[k + i] - s * entry;
      }
    }
  }

  double mean_[Size];
  double factor_[Size * (Size + 1) / 2];  // L by columns, each from its diagonal down
};

}  // namespace detail

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
