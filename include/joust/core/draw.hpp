// SPDX-License-Identifier: MIT
//
// The draws that almost every part needs, by the algorithms of Boost.Random's distributions: they are fixed,
// so the same stream gives the same numbers on every platform. For streams of full 64-bit words they are
// written out here and run on devices too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <joust/core/host_device.hpp>

namespace joust {

namespace detail {

/// A stream whose words are 64 random bits, like joust::stream.
template <class Stream>
inline constexpr bool draws_full_words =
    Stream::min() == 0 && Stream::max() == std::numeric_limits<std::uint64_t>::max();

}  // namespace detail

/// A number in [0, 1), uniform: 64 random bits over 2^64, rounded to a double (joust::stream).
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE double draw_uniform(Stream& stream) {
  if constexpr (detail::draws_full_words<Stream>) {
    // The number that uniform_01 would give. Converting an unsigned word costs a branch on its highest bit,
    // which chance decides; its halves are converted without one, and their sum is rounded once, as the whole
    // word would be. That may round up to 1: then again.
    for (;;) {
      std::uint64_t const word = stream();
      auto const high = static_cast<double>(static_cast<std::int64_t>(word >> 32U));
      auto const low = static_cast<double>(static_cast<std::int64_t>(word & 0xffffffffU));
      double const result = (high * 0x1p32 + low) * 0x1p-64;
      if (result < 1.0) return result;
    }
  } else {
    return boost::random::uniform_01<double>{}(stream);
  }
}

/// An index below `count`, uniform. `count` is at least 1 (unchecked).
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE std::size_t draw_index(std::size_t count, Stream& stream) {
  if (count == 1) return 0;  // no randomness spent where there is no choice
  if constexpr (detail::draws_full_words<Stream>) {
    // The number that uniform_int_distribution would give: words are sorted into `count` buckets of
    // floor(2^64 / count), and the few left over are drawn again. 2^64 itself is no 64-bit number, hence the
    // quotient of 2^64 - 1 and one more where its remainder is the largest possible.
    constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t const choices = count;
    std::uint64_t const bucket = last / choices + (last % choices == choices - 1 ? 1U : 0U);
    for (;;) {
      std::uint64_t const index = stream() / bucket;
      if (index < choices) return static_cast<std::size_t>(index);
    }
  } else {
    return boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(stream);
  }
}

/// 1 with the given probability, else 0. Exact at 0 and 1.
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE double draw_bernoulli(double probability, Stream& stream) {
  return draw_uniform(stream) < probability ? 1.0 : 0.0;
}

/// Brings the values into an order drawn from all orders alike, by Fisher and Yates: from the last place to
/// the second, each is swapped with a choice among the places up to it.
template <class T, std::size_t Extent, class Stream>
JOUST_HOST_DEVICE void draw_order(std::span<T, Extent> values, Stream& stream) {
  for (std::size_t n = values.size(); n > 1; --n) { std::swap(values[n - 1], values[draw_index(n, stream)]); }
}

}  // namespace joust
