// SPDX-License-Identifier: MIT
//
// Between tokens and the answers they make up. Forth, the log-probabilities of an answer's tokens become the
// answer's own; back, what a loss says of the answer is said to each of its tokens. The tokens of all answers
// lie one after another, and offsets tell where each begins.
//
//   needs   offsets in device memory, never decreasing: answer s has the tokens from offsets[s] to before
//           offsets[s + 1]
//   cost    O(tokens); one thread per answer forth, one per token back
//   repeat  tokens are summed in their order, on every machine
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// Offsets that no array is read beyond, whatever they are.
struct sequence_bounds {
  std::size_t const* offsets;
  std::size_t tokens;

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t operator[](std::size_t s) const {
    return offsets[s] < tokens ? offsets[s] : tokens;
  }
};

struct sum_sequence {
  double const* log_probabilities;
  sequence_bounds bounds;
  log_likelihood likelihood;
  double* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t s) const {
    std::size_t const first = bounds[s];
    std::size_t const last = bounds[s + 1];
    double sum = 0.0;
    for (std::size_t t = first; t < last; ++t) sum += log_probabilities[t];
    bool const mean = likelihood == log_likelihood::mean && first < last;
    sums[s] = mean ? sum / static_cast<double>(last - first) : sum;
  }
};

struct spread_slope {
  double const* slopes;
  sequence_bounds bounds;
  std::size_t sequences;
  log_likelihood likelihood;
  double* token_slopes;

  JOUST_HOST_DEVICE void operator()(std::size_t t) const {
    // The first sequence that ends beyond t.
    std::size_t low = 0;
    std::size_t high = sequences;
    while (low < high) {
      std::size_t const middle = low + (high - low) / 2;
      if (bounds[middle + 1] > t) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == sequences || bounds[low] > t) {
      token_slopes[t] = 0.0;
    } else if (likelihood == log_likelihood::mean) {
      token_slopes[t] = slopes[low] / static_cast<double>(bounds[low + 1] - bounds[low]);
    } else {
      token_slopes[t] = slopes[low];
    }
  }
};

struct pair_sequences {
  double const* policy;
  double const* reference;
  std::size_t const* offsets;
  scored_pair* duels;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const first = 2 * i;
    duels[i] = {policy[first],
                policy[first + 1],
                reference[first],
                reference[first + 1],
                static_cast<double>(offsets[first + 1] - offsets[first]),
                static_cast<double>(offsets[first + 2] - offsets[first + 1])};
  }
};

inline void require_offsets(std::size_t offsets, std::size_t sequences) {
  if (offsets != sequences + 1) {
    joust::detail::reject("offsets", "of length " + joust::detail::text(offsets),
                          joust::detail::text(sequences + 1) + ", one more than there are sequences");
  }
}

}  // namespace detail

/// The log-likelihood of each sequence: the sum of its tokens' log-probabilities, or their mean. Losses take
/// the sum, and divide by the length themselves where they mean the mean. A sequence without tokens has 0.
///
/// All spans are in device memory. Throws std::invalid_argument, and writes nothing, unless there is one
/// offset more than there are sums.
inline void sum_token_sequences(queue const& order, std::span<double const> log_probabilities,
                                std::span<std::size_t const> offsets, log_likelihood likelihood,
                                std::span<double> sums) {
  detail::require_offsets(offsets.size(), sums.size());
  for_each_index(
      order, sums.size(),
      detail::sum_sequence{
          log_probabilities.data(), {offsets.data(), log_probabilities.size()}, likelihood, sums.data()});
}

/// The way back: to each token the derivative by its log-probability, given the derivatives by those of the
/// sequences, made with the same `likelihood`. Tokens of no sequence (before the first offset, or beyond the
/// last) get 0.
///
/// All spans are in device memory. Throws std::invalid_argument, and writes nothing, unless there is one
/// offset more than there are slopes.
inline void spread_over_tokens(queue const& order, std::span<double const> slopes,
                               std::span<std::size_t const> offsets, log_likelihood likelihood,
                               std::span<double> token_slopes) {
  detail::require_offsets(offsets.size(), slopes.size());
  for_each_index(order, token_slopes.size(),
                 detail::spread_slope{slopes.data(),
                                      {offsets.data(), token_slopes.size()},
                                      slopes.size(),
                                      likelihood,
                                      token_slopes.data()});
}

/// The same of n duels' slopes, as device::evaluate writes them, whose answers are sequences 2 i (the first
/// action of duel i) and 2 i + 1 (its second).
inline void spread_over_tokens(queue const& order, std::span<pair_slopes const> slopes,
                               std::span<std::size_t const> offsets, log_likelihood likelihood,
                               std::span<double> token_slopes) {
  static_assert(sizeof(pair_slopes) == 2 * sizeof(double));  // first and second, one after the other
  spread_over_tokens(
      order, std::span<double const>{reinterpret_cast<double const*>(slopes.data()), 2 * slopes.size()},
      offsets, likelihood, token_slopes);
}

/// n duels of 2 n sequences, sequence 2 i being the first action of duel i and 2 i + 1 its second, from their
/// sums under policy and reference. Lengths are numbers of tokens. An answer without any is none that a loss
/// can be told of: device::evaluate makes NaN of its duel.
///
/// All spans are in device memory. Throws std::invalid_argument, and writes nothing, unless there are 2 n
/// sums of either kind and 2 n + 1 offsets.
inline void pair_token_sequences(queue const& order, std::span<double const> policy_sums,
                                 std::span<double const> reference_sums, std::span<std::size_t const> offsets,
                                 std::span<scored_pair> duels) {
  auto const two_per_duel = [&](char const* name, std::size_t size) {
    if (size != 2 * duels.size()) {
      joust::detail::reject(name, "of length " + joust::detail::text(size),
                            "two for each of " + joust::detail::text(duels.size()) + " duels");
    }
  };
  two_per_duel("policy_sums", policy_sums.size());
  two_per_duel("reference_sums", reference_sums.size());
  detail::require_offsets(offsets.size(), 2 * duels.size());
  for_each_index(
      order, duels.size(),
      detail::pair_sequences{policy_sums.data(), reference_sums.data(), offsets.data(), duels.data()});
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
