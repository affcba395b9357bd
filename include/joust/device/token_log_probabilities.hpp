// SPDX-License-Identifier: MIT
//
// How likely a language model found the tokens that were given: log softmax(logits / temperature) of one
// token per row, in one pass through the logits. Largest logit and sum of exponentials are kept as it goes;
// nothing of the size of the logits is written.
//
//   needs   logits and tokens in device memory
//   cost    one exponential per logit, one reading of it; 8 bytes per piece of 128 (GPU) or 4096 (host)
//           logits to work in. Allocates where the block has more pieces than those before
//   repeat  a row's result depends on that row alone: same bits in any block, on any number of cores
//   source  Milakov & Gimelshein, "Online normalizer calculation for softmax", arXiv 1805.02867
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/softmax_pieces.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/logits_block.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// What turns a row's logits x into probabilities: exp((x - largest) / temperature - log_sum). Two numbers,
/// since their sum would not have the digits of both.
struct row_normaliser {
  float largest;  ///< the row's largest logit
  float log_sum;  ///< log of the sum of exp((x - largest) / temperature), at least 0

  /// The log-sum-exp of the row's logits over the temperature.
  [[nodiscard]] JOUST_HOST_DEVICE double log_sum_exp(double temperature = 1.0) const {
    return static_cast<double>(largest) / temperature + static_cast<double>(log_sum);
  }
};

/// Memory that token_log_probabilities() works in; kept between calls, of which one at a time may use it.
struct token_space {
  buffer<detail::scaled_sum> pieces;  ///< largest logit and sum of each piece of a row
};

namespace detail {

// Sums are merged by so many, so that few launches reach the end and no thread reads for long.
inline constexpr std::size_t merged_sums = 32;

[[nodiscard]] constexpr std::size_t merged(std::size_t sums) noexcept {
  return (sums + merged_sums - 1) / merged_sums;
}

template <class T>
struct sum_row_pieces {
  logits_block<T const> logits;
  row_pieces pieces;
  float rate;
  scaled_sum* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    sums[i] = sum_piece(logits.row(i / pieces.count), pieces[i % pieces.count], rate);
  }
};

// From `count` sums of each row to merged(count). On a GPU neighbouring threads read neighbours.
struct merge_row_sums {
  scaled_sum const* from;
  std::size_t count;
  float rate;
  scaled_sum* to;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const fewer = merged(count);
    std::size_t const place = i % fewer;
    float largest = lowest_logit;
    double const sum = merge_sums(from + (i / fewer) * count + place, (count - place + fewer - 1) / fewer,
                                  fewer, rate, largest);
    to[i] = {largest, static_cast<float>(sum)};
  }
};

template <class T>
struct finish_rows {
  logits_block<T const> logits;
  token_number const* tokens;
  scaled_sum const* sums;
  std::size_t count;  // of sums per row
  double temperature;
  double* log_probabilities;
  row_normaliser* normalisers;

  JOUST_HOST_DEVICE void operator()(std::size_t r) const {
    float largest = lowest_logit;
    double const sum = merge_sums(sums + r * count, count, 1, static_cast<float>(1.0 / temperature), largest);
    float const base = base_of(largest);
    double const log_sum = std::log(sum);
    normalisers[r] = {base, static_cast<float>(log_sum)};
    token_number const token = tokens[r];
    bool const known = token >= 0 && static_cast<std::size_t>(token) < logits.vocabulary;
    log_probabilities[r] =
        known ? (static_cast<double>(static_cast<float>(logits.row(r)[token])) - static_cast<double>(base)) /
                        temperature -
                    log_sum
              : std::numeric_limits<double>::quiet_NaN();
  }
};

inline void require_one_per_row(std::string_view name, std::size_t size, std::size_t rows) {
  if (size != rows) {
    joust::detail::reject(name, "of length " + joust::detail::text(size),
                          "one for each of " + joust::detail::text(rows) + " rows of logits");
  }
}

}  // namespace detail

/// For each row r of logits the log-probability of tokens[r], and the row's normaliser, which the gradient
/// takes (device/token_gradients.hpp).
///
/// `tokens`, `log_probabilities` and `normalisers` are in device memory, one for each row. Log-probabilities
/// are exact to about 1e-6, however large the logits. A logit of -infinity has probability 0: a masked word.
/// On a GPU it returns before the work is done.
///
/// A row with a NaN or +infinity among its logits, or with -infinity alone, and a token outside the
/// vocabulary give NaN in that row and nowhere else. Throws std::invalid_argument, and writes nothing, for
/// spans of other lengths and a temperature that is not finite and above 0.
template <logit T>
void token_log_probabilities(queue const& order, logits_block<T> logits, std::span<token_number const> tokens,
                             std::span<double> log_probabilities, std::span<row_normaliser> normalisers,
                             token_space& space, token_options options = {}) {
  options.check();
  detail::require_one_per_row("tokens", tokens.size(), logits.rows);
  detail::require_one_per_row("log_probabilities", log_probabilities.size(), logits.rows);
  detail::require_one_per_row("normalisers", normalisers.size(), logits.rows);
  if (logits.rows == 0) return;

  using value = std::remove_const_t<T>;
  logits_block<value const> const block{logits};
  detail::row_pieces const pieces{logits.vocabulary};
  auto const rate = static_cast<float>(1.0 / options.temperature);
  // Sums are merged to and fro between two areas, of which the second is the smaller.
  std::size_t const room = logits.rows * (pieces.count + detail::merged(pieces.count));
  detail::scaled_sum* sums = detail::room_for(order, space.pieces, room);
  detail::scaled_sum* other = sums + logits.rows * pieces.count;
  for_each_index(order, logits.rows * pieces.count, detail::sum_row_pieces<value>{block, pieces, rate, sums});
  std::size_t count = pieces.count;
  for (; count > detail::merged_sums; count = detail::merged(count)) {
    for_each_index(order, logits.rows * detail::merged(count),
                   detail::merge_row_sums{sums, count, rate, other});
    std::swap(sums, other);
  }
  for_each_index(order, logits.rows,
                 detail::finish_rows<value>{block, tokens.data(), sums, count, options.temperature,
                                            log_probabilities.data(), normalisers.data()});
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
