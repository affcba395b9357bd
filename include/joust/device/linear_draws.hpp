// SPDX-License-Identifier: MIT
//
// Joint draws of the rewards of all candidates of a batch under one linear posterior: theta_k = m + L^-T z_k
// with z_k standard normal, rewards Phi theta_k. The rewards come in the layout that selection reads, one row
// per draw.
//
//   needs   linear_posterior; candidates by rows, contexts by offsets
//   cost    K d^2 + 2 N K d operations for K draws of N candidates that all contexts share; B K d^2 more for
//           draws of each of B contexts, and up to 32 MiB of work space
//   repeat  the same posterior, features and stream give the same draws: the same bits for any number of
//           threads of a host system, the same up to rounding across systems
//   source  Rasmussen & Williams, "Gaussian Processes for Machine Learning", 2006, section 2.1
//
// Draws that contexts share are one solve with K right sides and one matrix product. Each context then sees
// draws of the right distribution, but contexts are dependent: a theta that favours what is unlikely does so
// everywhere at once. For decisions that are each judged by themselves, and for the mean of a batch, this
// changes nothing; the spread of a batch's regret, and what a batch teaches, it does change. Draws of each
// context are independent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/detail/normal.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/triangular_solve.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/linear_posterior.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// Coordinates of z, some of one draw per index. Draw k of context b is drawn from root.child(b).child(k), or
// draw k of the batch from root.child(k); coordinate j is word j.
template <class T>
struct fill_normals {
  static constexpr std::size_t width = 32;  // coordinates that share the splitting of the stream

  stream root;
  std::size_t dimension;
  std::size_t first_context;
  std::size_t draws;  // of each context; 0: contexts share them
  T* columns;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const parts = (dimension + width - 1) / width;
    std::size_t const column = i / parts;
    std::size_t const begin = i % parts * width;
    std::size_t const end = begin + width < dimension ? begin + width : dimension;
    stream random =
        draws == 0 ? root.child(column) : root.child(first_context + column / draws).child(column % draws);
    random.discard(begin);
    draw_normals(random, columns + column * dimension + begin, end - begin);
  }
};

// Moves each column by the mean.
template <class T>
struct add_mean {
  T const* mean;
  std::size_t dimension;
  T* columns;

  JOUST_HOST_DEVICE void operator()(std::size_t column) const {
    for (std::size_t j = 0; j < dimension; ++j) columns[column * dimension + j] += mean[j];
  }
};

// One reward of a candidate under a draw of its own context; candidates run fastest.
template <class T>
struct score_own {
  std::size_t dimension;
  T const* features;
  std::size_t const* offsets;
  std::size_t first_context;
  std::size_t contexts;  // from first_context on
  std::size_t draws;
  T const* parameters;
  T* rewards;
  std::size_t stride;
  std::size_t first;  // candidate of the first of these contexts
  std::size_t count;  // candidates of these contexts

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const candidate = first + i % count;
    std::size_t const draw = i / count;
    std::size_t low = first_context;  // offsets[low] <= candidate < offsets[high]
    std::size_t high = first_context + contexts;
    while (high - low > 1) {
      std::size_t const middle = low + (high - low) / 2;
      (offsets[middle] <= candidate ? low : high) = middle;
    }
    T const* const phi = features + candidate * dimension;
    T const* const theta = parameters + ((low - first_context) * draws + draw) * dimension;
    T sum{0};
    for (std::size_t j = 0; j < dimension; ++j) sum += phi[j] * theta[j];
    rewards[draw * stride + candidate] = sum;
  }
};

#if THRUST_DEVICE_SYSTEM != THRUST_DEVICE_SYSTEM_CUDA
// All rewards of one context under its own draws.
template <class T>
struct score_context {
  std::size_t dimension;
  T const* features;
  std::size_t const* offsets;
  std::size_t first_context;
  std::size_t draws;
  T const* parameters;
  T* rewards;
  std::size_t stride;

  void operator()(std::size_t i) const {
    using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    std::size_t const begin = offsets[first_context + i];
    auto const d = static_cast<Eigen::Index>(dimension);
    auto const count = static_cast<Eigen::Index>(offsets[first_context + i + 1] - begin);
    auto const columns = static_cast<Eigen::Index>(draws);
    if (count == 0) return;
    Eigen::Map<matrix const> const phi{features + begin * dimension, d, count};
    Eigen::Map<matrix const> const theta{parameters + i * draws * dimension, d, columns};
    Eigen::Map<matrix, Eigen::Unaligned, Eigen::OuterStride<>> result{
        rewards + begin, count, columns, Eigen::OuterStride<>{static_cast<Eigen::Index>(stride)}};
    [[maybe_unused]] eigen_on_one_thread const alone;
    result.noalias() = phi.transpose() * theta;
  }
};
#endif

}  // namespace detail

