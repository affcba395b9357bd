// SPDX-License-Identifier: MIT
//
// The three draws that almost every part needs, from Boost.Random's distributions: their algorithms are
// fixed, so the same stream gives the same numbers on every platform.
#pragma once

#include <cstddef>

#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

namespace joust {

/// A number in [0, 1), uniform: 64 random bits over 2^64, rounded to a double (joust::stream).
template <class Stream>
[[nodiscard]] double draw_uniform(Stream& stream) {
  return boost::random::uniform_01<double>{}(stream);
}

/// An index below `count`, uniform. `count` is at least 1 (unchecked).
template <class Stream>
[[nodiscard]] std::size_t draw_index(std::size_t count, Stream& stream) {
  if (count == 1) return 0;  // no randomness spent where there is no choice
  return boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(stream);
}

/// 1 with the given probability, else 0. Exact at 0 and 1.
template <class Stream>
[[nodiscard]] double draw_bernoulli(double probability, Stream& stream) {
  return draw_uniform(stream) < probability ? 1.0 : 0.0;
}

}  // namespace joust
