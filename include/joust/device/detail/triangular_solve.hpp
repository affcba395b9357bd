// SPDX-License-Identifier: MIT
//
// A triangular system with many right sides, in device memory: by cuBLAS on a GPU, elsewhere by Eigen on
// blocks of columns that the cores share.
//
//   needs   Eigen on a host; on a GPU cuBLAS, linked
//   cost    d^2 operations per right side; on a host 32 d more, and 10 d^2 for the factor
//   repeat  on a host always, whatever the number of threads: the blocks do not depend on it
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/device/detail/gemm.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cublas_v2.h>
#else
#include <Eigen/Core>
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

/// Which triangular system is solved: L x = b or L' x = b.
enum class solve_with : bool { factor, transposed_factor };

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

template <class T>
class triangular_solver {
 public:
  triangular_solver() { check_cublas(cublasCreate(&handle_), "starting cuBLAS"); }
  ~triangular_solver() {
    if (handle_ != nullptr) static_cast<void>(cublasDestroy(handle_));
  }
  triangular_solver(triangular_solver&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
  triangular_solver& operator=(triangular_solver&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  /// Solves in place for `count` columns of length d, one after another in memory. `factor` is lower
  /// triangular, by columns; what is above its diagonal is not read.
  void solve(queue const& order, solve_with side, std::size_t d, T const* factor, T* columns,
             std::size_t count) const {
    check_cublas(cublasSetStream(handle_, order.stream()), "giving cuBLAS its stream");
    auto const transposed = side == solve_with::factor ? CUBLAS_OP_N : CUBLAS_OP_T;
    auto const length = static_cast<int>(d);
    T const one{1};
    for (std::size_t first = 0; first < count; first += most) {
      T* const block = columns + first * d;
      auto const width = static_cast<int>((std::min)(most, count - first));
      if constexpr (std::is_same_v<T, double>) {
        check_cublas(cublasDtrsm(handle_, CUBLAS_SIDE_LEFT, CUBLAS_FILL_MODE_LOWER, transposed,
                                 CUBLAS_DIAG_NON_UNIT, length, width, &one, factor, length, block, length),
                     "solving a triangular system");
      } else {
        check_cublas(cublasStrsm(handle_, CUBLAS_SIDE_LEFT, CUBLAS_FILL_MODE_LOWER, transposed,
                                 CUBLAS_DIAG_NON_UNIT, length, width, &one, factor, length, block, length),
                     "solving a triangular system");
      }
    }
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 20U;  // columns in one call: its counts are ints

  cublasHandle_t handle_ = nullptr;
};

#else

// Eigen's own solve is several times slower than its products for systems of this size. Here only the blocks
// on the diagonal are solved, by their inverses, which are made once for all right sides; the rest is
// products.
template <class T>
struct solve_block {
  static constexpr std::size_t width = 128;  // right sides of one call
  static constexpr std::size_t height = 32;  // of a block on the diagonal

  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using tile = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, height, width>;

  solve_with side;
  std::size_t dimension;
  T const* factor;
  T const* inverses;  // of the diagonal's blocks, height x height each, the last one smaller
  T* columns;
  std::size_t count;

  // The inverses for a factor.
  [[nodiscard]] static std::vector<T> inverses_of(T const* factor, std::size_t dimension) {
    std::vector<T> result((dimension + height - 1) / height * height * height);
    auto const d = static_cast<Eigen::Index>(dimension);
    Eigen::Map<matrix const> const lower{factor, d, d};
    for (std::size_t k = 0; k < dimension; k += height) {
      auto const i = static_cast<Eigen::Index>(k);
      auto const n = static_cast<Eigen::Index>((std::min)(height, dimension - k));
      Eigen::Map<matrix> inverse{result.data() + k * height, n, n};
      inverse.setIdentity();
      lower.block(i, i, n, n).template triangularView<Eigen::Lower>().solveInPlace(inverse);
    }
    return result;
  }

  void operator()(std::size_t block) const {
    auto const d = static_cast<Eigen::Index>(dimension);
    std::size_t const first = block * width;
    auto const wide = static_cast<Eigen::Index>((std::min)(width, count - first));
    Eigen::Map<matrix const> const lower{factor, d, d};
    Eigen::Map<matrix> x{columns + first * dimension, d, wide};
    [[maybe_unused]] eigen_on_one_thread const alone;
    constexpr auto high = static_cast<Eigen::Index>(height);
    Eigen::Index const blocks = (d + high - 1) / high;
    for (Eigen::Index step = 0; step < blocks; ++step) {
      Eigen::Index const i = (side == solve_with::factor ? step : blocks - 1 - step) * high;
      Eigen::Index const n = (std::min)(high, d - i);
      Eigen::Map<matrix const> const inverse{inverses + i * high, n, n};
      tile rest = x.middleRows(i, n);
      if (side == solve_with::factor) {
        if (i != 0) rest.noalias() -= lower.block(i, 0, n, i) * x.topRows(i);
        x.middleRows(i, n).noalias() = inverse * rest;
      } else {
        Eigen::Index const below = d - i - n;
        if (below != 0) rest.noalias() -= lower.block(i + n, i, below, n).transpose() * x.bottomRows(below);
        x.middleRows(i, n).noalias() = inverse.transpose() * rest;
      }
    }
  }
};

/// As above, on a host.
template <class T>
class triangular_solver {
 public:
  void solve(queue const& order, solve_with side, std::size_t d, T const* factor, T* columns,
             std::size_t count) const {
    using block = solve_block<T>;
    std::vector<T> const inverses = block::inverses_of(factor, d);
    for_each_index(order, (count + block::width - 1) / block::width,
                   block{side, d, factor, inverses.data(), columns, count});
  }
};

#endif

}  // namespace detail

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
