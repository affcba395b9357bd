// SPDX-License-Identifier: MIT
//
// A batch of answered duels in device memory, as kernels see it, and what they make of contents that the host
// would have refused.
#pragma once

#include <cstddef>
#include <limits>

#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct duel_batch {
  scored_pair const* duels;
  double const* outcomes;
  double const* weights;
  std::size_t count;

  // What joust::evaluate checks. x * 0 is 0 for finite x alone.
  [[nodiscard]] JOUST_HOST_DEVICE bool sound(std::size_t i) const {
    scored_pair const& duel = duels[i];
    return duel.chosen * 0.0 + duel.rejected * 0.0 + duel.chosen_reference * 0.0 +
                   duel.rejected_reference * 0.0 ==
               0.0 &&
           duel.chosen_length > 0.0 && duel.rejected_length > 0.0 &&
           (duel.chosen_length + duel.rejected_length) * 0.0 == 0.0 && outcomes[i] >= 0.0 &&
           outcomes[i] <= 1.0 && sound_weight(i);
  }
  // Of the duels first .. last - 1.
  [[nodiscard]] JOUST_HOST_DEVICE bool sound_run(std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i < last; ++i) {
      if (!sound(i)) return false;
    }
    return true;
  }
  [[nodiscard]] JOUST_HOST_DEVICE bool sound_weight(std::size_t i) const {
    return weights[i] >= 0.0 && weights[i] * 0.0 == 0.0;
  }
};

// What the sum over the batch is divided by: the active weight, which only the device knows, or a number.
struct batch_divisor {
  double const* active;
  double all;  // 0: the active weight

  // NaN where the weights have no finite sum. 0 only where no duel has a weight.
  [[nodiscard]] JOUST_HOST_DEVICE double operator()() const {
    double const sum = *active;
    if (!(sum * 0.0 == 0.0)) return not_a_number;
    return all > 0.0 ? all : sum;
  }
};

// The sum of the sound weights of each portion.
struct sum_weights {
  duel_batch batch;
  portions parts;
  double* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t p) const {
    portion const part = parts[p];
    double sum = 0.0;
    for (std::size_t i = part.first; i < part.last; i += part.step) {
      if (batch.sound_weight(i)) sum += batch.weights[i];
    }
    sums[p] = sum;
  }
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
