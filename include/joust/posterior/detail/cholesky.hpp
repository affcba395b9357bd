// SPDX-License-Identifier: MIT
//
// What a Gaussian posterior needs from a Cholesky factor L of its precision H = L L', each in place and without
// touching the heap: a rank-one update, two triangular solves, a whitening of many vectors that can follow the
// updates, and a factorisation. Eigen's own forms of the first and the last two allocate work space; here they
// are cut into tiles whose work space fits on the stack.
//
//   cost    multiplications: d^2 / 2 for a solve, 2 d^2 for an update, d^2 / 2 per whitened vector and 4 d per
//           vector to follow an update, d^3 / 6 to factorise
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace joust::detail {

using vector_view = Eigen::Map<Eigen::VectorXd>;
using matrix_view = Eigen::Map<Eigen::MatrixXd>;
using const_matrix_view = Eigen::Map<Eigen::MatrixXd const>;

inline constexpr Eigen::Index cholesky_tile = 64;

// Below this size plain loops are faster than Eigen's panels.
inline constexpr Eigen::Index small_dimension = 16;

// x := L^-1 x.
inline void solve_lower(Eigen::MatrixXd const& lower, vector_view x) noexcept {
  Eigen::Index const n = lower.rows();
  if (n > small_dimension) {
    lower.triangularView<Eigen::Lower>().solveInPlace(x);
    return;
  }
  for (Eigen::Index k = 0; k < n; ++k) {
    double const* const column = lower.data() + k * n;
    x[k] /= column[k];
    for (Eigen::Index i = k + 1; i < n; ++i) x[i] -= column[i] * x[k];
  }
}

// x := L^-T x.
//
// Each entry is a dot product of a column with what is solved already, so a plain loop waits for one sum after
// the other. Four columns at a time, in eight partial sums each, keep a processor's units busy.
inline void solve_lower_transposed(Eigen::MatrixXd const& lower, vector_view x) noexcept {
  constexpr Eigen::Index width = 4;
  constexpr Eigen::Index lanes = 8;
  using partial_sums = Eigen::Array<double, lanes, 1>;
  Eigen::Index const n = lower.rows();
  double* __restrict const solved = x.data();
  Eigen::Index end = n;
  for (; n > small_dimension && end >= width; end -= width) {
    double const* columns[width];
    double inverse[width];  // divisions take long, but these wait for nothing
    for (Eigen::Index j = 0; j < width; ++j) {
      columns[j] = lower.data() + (end - width + j) * n;
      inverse[j] = 1.0 / columns[j][end - width + j];
    }
    partial_sums sums[width];
    for (partial_sums& each : sums) each.setZero();
    Eigen::Index i = end;
    for (; i + lanes <= n; i += lanes) {
      partial_sums const entries = Eigen::Map<partial_sums const>{solved + i};
      for (Eigen::Index j = 0; j < width; ++j)
        sums[j] += Eigen::Map<partial_sums const>{columns[j] + i} * entries;
    }
    double* const block = solved + end - width;
    double left[width];
    for (Eigen::Index j = 0; j < width; ++j) {
      left[j] = block[j] - sums[j].sum();
      for (Eigen::Index m = i; m < n; ++m) left[j] -= columns[j][m] * solved[m];  // what fills no lane
      columns[j] += end - width;
    }
    // The triangle on the diagonal, each step waiting for one product only.
    double const x3 = left[3] * inverse[3];
    double const x2 = (left[2] - columns[2][3] * x3) * inverse[2];
    double const x1 = ((left[1] - columns[1][3] * x3) - columns[1][2] * x2) * inverse[1];
    block[0] = (((left[0] - columns[0][3] * x3) - columns[0][2] * x2) - columns[0][1] * x1) * inverse[0];
    block[1] = x1;
    block[2] = x2;
    block[3] = x3;
  }
  for (Eigen::Index k = end - 1; k >= 0; --k) {
    double const* const column = lower.data() + k * n;
    double sum = solved[k];
    for (Eigen::Index i = k + 1; i < n; ++i) sum -= column[i] * solved[i];
    solved[k] = sum / column[k];
  }
}

// A rotation of a plane: (a, b) -> (cosine a + sine b, cosine b - sine a).
struct rotation {
  double cosine = 1.0;
  double sine = 0.0;
};

// L becomes the factor of L L' + x x'; x is used up.
//
// [L x] [L x]' is the wanted matrix, and stays so when a rotation Q is applied from the right:
// [L x] Q Q' [L x]'. Rotation k turns the plane of column k and x so that x_k vanishes:
//
//   r = sqrt(L_kk^2 + x_k^2), c = L_kk / r, s = x_k / r:
//   (L_ik, x_i) -> (c L_ik + s x_i, c x_i - s L_ik),   i >= k
//
// After all d of them x is zero and L is lower triangular with a positive diagonal: the new factor. Rotations
// are orthogonal, so rounding does not build up over many updates. Four columns share one sweep over the
// rows: x is then read and written once for four columns instead of once for each. The d rotations are noted
// in `turns`, for those who follow.
inline void update_lower(Eigen::MatrixXd& lower, double* __restrict x, rotation* turns) noexcept {
  constexpr Eigen::Index width = 4;
  Eigen::Index const n = lower.rows();
  for (Eigen::Index k = 0; k < n; k += width) {
    Eigen::Index const block = n - k < width ? n - k : width;
    double c[width] = {1.0, 1.0, 1.0, 1.0};
    double s[width] = {};
    for (Eigen::Index j = 0; j < block; ++j) {  // the triangle on the diagonal gives the rotations
      double* const column = lower.data() + (k + j) * n + k;
      double const r = std::sqrt(column[j] * column[j] + x[k + j] * x[k + j]);
      c[j] = column[j] / r;
      s[j] = x[k + j] / r;
      turns[k + j] = {c[j], s[j]};
      column[j] = r;
      for (Eigen::Index i = j + 1; i < block; ++i) {
        double const entry = column[i];
        column[i] = c[j] * entry + s[j] * x[k + i];
        x[k + i] = c[j] * x[k + i] - s[j] * entry;
      }
    }
    if (block < width) break;  // nothing lies below
    double* __restrict const column0 = lower.data() + k * n;
    double* __restrict const column1 = column0 + n;
    double* __restrict const column2 = column1 + n;
    double* __restrict const column3 = column2 + n;
    for (Eigen::Index i = k + width; i < n; ++i) {
      double const x0 = x[i];
      double const entry0 = column0[i];
      double const entry1 = column1[i];
      double const entry2 = column2[i];
      double const entry3 = column3[i];
      double const x1 = c[0] * x0 - s[0] * entry0;
      double const x2 = c[1] * x1 - s[1] * entry1;
      double const x3 = c[2] * x2 - s[2] * entry2;
      column0[i] = c[0] * entry0 + s[0] * x0;
      column1[i] = c[1] * entry1 + s[1] * x1;
      column2[i] = c[2] * entry2 + s[2] * x2;
      column3[i] = c[3] * entry3 + s[3] * x3;
      x[i] = c[3] * x3 - s[3] * entry3;
    }
  }
}

// Every column w of `vectors` becomes L^-1 w.
inline void whiten(Eigen::MatrixXd const& lower, matrix_view vectors) noexcept {
  Eigen::Index const n = lower.rows();
  for (Eigen::Index m = 0; m < vectors.cols(); m += cholesky_tile) {
    auto columns = vectors.middleCols(m, std::min(cholesky_tile, vectors.cols() - m));
    for (Eigen::Index i = 0; i < n; i += cholesky_tile) {
      Eigen::Index const height = std::min(cholesky_tile, n - i);
      auto rows = columns.middleRows(i, height);
      for (Eigen::Index k = 0; k < i; k += cholesky_tile) {
        rows.noalias() -= lower.block(i, k, height, cholesky_tile) * columns.middleRows(k, cholesky_tile);
      }
      lower.block(i, i, height, height).triangularView<Eigen::Lower>().solveInPlace(rows);
    }
  }
}

// Lets whitened vectors follow an update of the factor. With [L x] Q = [L' 0] from update_lower, and w = L^-1 v:
//
//   v = [L x] (w; 0) = [L x] Q Q' (w; 0) = [L' 0] Q' (w; 0),
//
// so the new w = L'^-1 v is what the same rotations make of (w; 0): four multiplications per entry instead of
// a solve. `rows` holds one vector in each of its rows, and `spill`, of as many entries, receives what the
// rotations leave in the last place: |w|^2 falls by its square.
inline void follow_update(matrix_view rows, rotation const* turns, double* __restrict spill) noexcept {
  constexpr Eigen::Index width = 4;
  Eigen::Index const n = rows.cols();
  Eigen::Index const count = rows.rows();
  std::fill(spill, spill + count, 0.0);
  Eigen::Index k = 0;
  for (; k + width <= n; k += width) {  // four coordinates share one sweep, as above
    double* __restrict const w0 = rows.data() + k * count;
    double* __restrict const w1 = w0 + count;
    double* __restrict const w2 = w1 + count;
    double* __restrict const w3 = w2 + count;
    rotation const q0 = turns[k];
    rotation const q1 = turns[k + 1];
    rotation const q2 = turns[k + 2];
    rotation const q3 = turns[k + 3];
    for (Eigen::Index i = 0; i < count; ++i) {
      double const y0 = spill[i];
      double const y1 = q0.cosine * y0 - q0.sine * w0[i];
      double const y2 = q1.cosine * y1 - q1.sine * w1[i];
      double const y3 = q2.cosine * y2 - q2.sine * w2[i];
      spill[i] = q3.cosine * y3 - q3.sine * w3[i];
      w0[i] = q0.cosine * w0[i] + q0.sine * y0;
      w1[i] = q1.cosine * w1[i] + q1.sine * y1;
      w2[i] = q2.cosine * w2[i] + q2.sine * y2;
      w3[i] = q3.cosine * w3[i] + q3.sine * y3;
    }
  }
  for (; k < n; ++k) {
    double* __restrict const w = rows.data() + k * count;
    rotation const q = turns[k];
    for (Eigen::Index i = 0; i < count; ++i) {
      double const y = spill[i];
      spill[i] = q.cosine * y - q.sine * w[i];
      w[i] = q.cosine * w[i] + q.sine * y;
    }
  }
}

// The lower triangle of `matrix` gains that of B B'.
inline void add_outer_products(Eigen::MatrixXd& matrix, const_matrix_view factors) noexcept {
  Eigen::Index const n = matrix.rows();
  for (Eigen::Index j = 0; j < n; j += cholesky_tile) {
    Eigen::Index const width = std::min(cholesky_tile, n - j);
    for (Eigen::Index i = j; i < n; i += cholesky_tile) {
      Eigen::Index const height = std::min(cholesky_tile, n - i);
      matrix.block(i, j, height, width).noalias() +=
          factors.middleRows(i, height) * factors.middleRows(j, width).transpose();
    }
  }
}

// Overwrites the lower triangle of a symmetric matrix by its Cholesky factor. False, with the matrix spoilt,
// if it is not positive definite within rounding.
[[nodiscard]] inline bool factorise(Eigen::MatrixXd& matrix) noexcept {
  Eigen::Index const n = matrix.rows();
  for (Eigen::Index k = 0; k < n; k += cholesky_tile) {
    Eigen::Index const width = std::min(cholesky_tile, n - k);
    Eigen::Ref<Eigen::MatrixXd> pivot = matrix.block(k, k, width, width);
    if (Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>>{pivot}.info() != Eigen::Success) return false;
    for (Eigen::Index i = k + width; i < n; i += cholesky_tile) {
      auto tile = matrix.block(i, k, std::min(cholesky_tile, n - i), width);
      pivot.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(tile);
      for (Eigen::Index j = k + width; j <= i; j += cholesky_tile) {
        auto const other = matrix.block(j, k, std::min(cholesky_tile, n - j), width);
        matrix.block(i, j, tile.rows(), other.rows()).noalias() -= tile * other.transpose();
      }
    }
  }
  return true;
}

}  // namespace joust::detail
