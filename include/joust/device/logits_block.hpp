// SPDX-License-Identifier: MIT
//
// Rows of logits in device memory, one row per token that is scored, one column per word of the vocabulary:
// what a language model's last layer writes. A view; it owns nothing.
//
//   needs   float or bfloat16 logits, the columns of a row side by side
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/device/bfloat16.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// Number formats of logits.
template <class T>
concept logit = std::same_as < std::remove_const_t<T>,
float > || std::same_as<std::remove_const_t<T>, bfloat16>;

/// One word, on the device: its column. Wider than joust::token, as vocabularies of language models are.
using token_number = std::int32_t;

template <logit T>
struct logits_block {
  T* data;                 ///< the first row's first column
  std::size_t rows;        ///< tokens scored
  std::size_t vocabulary;  ///< columns
  std::size_t stride;      ///< elements from a row to the next, at least `vocabulary`

  /// Throws std::invalid_argument for rows without columns and for rows that overlap.
  constexpr logits_block(T* data_, std::size_t rows_, std::size_t vocabulary_, std::size_t stride_)
      : data{data_}, rows{rows_}, vocabulary{vocabulary_}, stride{stride_} {
    if (vocabulary == 0) joust::detail::reject("vocabulary", "0", "at least one word");
    if (stride < vocabulary) {
      joust::detail::reject("stride", joust::detail::text(stride),
                            "at least " + joust::detail::text(vocabulary) + ", the vocabulary");
    }
  }
  /// Rows without gaps between them.
  constexpr logits_block(T* data_, std::size_t rows_, std::size_t vocabulary_)
      : logits_block{data_, rows_, vocabulary_, vocabulary_} {}

  /// The same logits, to be read only.
  template <class U>
    requires std::same_as<U const, T>
  constexpr logits_block(logits_block<U> const& other)  // NOLINT(*-explicit-*)
      : logits_block{other.data, other.rows, other.vocabulary, other.stride} {}

  [[nodiscard]] JOUST_HOST_DEVICE constexpr T* row(std::size_t r) const noexcept { return data + r * stride; }
};

/// How logits become probabilities.
struct token_options {
  double temperature = 1.0;  ///< what logits are divided by, above 0: 1 is the model's own distribution

  /// Throws std::invalid_argument unless temperature is finite and above 0.
  void check() const { joust::detail::require_positive("temperature", temperature); }
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
