// SPDX-License-Identifier: MIT
//
// Small things that rules share: a duel needs two candidates, and a second is sought among the others.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

#include <joust/core/argmax.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>

namespace joust::detail {

// A rule that may not return a self-duel has nothing to return for one candidate. Nothing can be thrown on a
// device: what calls rules there asks for rivals beforehand.
JOUST_HOST_DEVICE inline void require_rivals([[maybe_unused]] std::size_t candidates) {
#if !defined(__CUDA_ARCH__)
  if (candidates < 2) {
    reject("belief", "over " + text(candidates) + (candidates == 1 ? " candidate" : " candidates"),
           "at least two, a duel needs a rival");
  }
#endif
}

// The same for a rule that may.
JOUST_HOST_DEVICE inline void require_candidate([[maybe_unused]] std::size_t candidates) {
#if !defined(__CUDA_ARCH__)
  if (candidates == 0) reject("belief", "over no candidate", "at least one");
#endif
}

// The largest of a sequence of offers, ties uniform at random, in one pass and without storing them: the n-th
// of n equal offers replaces the incumbent with probability 1/n.
class champion {
 public:
  template <class Stream>
  JOUST_HOST_DEVICE void offer(std::size_t candidate, double value, Stream& stream) {
    if (value > value_) {
      candidate_ = candidate;
      value_ = value;
      offers_ = 1;
    } else if (value == value_) {
      ++offers_;
      if (draw_index(offers_, stream) == 0) candidate_ = candidate;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t candidate() const noexcept { return candidate_; }
  // -infinity before the first offer.
  [[nodiscard]] JOUST_HOST_DEVICE double value() const noexcept { return value_; }

 private:
  std::size_t candidate_ = 0;
  std::size_t offers_ = 0;  // equal to value_
  double value_ = -std::numeric_limits<double>::infinity();
};

// Says that pair variances with `first` are about to be asked for, to a belief that can prepare all at once.
template <class Belief>
JOUST_HOST_DEVICE void expect_pairs_with(Belief& rewards, std::size_t first) {
  if constexpr (requires { rewards.pair_variances(first); }) static_cast<void>(rewards.pair_variances(first));
}

// A belief that finds the first draw to disagree with a favourite faster than by making draws.
template <class Belief, class Stream>
concept foresees_dissent = requires(Belief& rewards, Stream& stream, std::size_t count) {
  { rewards.first_dissent(count, count, stream) } -> std::same_as<std::optional<std::size_t>>;
};

// The index of a largest value among those other than `excluded`, uniform among ties.
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE std::size_t argmax_except(std::span<double const> values,
                                                          std::size_t excluded, Stream& stream) {
  champion best;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != excluded) best.offer(i, values[i], stream);
  }
  return best.candidate();
}

// An index below `count` other than `excluded`, uniform.
template <class Stream>
[[nodiscard]] JOUST_HOST_DEVICE std::size_t draw_other(std::size_t count, std::size_t excluded,
                                                       Stream& stream) {
  std::size_t const other = draw_index(count - 1, stream);
  return other < excluded ? other : other + 1;
}

}  // namespace joust::detail
