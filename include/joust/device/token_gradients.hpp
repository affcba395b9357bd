// SPDX-License-Identifier: MIT
//
// From how a loss changes with the log-probabilities of tokens to how it changes with the logits they were
// made of. The derivatives overwrite the logits: there is never a second array of their size.
//
//   needs   the logits as token_log_probabilities() saw them, and the normalisers that it wrote
//   cost    one exponential per logit, one reading and one writing of it; allocates nothing
//   repeat  a row's result depends on that row alone: same bits in any block, on any number of cores
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

#include <joust/core/host_device.hpp>
#include <joust/device/detail/softmax_pieces.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/logits_block.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/device/token_log_probabilities.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

template <class T>
struct overwrite_piece {
  logits_block<T> logits;
  row_pieces pieces;
  token_number const* tokens;
  row_normaliser const* normalisers;
  double const* slopes;
  double temperature;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const r = i / pieces.count;
    portion const part = pieces[i % pieces.count];
    T* const row = logits.row(r);
    if (slopes[r] == 0.0) {  // as if absent, whatever its logits are
      for (std::size_t v = part.first; v < part.last; v += part.step) row[v] = T(0.0F);
      return;
    }
    bool const known = tokens[r] >= 0 && static_cast<std::size_t>(tokens[r]) < logits.vocabulary;
    std::size_t const token = known ? static_cast<std::size_t>(tokens[r]) : part.last;
    bool const own = token >= part.first && token < part.last && (token - part.first) % part.step == 0;
    double const factor = known ? slopes[r] / temperature : std::numeric_limits<double>::quiet_NaN();
    // The token's own logit, before it is overwritten.
    float const chosen = own ? static_cast<float>(row[token]) : 0.0F;
    subtract_softmax(row, part, static_cast<float>(1.0 / temperature), normalisers[r],
                     static_cast<float>(-factor));
    if (own) {
      // factor * (1 - p), in double: of p nearly 1, floats would leave few digits.
      double const log_p =
          (static_cast<double>(chosen) - static_cast<double>(normalisers[r].largest)) / temperature -
          static_cast<double>(normalisers[r].log_sum);
      row[token] = T(static_cast<float>(-factor * std::expm1(log_p > 0.0 ? 0.0 : log_p)));
    }
  }

  // Every column becomes `scale` times its probability.
  JOUST_HOST_DEVICE static void subtract_softmax(T* row, portion const& part, float rate,
                                                 row_normaliser normaliser, float scale) {
    std::size_t const step = cut_for_gpu ? part.step : 1;
    for (std::size_t from = part.first; from < part.last; from += block_length * part.step) {
      float x[block_length];
      read_block(static_cast<T const*>(row), part, from, x);
      for (std::size_t k = 0; k < block_length; ++k) {
        x[k] = scale * exp_below_zero((x[k] - normaliser.largest) * rate - normaliser.log_sum);
      }
      if (from + (block_length - 1) * step < part.last) {
        for (std::size_t k = 0; k < block_length; ++k) row[from + k * step] = T(x[k]);
      } else {
        for (std::size_t k = 0; k < block_length && from + k * step < part.last; ++k) {
          row[from + k * step] = T(x[k]);
        }
      }
    }
  }
};

}  // namespace detail

/// Overwrites the logits of row r with the derivatives of slopes[r] * log_probabilities[r] by them,
///
///     slopes[r] * ([v == tokens[r]] - softmax(logits / temperature)_v) / temperature     for each word v,
///
/// so that, with slopes[r] the derivative of a loss by the row's log-probability, they become the loss's
/// derivatives by the logits: exact to about 1e-6 of each and 1e-7 of slope over temperature, and rounded to
/// T. `tokens`, `normalisers` and `slopes` are in device memory, one for each row; the temperature is the one
/// that the normalisers were made with. On a GPU it returns before the work is done.
///
/// A row of slope 0 becomes 0 whatever it held: padding, or a prompt. A row that had no log-probability
/// becomes NaN, and no other. Throws std::invalid_argument, and writes nothing, for spans of other lengths
/// and a temperature that is not finite and above 0.
template <logit T>
  requires(!std::is_const_v<T>)
void token_gradients(queue const& order, logits_block<T> logits, std::span<token_number const> tokens,
                     std::span<row_normaliser const> normalisers, std::span<double const> slopes,
                     token_options options = {}) {
  options.check();
  detail::require_one_per_row("tokens", tokens.size(), logits.rows);
  detail::require_one_per_row("normalisers", normalisers.size(), logits.rows);
  detail::require_one_per_row("slopes", slopes.size(), logits.rows);
  detail::row_pieces const pieces{logits.vocabulary};
  for_each_index(order, logits.rows * pieces.count,
                 detail::overwrite_piece<T>{logits, pieces, tokens.data(), normalisers.data(), slopes.data(),
                                            options.temperature});
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
