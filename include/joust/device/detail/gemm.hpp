// SPDX-License-Identifier: MIT
//
// Matrix products in device memory, one or a batch of equal shape: by cuBLAS on a GPU, elsewhere by Eigen,
// which is given tiles of the result to compute on all cores. Matrices are column-major, as in BLAS: element
// (i, j) lies at data[i + j * lead].
//
//   needs   Eigen on a host; on a GPU cuBLAS, linked, and a CUDA of version 11.4 or newer
//   cost    rows x columns x inner multiply-adds for each product of the batch; nothing is copied, but by
//           Eigen to its packing buffers and where a host imitates another number format
//   repeat  on a host always, whatever the number of threads: the tiles are the same. On a GPU as cuBLAS:
//           same version, same GPU, one queue
//   source  Dongarra et al., "A set of level 3 basic linear algebra subprograms", ACM TOMS 16, 1990
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cublas_v2.h>
#else
#include <Eigen/Core>
#if defined(_OPENMP)
#include <omp.h>
#endif
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// In which numbers the factors of a matrix product of floats are multiplied. Sums are always kept in floats.
///
/// A GPU multiplies short numbers several times faster. A host is no faster for them: it rounds the factors
/// first, to the nearest number of the format, so that what is lost can be measured there too.
enum class math : unsigned char {
  full,  ///< the elements' own, nothing is lost
  tf32,  ///< 10 bits behind the point and the exponents of float: relative errors of 2^-11 a factor
  bf16,  ///< 7 bits behind the point and the exponents of float: relative errors of 2^-8 a factor
};

/// The names of the formats, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(math) noexcept {
  return {"full", "tf32", "bf16"};
}

