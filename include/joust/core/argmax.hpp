// SPDX-License-Identifier: MIT
//
// The index of the largest value, ties broken uniformly at random: a fixed tie rule would favour low indices,
// and in a bandit's first rounds everything is tied.
#pragma once

#include <cstddef>
#include <span>

#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>

namespace joust {

/// The index of a largest element, uniform among them. Draws from the stream only if there is more than one.
/// `values` is not empty and holds no NaN (unchecked). O(n), no allocation.
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE std::size_t argmax(std::span<double const> values, Stream& stream) {
  std::size_t best = 0;
  std::size_t ties = 1;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) {
      best = i;
      ties = 1;
    } else if (values[i] == values[best]) {
      ++ties;
    }
  }
  if (ties == 1) return best;
  for (std::size_t skip = draw_index(ties, stream); skip != 0; --skip) {
    std::size_t next = best + 1;
    while (values[next] != values[best]) ++next;
    best = next;
  }
  return best;
}

}  // namespace joust
