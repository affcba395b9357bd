// SPDX-License-Identifier: MIT
//
// Sums that come out the same however many cores there are. A batch is cut into portions whose number depends
// on its length alone; each portion is summed by itself, in order, and their sums are summed the same way. On
// a host a portion is a run of neighbours, which one core reads from end to end; on a GPU its items lie as
// far apart as there are portions, so that neighbouring threads read neighbouring items.
#pragma once

#include <cstddef>

#include <joust/core/host_device.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

// The items first, first + step, ... below last.
struct portion {
  std::size_t first;
  std::size_t last;
  std::size_t step;
};

struct portions {
  std::size_t items = 0;
  std::size_t count = 0;

  static constexpr std::size_t run = 1024;           // items of a portion on a host
  static constexpr std::size_t threads = 64 * 1024;  // enough to keep a GPU's memory busy

  explicit portions(std::size_t items_) : items{items_} {
    if constexpr (cut_for_gpu) {
      count = items < threads ? items : threads;
    } else {
      count = (items + run - 1) / run;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE portion operator[](std::size_t p) const {
    if constexpr (cut_for_gpu) {
      return {p, items, count};
    } else {
      return {p * run, (p + 1) * run < items ? (p + 1) * run : items, 1};
    }
  }
};

// One number from every `fan`: that many loads are a matter of a microsecond, and few rounds lead to the end.
inline constexpr std::size_t fan = 64;

struct sum_fans {
  double const* from;
  double* to;
  std::size_t count;
  std::size_t sums;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    // Four sums, so that four loads are under way at a time.
    double parts[4] = {0.0, 0.0, 0.0, 0.0};
    std::size_t const terms = (count - i + sums - 1) / sums;
    std::size_t const rest = terms % 4;
    for (std::size_t k = 0; k < terms - rest; k += 4) {
      for (std::size_t lane = 0; lane < 4; ++lane) parts[lane] += from[i + (k + lane) * sums];
    }
    for (std::size_t lane = 0; lane < rest; ++lane) parts[lane] += from[i + (terms - rest + lane) * sums];
    to[i] = (parts[0] + parts[1]) + (parts[2] + parts[3]);
  }
};

struct store_zero {
  double* to;
  JOUST_HOST_DEVICE void operator()(std::size_t) const { *to = 0.0; }
};

// The length of an array for sum_in_order of `count` numbers.
[[nodiscard]] constexpr std::size_t room_to_sum(std::size_t count) noexcept {
  return count + count / (fan / 2) + 8;
}

// Sums the first `count` numbers of the array into *total; needs the array's room_to_sum(count).
inline void sum_in_order(queue const& order, double* numbers, std::size_t count, double* total) {
  if (count == 0) return for_each_index(order, 1, store_zero{total});
  for (;;) {
    std::size_t const sums = (count + fan - 1) / fan;
    double* const to = sums == 1 ? total : numbers + count;
    for_each_index(order, sums, sum_fans{numbers, to, count, sums});
    if (sums == 1) return;
    numbers = to;
    count = sums;
  }
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