namespace detail {

/// result (rows x columns) := left (rows x inner) right (inner x columns), `count` times.
struct gemm_size {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t inner = 0;
  std::size_t count = 1;
};

/// A factor of every product of the batch: that of product n starts at data + n * stride. Where `transposed`,
/// what is stored is the transpose of the factor.
template <class Scalar>
struct gemm_factor {
  Scalar const* data = nullptr;
  std::size_t lead = 0;
  bool transposed = false;
  std::size_t stride = 0;
};

/// The results. They must not overlap each other or a factor; with `add` they are added to what is there.
template <class Scalar>
struct gemm_result {
  Scalar* data = nullptr;
  std::size_t lead = 0;
  bool add = false;
  std::size_t stride = 0;
};

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

/// Throws device_error, "<doing>: <what cuBLAS says>", unless the call succeeded.
inline void check_cublas(cublasStatus_t code, char const* doing) {
  if (code == CUBLAS_STATUS_SUCCESS) return;
  throw device_error{std::string{doing} + ": " + cublasGetStatusString(code)};
}

/// What matrix products need beside their factors: a handle of cuBLAS, and the numbers to multiply in. One
/// thread uses it at a time.
class gemm_context {
 public:
  /// Throws device_error where there is no GPU.
  explicit gemm_context(math numbers = math::full) : numbers_{numbers} {
    check_cublas(cublasCreate(&handle_), "starting cuBLAS");
  }
  gemm_context(gemm_context&& other) noexcept
      : numbers_{other.numbers_}, handle_{std::exchange(other.handle_, nullptr)} {}
  gemm_context& operator=(gemm_context&& other) noexcept {
    std::swap(numbers_, other.numbers_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~gemm_context() {
    if (handle_ != nullptr) static_cast<void>(cublasDestroy(handle_));
  }

  [[nodiscard]] math numbers() const noexcept { return numbers_; }

  template <class Scalar>
  void multiply(queue const& order, gemm_size const& size, gemm_factor<Scalar> const& left,
                gemm_factor<Scalar> const& right, gemm_result<Scalar> const& result) {
    check_cublas(cublasSetStream(handle_, order.stream()), "giving cuBLAS its stream");
    constexpr cudaDataType_t type = std::is_same_v<Scalar, double> ? CUDA_R_64F : CUDA_R_32F;
    cublasComputeType_t const compute = std::is_same_v<Scalar, double> ? CUBLAS_COMPUTE_64F
                                        : numbers_ == math::tf32       ? CUBLAS_COMPUTE_32F_FAST_TF32
                                        : numbers_ == math::bf16       ? CUBLAS_COMPUTE_32F_FAST_16BF
                                                                       : CUBLAS_COMPUTE_32F;
    auto const turned = [](gemm_factor<Scalar> const& of) {
      return of.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    };
    auto const whole = [](std::size_t value) { return static_cast<int>(value); };
    auto const stride = [](std::size_t value) { return static_cast<long long>(value); };
    Scalar const once{1};
    Scalar const kept{result.add ? Scalar{1} : Scalar{0}};
    if (size.count == 1) {
      check_cublas(cublasGemmEx(handle_, turned(left), turned(right), whole(size.rows), whole(size.columns),
                                whole(size.inner), &once, left.data, type, whole(left.lead), right.data, type,
                                whole(right.lead), &kept, result.data, type, whole(result.lead), compute,
                                CUBLAS_GEMM_DEFAULT),
                   "multiplying matrices");
    } else {
      check_cublas(cublasGemmStridedBatchedEx(handle_, turned(left), turned(right), whole(size.rows),
                                              whole(size.columns), whole(size.inner), &once, left.data, type,
                                              whole(left.lead), stride(left.stride), right.data, type,
                                              whole(right.lead), stride(right.stride), &kept, result.data,
                                              type, whole(result.lead), stride(result.stride),
                                              whole(size.count), compute, CUBLAS_GEMM_DEFAULT),
                   "multiplying a batch of matrices");
    }
  }

 private:
  math numbers_;
  cublasHandle_t handle_ = nullptr;
};

#else

/// While it lives, products of Eigen run on the thread that asks for them. The cores are shared out by tiles
/// already; and where the threads are not OpenMP's, or there shall be one, Eigen would not know.
class eigen_on_one_thread {
 public:
#if defined(_OPENMP)
  eigen_on_one_thread() noexcept : before_{omp_get_max_threads()} {
    if (before_ != 1) omp_set_num_threads(1);  // of this thread's own parallel regions
  }
  ~eigen_on_one_thread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
#else
  eigen_on_one_thread() = default;
#endif
  eigen_on_one_thread(eigen_on_one_thread const&) = delete;
  eigen_on_one_thread& operator=(eigen_on_one_thread const&) = delete;

 private:
#if defined(_OPENMP)
  int before_;
#endif
};

/// One tile of one result for each index. Small enough that there are several for each core, large enough
/// that packing their factors anew costs few percent. One core alone takes each result as a whole.
template <class Scalar>
struct product_tile {
  static constexpr bool whole = THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CPP;
  static constexpr std::size_t most_rows = whole ? (std::numeric_limits<int>::max)() : 1024;
  static constexpr std::size_t most_columns = whole ? (std::numeric_limits<int>::max)() : 320;

  gemm_size size;
  gemm_factor<Scalar> left;
  gemm_factor<Scalar> right;
  gemm_result<Scalar> result;

  [[nodiscard]] std::size_t down() const noexcept { return (size.rows + most_rows - 1) / most_rows; }
  [[nodiscard]] std::size_t across() const noexcept {
    return (size.columns + most_columns - 1) / most_columns;
  }

  void operator()(std::size_t index) const {
    using matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    using step = Eigen::OuterStride<Eigen::Dynamic>;
    using view = Eigen::Map<matrix, Eigen::Unaligned, step>;
    using const_view = Eigen::Map<matrix const, Eigen::Unaligned, step>;
    auto const index_of = [](std::size_t value) { return static_cast<Eigen::Index>(value); };

    std::size_t const n = index / (down() * across());
    std::size_t const high = (size.rows + down() - 1) / down();
    std::size_t const wide = (size.columns + across() - 1) / across();
    std::size_t const row = index % down() * high;
    std::size_t const column = index / down() % across() * wide;
    auto const rows = (std::min)(high, size.rows - row);
    auto const columns = (std::min)(wide, size.columns - column);
    view to{result.data + n * result.stride + column * result.lead + row, index_of(rows), index_of(columns),
            step{index_of(result.lead)}};
    auto const write = [&](auto const& a, auto const& b) {
      [[maybe_unused]] eigen_on_one_thread const alone;
      if (result.add) {
        to.noalias() += a * b;
      } else {
        to.noalias() = a * b;
      }
    };
    auto const with_right = [&](auto const& a) {
      Scalar const* const data = right.data + n * right.stride;
      step const by{index_of(right.lead)};
      if (right.transposed) {
        write(a, const_view{data + column, index_of(columns), index_of(size.inner), by}.transpose());
      } else {
        write(a, const_view{data + column * right.lead, index_of(size.inner), index_of(columns), by});
      }
    };
    Scalar const* const data = left.data + n * left.stride;
    step const by{index_of(left.lead)};
    if (left.transposed) {
      with_right(const_view{data + row * left.lead, index_of(size.inner), index_of(rows), by}.transpose());
    } else {
      with_right(const_view{data + row, index_of(rows), index_of(size.inner), by});
    }
  }
};

/// The nearest number of the format, ties to the even one. Not finite numbers stay what they are.
[[nodiscard]] inline float rounded(float value, math numbers) noexcept {
  auto const dropped = numbers == math::bf16 ? 16U : numbers == math::tf32 ? 13U : 0U;
  auto bits = std::bit_cast<std::uint32_t>(value);
  if (dropped == 0 || (bits & 0x7f800000U) == 0x7f800000U) return value;
  bits += (1U << (dropped - 1)) - 1 + ((bits >> dropped) & 1U);
  return std::bit_cast<float>(bits & ~((1U << dropped) - 1));
}

/// One column of a stored factor for each index, rounded and laid out without gaps.
struct rounded_column {
  float const* from;
  float* to;
  std::size_t rows, columns, lead, stride;
  math numbers;

  void operator()(std::size_t index) const noexcept {
    float const* const source = from + index / columns * stride + index % columns * lead;
    for (std::size_t i = 0; i < rows; ++i) to[index * rows + i] = rounded(source[i], numbers);
  }
};

/// What matrix products need beside their factors: the numbers to multiply in, and room for rounded factors.
/// One thread uses it at a time.
class gemm_context {
 public:
  explicit gemm_context(math numbers = math::full) : numbers_{numbers} {}

  [[nodiscard]] math numbers() const noexcept { return numbers_; }

  template <class Scalar>
  void multiply(queue const& order, gemm_size const& size, gemm_factor<Scalar> left,
                gemm_factor<Scalar> right, gemm_result<Scalar> const& result) {
    if constexpr (std::is_same_v<Scalar, float>) {
      if (numbers_ != math::full) {
        left = round_factor(order, left, size.rows, size.inner, size.count, left_);
        right = round_factor(order, right, size.inner, size.columns, size.count, right_);
      }
    }
    product_tile<Scalar> const tile{size, left, right, result};
    for_each_index(order, tile.down() * tile.across() * size.count, tile);
  }

 private:
  [[nodiscard]] gemm_factor<float> round_factor(queue const& order, gemm_factor<float> const& of,
                                                std::size_t rows, std::size_t columns, std::size_t count,
                                                buffer<float>& room) const {
    if (of.transposed) std::swap(rows, columns);
    room.resize(rows * columns * count);
    for_each_index(order, columns * count,
                   rounded_column{of.data, room.data(), rows, columns, of.lead, of.stride, numbers_});
    return {room.data(), rows, of.transposed, rows * columns};
  }

  math numbers_;
  buffer<float> left_, right_;
};

#endif

/// result := left right, or result += left right, for every product of the batch. Nothing happens where a
/// result has no elements.
///
/// Throws std::invalid_argument for a size that cuBLAS cannot count, for a lead shorter than a column, and
/// for doubles with another format than full; device_error where the GPU refuses.
template <class Scalar>
void gemm(queue const& order, gemm_context& with, gemm_size const& size, gemm_factor<Scalar> const& left,
          gemm_factor<Scalar> const& right, gemm_result<Scalar> const& result) {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>,
                "matrix products are of float or double");
  if (size.rows == 0 || size.columns == 0 || size.count == 0) return;
  if (std::is_same_v<Scalar, double> && with.numbers() != math::full) {
    joust::detail::reject("math", names_of(math{})[static_cast<std::size_t>(with.numbers())],
                          "full: doubles are multiplied as doubles");
  }
  if (size.inner == 0) joust::detail::reject("inner", "0", "at least 1");
  constexpr auto most = static_cast<std::size_t>((std::numeric_limits<int>::max)());
  for (std::size_t const value :
       {size.rows, size.columns, size.inner, size.count, left.lead, right.lead, result.lead}) {
    if (value > most) joust::detail::reject("size", joust::detail::text(value), "below 2^31");
  }
  auto const check_lead = [](std::string_view what, std::size_t lead, std::size_t column) {
    if (lead < column) {
      joust::detail::reject(what, joust::detail::text(lead),
                            "at least " + joust::detail::text(column) + ", the length of a column");
    }
  };
  check_lead("left.lead", left.lead, left.transposed ? size.inner : size.rows);
  check_lead("right.lead", right.lead, right.transposed ? size.columns : size.inner);
  check_lead("result.lead", result.lead, size.rows);
  with.multiply(order, size, left, right, result);
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