/// Draws rewards in batches. It holds work space, which grows to what the largest batch needed; on a GPU two
/// queues need two of them.
template <class T = double>
class linear_draws {
 public:
  /// `draws` draws that all contexts share: rewards[k * stride + i] for candidate i under draw k, drawn from
  /// root.child(k).
  ///
  /// `features` are the candidates, d numbers each, one after another; `stride` is at least their number, and
  /// what lies in `rewards` between the rows is left alone. A candidate whose features are not finite has no
  /// effect on the others. Throws std::invalid_argument, before anything is changed, for other lengths, and
  /// std::bad_alloc or device_error where memory ends.
  void operator()(queue const& order, linear_posterior<T> const& posterior, std::span<T const> features,
                  std::size_t draws, stream const& root, std::span<T> rewards, std::size_t stride) {
    std::size_t const d = posterior.dimension();
    std::size_t const count = candidates_in(features, d);
    require_room(count, draws, rewards.size(), stride);
    if (count == 0 || draws == 0) return;
    draw_parameters(order, posterior, root, 0, 0, draws);
    detail::gemm<T>(order, products_, {.rows = count, .columns = draws, .inner = d},
                    {.data = features.data(), .lead = d, .transposed = true},
                    {.data = parameters_.data(), .lead = d}, {.data = rewards.data(), .lead = stride});
  }

  /// The same with draws of each context: draw k of context b comes from root.child(b).child(k).
  ///
  /// `offsets`, in device memory, has one element more than there are contexts: candidates offsets[b] up to
  /// offsets[b + 1] belong to context b. It rises from 0 to the number of candidates (unchecked).
  void of_each_context(queue const& order, linear_posterior<T> const& posterior, std::span<T const> features,
                       std::span<std::size_t const> offsets, std::size_t draws, stream const& root,
                       std::span<T> rewards, std::size_t stride) {
    std::size_t const d = posterior.dimension();
    std::size_t const count = candidates_in(features, d);
    require_room(count, draws, rewards.size(), stride);
    if (offsets.empty()) {
      joust::detail::reject("offsets", "empty", "one element more than there are contexts");
    }
    std::size_t const contexts = offsets.size() - 1;
    if (count == 0 || draws == 0) return;
    std::size_t const at_once = (std::max)(std::size_t{1}, work_space / sizeof(T) / (draws * d));
    for (std::size_t b = 0; b < contexts; b += at_once) {
      std::size_t const some = (std::min)(at_once, contexts - b);
      draw_parameters(order, posterior, root, b, draws, some * draws);
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
      std::size_t const begin = offset_at(order, offsets, b);
      std::size_t const end = offset_at(order, offsets, b + some);
      if (begin == end) continue;
      for_each_index(order, (end - begin) * draws,
                     detail::score_own<T>{d, features.data(), offsets.data(), b, some, draws,
                                          parameters_.data(), rewards.data(), stride, begin, end - begin});
#else
      for_each_index(order, some,
                     detail::score_context<T>{d, features.data(), offsets.data(), b, draws,
                                              parameters_.data(), rewards.data(), stride});
#endif
    }
  }

  /// The parameters of the last draws that contexts shared: d numbers of the device each, one after another.
  [[nodiscard]] std::span<T const> parameters() const noexcept { return {parameters_.data(), drawn_}; }

 private:
  static constexpr std::size_t work_space = std::size_t{32} << 20U;  // bytes of parameters at a time

  static std::size_t candidates_in(std::span<T const> features, std::size_t d) {
    if (features.size() % d != 0) {
      joust::detail::reject("features", "of length " + joust::detail::text(features.size()),
                            "a multiple of " + joust::detail::text(d) + ", the dimension of the posterior");
    }
    return features.size() / d;
  }
  static void require_room(std::size_t count, std::size_t draws, std::size_t length, std::size_t stride) {
    if (stride < count) {
      joust::detail::reject("stride", joust::detail::text(stride),
                            "at least " + joust::detail::text(count) + ", the number of candidates");
    }
    if (draws != 0 && count != 0 && (length < count || (length - count) / stride < draws - 1)) {
      joust::detail::reject("rewards", "of length " + joust::detail::text(length),
                            joust::detail::text(draws) + " rows of " + joust::detail::text(count) + ", " +
                                joust::detail::text(stride) + " apart");
    }
  }

  // Columns theta = m + L^-T z. L^-T z has covariance L^-T L^-1 = (L L')^-1.
  void draw_parameters(queue const& order, linear_posterior<T> const& posterior, stream const& root,
                       std::size_t first_context, std::size_t draws, std::size_t columns) {
    using fill = detail::fill_normals<T>;
    std::size_t const d = posterior.dimension();
    T* const theta = detail::room_for(order, parameters_, columns * d);
    drawn_ = columns * d;
    for_each_index(order, columns * ((d + fill::width - 1) / fill::width),
                   fill{root, d, first_context, draws, theta});
    solver_.solve(order, detail::solve_with::transposed_factor, d, posterior.factor().data(), theta, columns);
    for_each_index(order, columns, detail::add_mean<T>{posterior.mean().data(), d, theta});
  }

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  static std::size_t offset_at(queue const& order, std::span<std::size_t const> offsets, std::size_t b) {
    std::size_t value = 0;
    detail::check_cuda(
        cudaMemcpyAsync(&value, offsets.data() + b, sizeof value, cudaMemcpyDeviceToHost, order.stream()),
        "reading an offset");
    order.wait();
    return value;
  }
#endif

  detail::triangular_solver<T> solver_;
  detail::gemm_context products_;
  buffer<T> parameters_;
  std::size_t drawn_ = 0;  // numbers of the last draws in it
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
