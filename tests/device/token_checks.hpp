// SPDX-License-Identifier: MIT
//
// What the tests of token log-probabilities share: logits made up at random, and the textbook's softmax of
// them in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/bfloat16.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/logits_block.hpp>

namespace joust_test {

using joust::device::token_number;

inline constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr float float_infinity = std::numeric_limits<float>::infinity();

template <class T>
std::span<T> all_of(joust::device::buffer<T>& memory) {
  return {memory.data(), memory.size()};
}

// Rows of logits on the host, with `gap` elements between them that nothing should touch.
template <class T>
struct logit_rows {
  std::size_t rows;
  std::size_t vocabulary;
  std::size_t stride;
  std::vector<T> values;
  std::vector<token_number> tokens;

  logit_rows(std::size_t rows_, std::size_t vocabulary_, std::uint64_t seed, double spread = 6.0,
             std::size_t gap = 0)
      : rows{rows_},
        vocabulary{vocabulary_},
        stride{vocabulary_ + gap},
        values(rows_ * (vocabulary_ + gap), T(123.0F)),
        tokens(rows_) {
    joust::stream random{seed};
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t v = 0; v < vocabulary; ++v) {
        at(r, v) = T(static_cast<float>(spread * (2.0 * joust::draw_uniform(random) - 1.0)));
      }
      tokens[r] = static_cast<token_number>(joust::draw_index(vocabulary, random));
    }
  }

  T& at(std::size_t r, std::size_t v) { return values[r * stride + v]; }
  [[nodiscard]] double logit(std::size_t r, std::size_t v) const {
    return static_cast<double>(static_cast<float>(values[r * stride + v]));
  }

  // Of logits over the temperature.
  [[nodiscard]] double log_sum_exp(std::size_t r, double temperature) const {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t v = 0; v < vocabulary; ++v) largest = std::max(largest, logit(r, v) / temperature);
    double sum = 0.0;
    for (std::size_t v = 0; v < vocabulary; ++v) sum += std::exp(logit(r, v) / temperature - largest);
    return largest + std::log(sum);
  }
  [[nodiscard]] double log_probability(std::size_t r, std::size_t v, double temperature) const {
    return logit(r, v) / temperature - log_sum_exp(r, temperature);
  }
  [[nodiscard]] double log_probability(std::size_t r, double temperature) const {
    return log_probability(r, static_cast<std::size_t>(tokens[r]), temperature);
  }
};

}  // namespace joust_test
