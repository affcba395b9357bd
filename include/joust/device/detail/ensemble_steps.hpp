// SPDX-License-Identifier: MIT
//
// What a training step of an ensemble does beside its networks, one function object for each sweep: the same
// arithmetic as in posterior/ensemble.hpp.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <joust/core/host_device.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

// gradient := strength (parameters - start), of a run; 0 without a start.
template <class Scalar>
struct hold_at_start {
  Scalar const* parameters;
  Scalar const* start;  // null: without
  Scalar strength;
  Scalar* gradient;

  JOUST_HOST_DEVICE void operator()(std::size_t first, std::size_t count) const {
    for (std::size_t i = first; i < first + count; ++i) {
      gradient[i] = start == nullptr ? Scalar{0} : strength * (parameters[i] - start[i]);
    }
  }
};

// inputs := the features of a minibatch: all firsts, then all seconds, d numbers each. A run is of these.
template <class Scalar>
struct gather_pairs {
  Scalar const* features;
  std::size_t const* slots;
  std::size_t pairs, dimension;
  Scalar* inputs;

  JOUST_HOST_DEVICE void operator()(std::size_t first, std::size_t count) const {
    std::size_t row = first / dimension;
    std::size_t at = first % dimension;
    for (std::size_t i = first; i < first + count; ++i) {
      bool const second = row >= pairs;
      std::size_t const pair = second ? row - pairs : row;
      inputs[i] = features[(2 * slots[pair] + (second ? 1 : 0)) * dimension + at];
      if (++at == dimension) {
        at = 0;
        ++row;
      }
    }
  }
};

// The loss of a pair under a member, and its derivative by both rewards. An index is a member and a pair.
template <class Scalar>
struct tell_slopes {
  Scalar const* rewards;  // 2 x pairs of a member
  std::size_t const* slots;
  double const* outcomes;
  double const* weights;
  double const* counts;  // pairs x members; null: each once
  std::size_t pairs, members;
  Scalar* slopes;
  double* losses;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    std::size_t const k = index / pairs;
    std::size_t const i = index % pairs;
    Scalar const* const reward = rewards + k * 2 * pairs;
    Scalar* const slope = slopes + k * 2 * pairs;
    double const y = outcomes[slots[i]];
    double const counted = counts == nullptr ? 1.0 : counts[i * members + k];
    double const weight = counted * weights[slots[i]] / static_cast<double>(pairs);
    double const lead = static_cast<double>(reward[i]) - static_cast<double>(reward[pairs + i]);
    losses[index] = weight * (log1pexp(lead) - y * lead);
    slope[i] = static_cast<Scalar>(weight * (sigmoid(lead) - y));
    slope[pairs + i] = -slope[i];
  }
};

// The derivative of the optimism by the rewards of a candidate set. An index is a member and a set.
template <class Scalar>
struct optimism_slopes {
  Scalar const* rewards;  // rows of a member
  std::size_t const* offsets;
  std::size_t sets, rows;
  double share;
  Scalar* slopes;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    std::size_t const k = index / sets;
    std::size_t const from = offsets[index % sets];
    std::size_t const to = offsets[index % sets + 1];
    Scalar const* const reward = rewards + k * rows;
    Scalar* const slope = slopes + k * rows;
    std::size_t best = from;
    for (std::size_t i = from; i < to; ++i) {
      if (reward[best] < reward[i]) best = i;
      slope[i] = static_cast<Scalar>(share / static_cast<double>(to - from));
    }
    slope[best] -= static_cast<Scalar>(share);
  }
};

// Sums of squares by portions.
template <class Scalar>
struct squares_of_portion {
  Scalar const* values;
  portions by;
  double* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    portion const part = by[index];
    if constexpr (cut_for_gpu) {
      double lane[4] = {0.0, 0.0, 0.0, 0.0};
      std::size_t i = part.first;
      for (; i + 3 * part.step < part.last; i += 4 * part.step) {
        for (std::size_t l = 0; l < 4; ++l) {
          auto const value = static_cast<double>(values[i + l * part.step]);
          lane[l] += value * value;
        }
      }
      for (; i < part.last; i += part.step) {
        auto const value = static_cast<double>(values[i]);
        lane[0] += value * value;
      }
      sums[index] = (lane[0] + lane[1]) + (lane[2] + lane[3]);
    } else {
      sums[index] = joust::detail::squared_length<Scalar>({values + part.first, part.last - part.first});
    }
  }
};

// How training stands, in device memory.
struct training_progress {
  double loss = 0.0;         // as ensemble::loss()
  std::uint64_t moves = 0;   // steps of the optimiser since the host last looked
  std::uint64_t moving = 0;  // whether the step under way is one of them
};

// Whether the step under way can be made; the index is nothing.
struct judge_step {
  double const* loss;     // sum over members
  double const* squared;  // of the gradient's length
  double members;
  double largest;  // of the squared length
  training_progress* progress;

  JOUST_HOST_DEVICE void operator()(std::size_t) const {
    double const mean = *loss / members;
    if (std::fabs(mean) <= (std::numeric_limits<double>::max)()) progress->loss = mean;
    progress->moving = *squared <= largest ? 1 : 0;
    progress->moves += progress->moving;
  }
};

// The optimiser's step, of a run.
template <class Scalar>
struct follow_gradient {
  training_progress const* progress;
  joust::detail::step_rates<Scalar> const* rates;  // of the moves since the host last looked
  descent method;
  Scalar const* gradient;
  Scalar* mean;    // null: without
  Scalar* square;  // of adam
  Scalar* parameters;

  JOUST_HOST_DEVICE void operator()(std::size_t first, std::size_t count) const {
    if (progress->moving == 0) return;
    joust::detail::step_rates<Scalar> const at = rates[progress->moves - 1];
    if (method == descent::adam) {
      joust::detail::adam_step(at, count, gradient + first, mean + first, square + first, parameters + first);
    } else if (mean != nullptr) {
      joust::detail::momentum_step(at, count, gradient + first, mean + first, parameters + first);
    } else {
      joust::detail::plain_step(at, count, gradient + first, parameters + first);
    }
  }
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
