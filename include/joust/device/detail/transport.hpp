// SPDX-License-Identifier: MIT
//
// The loss aot on a device. The host walks along both sorted sides and uses up masses as it goes; here every
// mass finds its own part of the other side. Masses become whole numbers, of which the batch has 2^62: their
// running sums are exact in any order, so that equal masses meet exactly and the result does not depend on
// who sums what.
//
//   cost    two sorts of at most 2 n numbers of 64 bits; 104 n bytes at most. On a host masses of zero are
//           left out first; on a GPU they are sorted along, since how many there are is known only there. A
//           mass that faces thousands of others is matched by one thread
//   repeat  same batch, same numbers: sorts are stable, sums of fixed shape
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <thrust/copy.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/scan.h>
#include <thrust/sort.h>

#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/duel_batch.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/thrust_call.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/loss/aot.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

using grain_number = std::uint32_t;  // 2 * duel, and one more for the duel with its actions exchanged

// A height as a whole number, in the same order, and back.
[[nodiscard]] JOUST_HOST_DEVICE inline std::uint64_t key_of(double height) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  auto const bits = std::bit_cast<std::uint64_t>(height + 0.0);  // of the two zeros, the positive one
  return (bits & sign) != 0 ? ~bits : bits | sign;
}
[[nodiscard]] JOUST_HOST_DEVICE inline double height_of(std::uint64_t key) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  return std::bit_cast<double>((key & sign) != 0 ? key ^ sign : ~key);
}

// Memory that the transport works in, for n duels with 2 n grains.
struct transport_space {
  buffer<double> masses;          // of each grain
  buffer<double> values;          // its part of the loss
  buffer<double> pulls;           // and of the slopes, above and then below
  buffer<grain_number> grains;    // those with a mass; sorted above, sorted below
  buffer<std::uint64_t> keys;     // sorted above, sorted below
  buffer<std::uint64_t> reaches;  // up to where the sorted masses reach, above and below
};

struct weigh_grains {
  duel_batch batch;
  batch_divisor divisor;
  double* masses;
  double* values;
  double* pulls_above;
  double* pulls_below;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    double const by = divisor();
    double const weight = batch.weights[i];
    bool const counts = weight != 0.0 && by > 0.0 && batch.sound(i);
    masses[2 * i] = counts ? weight * batch.outcomes[i] / by : 0.0;
    masses[2 * i + 1] = counts ? weight * (1.0 - batch.outcomes[i]) / by : 0.0;
    for (std::size_t grain = 2 * i; grain < 2 * i + 2; ++grain) {
      values[grain] = 0.0;
      pulls_above[grain] = 0.0;
      pulls_below[grain] = 0.0;
    }
  }
};

struct has_mass {
  double const* masses;
  JOUST_HOST_DEVICE bool operator()(std::size_t grain) const { return masses[grain] > 0.0; }
};

struct number_grains {
  grain_number* grains;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { grains[i] = static_cast<grain_number>(i); }
};

struct set_heights {
  aot_options options;
  scored_pair const* duels;
  double const* masses;
  grain_number const* grains;
  grain_number* above;
  grain_number* below;
  std::uint64_t* keys_above;
  std::uint64_t* keys_below;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    grain_number const grain = grains[i];
    above[i] = grain;
    below[i] = grain;
    if (!(masses[grain] > 0.0)) {  // at the end, and out of the way
      keys_above[i] = keys_below[i] = std::numeric_limits<std::uint64_t>::max();
      return;
    }
    scored_pair const duel = duels[grain / 2];
    joust::detail::aot_heights const heights =
        joust::detail::heights_of(options, grain % 2 == 0 ? duel : duel.swapped());
    keys_above[i] = key_of(heights.above);
    keys_below[i] = key_of(heights.below);
  }
};

// Masses as whole numbers; what is too light for one counts as one.
struct count_quanta {
  batch_divisor divisor;
  double const* masses;
  grain_number const* sorted;
  std::uint64_t* reaches;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    double const mass = masses[sorted[i]];
    double const scale = static_cast<double>(std::uint64_t{1} << 62) * (divisor() / *divisor.active);
    auto const quanta = mass > 0.0 ? static_cast<std::uint64_t>(mass * scale) : 0;
    reaches[i] = mass > 0.0 && quanta == 0 ? 1 : quanta;
  }
};

// One side as the other meets it.
struct transport_side {
  grain_number const* sorted;
  std::uint64_t const* keys;
  std::uint64_t const* reaches;
};

// A grain and all that it faces: its pull is beta times the mass that is still told apart wrongly. Where two
// grains face each other and nobody else, as all do where masses are equal, the one above speaks for both.
struct match_grain {
  double beta;
  bool is_above;
  std::size_t count;
  double const* masses;
  transport_side own;
  transport_side other;
  double* pulls;
  double* other_pulls;
  double* values;  // of grains above

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::uint64_t from = i == 0 ? 0 : own.reaches[i - 1];
    std::uint64_t const to = own.reaches[i];
    if (from == to) return;
    std::size_t j = first_beyond(from, i);
    bool const alone = other.reaches[j] == to && (j == 0 ? 0 : other.reaches[j - 1]) == from;
    if (alone && !is_above) return;

