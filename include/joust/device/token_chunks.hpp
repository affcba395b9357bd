// SPDX-License-Identifier: MIT
//
// Log-probabilities and gradients of more tokens than there is memory for logits. The logits of a few rows at
// a time are made into one chunk of memory, used and forgotten; the gradient needs them again, so that they
// are made a second time and overwritten by what is then used. The tokens times the vocabulary never exist.
//
//   needs   a function that makes the logits of some rows: the model's last layer, one matrix product
//   cost    rows_per_chunk x vocabulary logits of memory; each row's logits are made twice per step
//   repeat  as the function: results do not depend on the size of the chunk
#pragma once

#include <cstddef>
#include <new>
#include <span>

#include <joust/core/error.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/logits_block.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/device/token_gradients.hpp>
#include <joust/device/token_log_probabilities.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

template <logit T>
class token_chunks {
 public:
  /// Allocates rows_per_chunk x vocabulary logits. Throws std::invalid_argument if either is 0, and
  /// std::bad_alloc or device_error where memory ends.
  token_chunks(std::size_t rows_per_chunk, std::size_t vocabulary)
      : rows_{rows_per_chunk}, vocabulary_{vocabulary} {
    if (rows_per_chunk == 0) joust::detail::reject("rows_per_chunk", "0", "at least one row");
    if (vocabulary == 0) joust::detail::reject("vocabulary", "0", "at least one word");
    if (rows_per_chunk > static_cast<std::size_t>(-1) / vocabulary) throw std::bad_array_new_length{};
    logits_.resize(rows_per_chunk * vocabulary);
  }

  /// As joust::device::token_log_probabilities, for as many rows as there are tokens. For each chunk of them
  ///
  ///     make(order, first_row, logits)
  ///
  /// puts the logits of rows first_row .. first_row + logits.rows - 1 into the block, in the order of the
  /// queue. An exception of `make` passes through; rows of earlier chunks are then written.
  template <class Make>
  void log_probabilities(queue const& order, Make&& make, std::span<token_number const> tokens,
                         std::span<double> log_probabilities, std::span<row_normaliser> normalisers,
                         token_options options = {}) {
    options.check();
    detail::require_one_per_row("log_probabilities", log_probabilities.size(), tokens.size());
    detail::require_one_per_row("normalisers", normalisers.size(), tokens.size());
    for_each_chunk(tokens.size(), [&](std::size_t first, logits_block<T> logits) {
      make(order, first, logits);
      token_log_probabilities(order, logits, tokens.subspan(first, logits.rows),
                              log_probabilities.subspan(first, logits.rows),
                              normalisers.subspan(first, logits.rows), space_, options);
    });
  }

  /// As joust::device::token_gradients, for as many rows as there are tokens. For each chunk of them `make`
  /// makes the same logits again, and
  ///
  ///     use(order, first_row, gradients)
  ///
  /// gets the derivatives by them in the same place: to multiply them with the inputs of the last layer, in
  /// the order of the queue, before the next chunk takes the memory.
  template <class Make, class Use>
  void gradients(queue const& order, Make&& make, std::span<token_number const> tokens,
                 std::span<row_normaliser const> normalisers, std::span<double const> slopes, Use&& use,
                 token_options options = {}) {
    options.check();
    detail::require_one_per_row("normalisers", normalisers.size(), tokens.size());
    detail::require_one_per_row("slopes", slopes.size(), tokens.size());
    for_each_chunk(tokens.size(), [&](std::size_t first, logits_block<T> logits) {
      make(order, first, logits);
      token_gradients(order, logits, tokens.subspan(first, logits.rows),
                      normalisers.subspan(first, logits.rows), slopes.subspan(first, logits.rows), options);
      use(order, first, logits_block<T const>{logits});
    });
  }

  [[nodiscard]] std::size_t rows_per_chunk() const noexcept { return rows_; }
  [[nodiscard]] std::size_t vocabulary() const noexcept { return vocabulary_; }

 private:
  template <class Call>
  void for_each_chunk(std::size_t rows, Call const& call) {
    for (std::size_t first = 0; first < rows; first += rows_) {
      std::size_t const left = rows - first;
      call(first, logits_block<T>{logits_.data(), left < rows_ ? left : rows_, vocabulary_});
    }
  }

  std::size_t rows_;
  std::size_t vocabulary_;
  buffer<T> logits_;
  token_space space_;
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
