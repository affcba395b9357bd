// SPDX-License-Identifier: MIT
//
// A Gaussian belief about the parameter of linear rewards, in the memory of the device: candidate i earns
// phi_i' theta, theta ~ N(m, (L L')^-1). The host's posterior learns and keeps m and L; this is the copy of
// them that many contexts are scored with at once.
//
//   needs   a posterior with mean() and precision_factor(), e.g. linear_logistic
//   cost    a copy of d + d^2 numbers
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// T is the number format of all that is computed with it: double, or float where speed matters more than
/// digits. A precision of condition number c costs float about log10(c) of its 7 digits.
template <class T = double>
class linear_posterior {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>, "double and float are supported");

 public:
  /// theta ~ N(0, I), of length `dimension`. Throws std::invalid_argument for 0, and std::bad_alloc or
  /// device_error where memory ends.
  explicit linear_posterior(std::size_t dimension) : dimension_{dimension} {
    if (dimension == 0) joust::detail::reject("dimension", "0", "at least 1");
    std::vector<T> factor(dimension * dimension, T{0});
    for (std::size_t k = 0; k < dimension; ++k) factor[k * dimension + k] = T{1};
    mean_ = buffer<T>{std::vector<T>(dimension, T{0})};
    factor_ = buffer<T>{factor};
  }

  /// A copy of a posterior's belief: mean().data() leads to d doubles, precision_factor().data() to d x d by
  /// columns, of which the lower triangle is the Cholesky factor L of the precision.
  template <class Posterior>
    requires requires(Posterior const& p) { p.precision_factor().data(); }
  explicit linear_posterior(Posterior const& posterior)
      : linear_posterior{static_cast<std::size_t>(posterior.mean().size())} {
    queue const order;
    assign(order, posterior);
  }

  /// Takes another mean and factor, as above, from host memory. They may be changed as soon as this returns;
  /// work put into the queue earlier still sees the old ones.
  ///
  /// Throws std::invalid_argument, with nothing changed, for lengths other than d and d^2, entries that are
  /// not finite, and a diagonal entry that is not above 0.
  void assign(queue const& order, std::span<double const> mean, std::span<double const> factor) {
    std::size_t const d = dimension_;
    require_length("mean", mean.size(), d);
    require_length("factor", factor.size(), d * d);
    std::vector<T> narrow_mean(d);
    std::vector<T> narrow_factor(d * d, T{0});
    for (std::size_t k = 0; k < d; ++k) {
      narrow_mean[k] = static_cast<T>(mean[k]);
      require_finite("mean", narrow_mean[k]);
      for (std::size_t i = k; i < d; ++i) {
        narrow_factor[k * d + i] = static_cast<T>(factor[k * d + i]);
        require_finite("factor", narrow_factor[k * d + i]);
      }
      joust::detail::require_positive("factor's diagonal", static_cast<double>(narrow_factor[k * d + k]));
    }
    mean_.copy_from(order, narrow_mean);
    factor_.copy_from(order, narrow_factor);
    order.wait();
  }

  /// The same from a posterior.
  template <class Posterior>
  void assign(queue const& order, Posterior const& posterior) {
    auto const& mean = posterior.mean();
    auto const& factor = posterior.precision_factor();
    assign(order, std::span<double const>{mean.data(), static_cast<std::size_t>(mean.size())},
           std::span<double const>{factor.data(), static_cast<std::size_t>(factor.size())});
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }

  /// m, d numbers of the device.
  [[nodiscard]] std::span<T const> mean() const noexcept { return {mean_.data(), mean_.size()}; }

  /// L, d x d numbers of the device, by columns; zero above the diagonal.
  [[nodiscard]] std::span<T const> factor() const noexcept { return {factor_.data(), factor_.size()}; }

 private:
  static void require_length(char const* argument, std::size_t length, std::size_t expected) {
    if (length != expected) {
      joust::detail::reject(argument, "of length " + joust::detail::text(length),
                            "length " + joust::detail::text(expected));
    }
  }
  static void require_finite(char const* argument, T value) {
    joust::detail::require_finite(argument, static_cast<double>(value));
  }

  std::size_t dimension_;
  buffer<T> mean_;
  buffer<T> factor_;
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