    grain_number const grain = own.sorted[i];
    double const mass = masses[grain];
    auto const whole = static_cast<double>(to - from);
    double const height = height_of(own.keys[i]);
    double pull = 0.0;
    double value = 0.0;
    // Both sides hold the same masses, so that the other one reaches as far.
    for (; from < to && j < count; ++j) {
      std::uint64_t const end = other.reaches[j] < to ? other.reaches[j] : to;
      double const part = mass * (static_cast<double>(end - from) / whole);  // of a whole grain its own mass
      double const gap = height - height_of(other.keys[j]);
      double const z = beta * (is_above ? gap : -gap);
      pull += part * beta * sigmoid(-z);
      if (is_above) value += part * log1pexp(-z);
      from = end;
      if (alone) other_pulls[other.sorted[j]] = pull;
    }
    pulls[grain] = pull;
    if (is_above) values[grain] = value;
  }

  // The first grain of the other side that reaches beyond; of equal masses the one of the same rank.
  [[nodiscard]] JOUST_HOST_DEVICE std::size_t first_beyond(std::uint64_t from, std::size_t guess) const {
    if (other.reaches[guess] > from && (guess == 0 || other.reaches[guess - 1] <= from)) return guess;
    std::size_t low = 0;
    std::size_t high = count;
    while (low < high) {
      std::size_t const middle = low + (high - low) / 2;
      if (other.reaches[middle] > from) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
};

struct gather_slopes {
  aot_options options;
  duel_batch batch;
  batch_divisor divisor;
  portions parts;
  double const* values;
  double const* pulls_above;
  double const* pulls_below;
  pair_slopes* slopes;
  double* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t p) const {
    portion const part = parts[p];
    double const by = divisor();
    double sum = 0.0;
    for (std::size_t i = part.first; i < part.last; i += part.step) {
      if (batch.weights[i] == 0.0) {
        slopes[i] = {0.0, 0.0};
      } else if (!(by > 0.0) || !batch.sound(i)) {
        slopes[i] = {not_a_number, not_a_number};
        sum = not_a_number;
      } else {
        scored_pair const duel = batch.duels[i];
        pair_slopes const won = slopes_of(duel, 2 * i);
        pair_slopes const lost = slopes_of(duel.swapped(), 2 * i + 1);
        slopes[i] = {won.chosen + lost.rejected, won.rejected + lost.chosen};
        sum += values[2 * i] + values[2 * i + 1];
      }
    }
    sums[p] = sum;
  }

  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes_of(scored_pair const& pair, std::size_t grain) const {
    double const up = pulls_above[grain];
    double const down = options.sides == aot_sides::paired ? up : pulls_below[grain];
    return joust::detail::log_ratios{pair, options.likelihood}.slopes(-up, down);
  }
};

// The grains that count, in the order of the batch, and how many they are. Where to know it would mean to
// wait for the device, all of them.
template <class Grains>
std::size_t choose_grains(queue const& order, double const* masses, std::size_t count, Grains* grains) {
  if constexpr (cut_for_gpu) {
    for_each_index(order, count, number_grains{grains});
    return count;
  } else {
    thrust::counting_iterator<Grains> const all{0};
    Grains* const end = thrust::copy_if(policy(order), all, all + static_cast<std::ptrdiff_t>(count), grains,
                                        has_mass{masses});
    return static_cast<std::size_t>(end - grains);
  }
}

// Writes the slopes, and the sum of each portion's losses.
template <class Loss>
void transport(queue const& order, Loss const& loss, duel_batch const& batch, batch_divisor divisor,
               portions const& parts, pair_slopes* slopes, double* sums, transport_space& space) {
  std::size_t const all = 2 * batch.count;
  double* const masses = room_for(order, space.masses, all);
  double* const values = room_for(order, space.values, all);
  double* const pulls = room_for(order, space.pulls, 2 * all);
  grain_number* const grains = room_for(order, space.grains, 3 * all);
  std::uint64_t* const keys = room_for(order, space.keys, 2 * all);
  std::uint64_t* const reaches = room_for(order, space.reaches, 2 * all);

  for_each_index(order, batch.count, weigh_grains{batch, divisor, masses, values, pulls, pulls + all});
  std::size_t const count = thrust_call("choosing the masses to transport",
                                        [&] { return choose_grains(order, masses, all, grains); });
  for_each_index(order, count,
                 set_heights{loss.options(), batch.duels, masses, grains, grains + all, grains + 2 * all,
                             keys, keys + all});
  for (std::size_t side = 0; side < 2; ++side) {
    std::uint64_t* const own_keys = keys + side * all;
    std::uint64_t* const own_reaches = reaches + side * all;
    grain_number* const sorted = grains + (1 + side) * all;
    thrust_call("sorting a side of the transport",
                [&] { thrust::stable_sort_by_key(policy(order), own_keys, own_keys + count, sorted); });
    for_each_index(order, count, count_quanta{divisor, masses, sorted, own_reaches});
    thrust_call("summing masses", [&] {
      thrust::inclusive_scan(policy(order), own_reaches, own_reaches + count, own_reaches);
    });
  }
  transport_side const above{grains + all, keys, reaches};
  transport_side const below{grains + 2 * all, keys + all, reaches + all};
  double const beta = loss.options().beta;
  for_each_index(order, count,
                 match_grain{beta, true, count, masses, above, below, pulls, pulls + all, values});
  if (loss.options().sides == aot_sides::unpaired) {
    for_each_index(order, count,
                   match_grain{beta, false, count, masses, below, above, pulls + all, pulls, values});
  }
  for_each_index(
      order, parts.count,
      gather_slopes{loss.options(), batch, divisor, parts, values, pulls, pulls + all, slopes, sums});
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
