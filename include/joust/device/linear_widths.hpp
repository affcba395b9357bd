// SPDX-License-Identifier: MIT
//
// How uncertain a linear posterior is about many candidates at once: the variance of each one's reward, and
// of the reward differences of pairs that the caller lists. Candidates are whitened, w = L^-1 phi, in one
// triangular solve; variances are then squared lengths, and no table of all pairs is ever made.
//
//   needs   linear_posterior; candidates by rows
//   cost    d^2 operations per candidate for the solve; 2 d per candidate's variance, 7 d per pair
//   repeat  the same bits for any number of threads of a host system, the same up to rounding across systems
//   source  Rasmussen & Williams, "Gaussian Processes for Machine Learning", 2006, section 2.1
//
// (phi_i - phi_j)' H^-1 (phi_i - phi_j) = |w_i - w_j|^2 for H = L L'. The difference of two long vectors that
// are nearly the same loses digits: about 2 log10(|w_i| / |w_i - w_j|) of the 16 of a double. If all
// candidates share a large constant part, subtract it from the features first: no difference depends on it.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/triangular_solve.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/linear_posterior.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// Sums run in lanes that do not wait for each other, and that a compiler can keep in one vector register.
inline constexpr std::size_t lanes = 8;

template <class T>
[[nodiscard]] JOUST_HOST_DEVICE inline T lane_sum(T const (&part)[lanes]) noexcept {
  return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

template <class T>
struct copy_features {
  T const* features;
  T* columns;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { columns[i] = features[i]; }
};

template <class T>
struct square_lengths {
  std::size_t dimension;
  T const* whitened;
  T* variances;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    T const* const w = whitened + i * dimension;
    T part[lanes] = {};
    std::size_t k = 0;
    for (; k + lanes <= dimension; k += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) part[lane] += w[k + lane] * w[k + lane];
    }
    for (; k < dimension; ++k) part[k % lanes] += w[k] * w[k];
    variances[i] = lane_sum(part);
  }
};

// Squared distances of pairs. Equal features may be whitened in different places of different blocks and
// differ in their last bits: a distance of that order is rounding, not uncertainty, and 0 is said instead.
template <class T>
struct square_distances {
  static constexpr T rounding =
      T(2e5) * std::numeric_limits<T>::epsilon() * std::numeric_limits<T>::epsilon();

  std::size_t dimension;
  std::size_t candidates;
  T const* whitened;
  pairing const* pairs;
  T* variances;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const first = pairs[i].first;
    std::size_t const second = pairs[i].second;
    if (first >= candidates || second >= candidates) {
      variances[i] = std::numeric_limits<T>::quiet_NaN();
      return;
    }
    T const* const a = whitened + first * dimension;
    T const* const b = whitened + second * dimension;
    T distance[lanes] = {};
    T length[lanes] = {};
    std::size_t k = 0;
    for (; k + lanes <= dimension; k += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        T const x = a[k + lane];
        T const y = b[k + lane];
        distance[lane] += (x - y) * (x - y);
        length[lane] += x * x + y * y;
      }
    }
    for (; k < dimension; ++k) {
      distance[k % lanes] += (a[k] - b[k]) * (a[k] - b[k]);
      length[k % lanes] += a[k] * a[k] + b[k] * b[k];
    }
    T const squared = lane_sum(distance);
    variances[i] = squared <= rounding * lane_sum(length) ? T{0} : squared;  // a NaN is neither
  }
};

}  // namespace detail

/// Whitened candidates, ready to be asked about. It holds them in memory of its own, which grows to what the
/// largest batch needed; on a GPU two queues need two of them.
template <class T = double>
class linear_widths {
 public:
  /// Takes a batch of candidates: `features` in device memory, d numbers each, one after another. The belief
  /// is the posterior's of this moment. Throws std::invalid_argument, with the old ones kept, for a length
  /// that is no multiple of d, and std::bad_alloc or device_error where memory ends.
  void whiten(queue const& order, linear_posterior<T> const& posterior, std::span<T const> features) {
    std::size_t const d = posterior.dimension();
    if (features.size() % d != 0) {
      joust::detail::reject("features", "of length " + joust::detail::text(features.size()),
                            "a multiple of " + joust::detail::text(d) + ", the dimension of the posterior");
    }
    T* const points = detail::room_for(order, whitened_, features.size());
    dimension_ = d;
    size_ = features.size() / d;
    for_each_index(order, features.size(), detail::copy_features<T>{features.data(), points});
    solver_.solve(order, detail::solve_with::factor, d, posterior.factor().data(), points, size_);
  }

  /// The number of candidates taken.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The variance of each candidate's reward, phi' H^-1 phi. Not that of any difference: it still holds what
  /// candidates have in common. Throws std::invalid_argument unless there is one element per candidate.
  void variances(queue const& order, std::span<T> into) const {
    if (into.size() != size_) {
      joust::detail::reject("into", "of length " + joust::detail::text(into.size()),
                            joust::detail::text(size_) + ", one per candidate");
    }
    for_each_index(order, into.size(), detail::square_lengths<T>{dimension_, whitened_.data(), into.data()});
  }

  /// The variance of the reward difference of each pair, candidates counted through the batch, pairs in
  /// device memory. Exactly symmetric, 0 for equal features; NaN for a pair that names no candidate, or one
  /// whose features are not finite. Throws std::invalid_argument unless there is one element per pair.
  void pair_variances(queue const& order, std::span<pairing const> pairs, std::span<T> into) const {
    if (into.size() != pairs.size()) {
      joust::detail::reject("into", "of length " + joust::detail::text(into.size()),
                            joust::detail::text(pairs.size()) + ", one per pair");
    }
    for_each_index(
        order, pairs.size(),
        detail::square_distances<T>{dimension_, size_, whitened_.data(), pairs.data(), into.data()});
  }

  /// The whitened candidates, d numbers of the device each: the distance of two is the standard deviation of
  /// their reward difference.
  [[nodiscard]] std::span<T const> whitened() const noexcept {
    return {whitened_.data(), size_ * dimension_};
  }

 private:
  detail::triangular_solver<T> solver_;
  buffer<T> whitened_;
  std::size_t dimension_ = 0;
  std::size_t size_ = 0;
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
