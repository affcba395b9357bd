// SPDX-License-Identifier: MIT
//
// joust::evaluate for a batch in device memory: its loss, and the slopes with which a policy should follow
// the gradient of each log-probability. It takes every loss that joust::evaluate takes, decorated or not; the
// kernel calls the loss itself, so that there is one formula of each.
//
//   needs   duels, outcomes and weights in device memory; a loss that can be copied there. For CUDA the
//           members of a loss of one's own are annotated with JOUST_HOST_DEVICE
//   cost    O(n), two passes through the weights and one through the rest; aot sorts, O(n log n). Allocates
//           where the batch is larger than those before
//   repeat  same batch, same numbers on one machine, however many cores
//   source  the losses' own
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/duel_batch.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/transport.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/loss/aot.hpp>
#include <joust/loss/evaluate.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// Memory that evaluate() works in. It grows where it must and is kept, so that a training loop allocates in
/// its first step only. One call at a time may use it; calls of one queue are.
struct evaluation_space {
  buffer<double> sums;                ///< of portions of the batch
  buffer<double> total;               ///< the sum of the weights, and the loss
  detail::transport_space transport;  ///< of aot
};

/// A loss that evaluate() takes: any that joust::evaluate takes, except batch losses other than joust::aot
/// and joust::any_loss, which would have to bring their own way through a batch.
template <class L>
concept device_loss = evaluable_loss<L> &&
    (!batch_loss<L> || std::same_as<L, aot> || std::same_as<L, any_loss>);

namespace detail {

template <class Loss>
struct evaluate_portion {
  Loss loss;
  duel_batch batch;
  batch_divisor divisor;
  portions parts;
  pair_slopes* slopes;
  double* sums;

  JOUST_HOST_DEVICE void operator()(std::size_t p) const {
    portion const part = parts[p];
    double const by = divisor();
    double sum = 0.0;
    if (!cut_for_gpu && by > 0.0 && batch.sound_run(part.first, part.last)) {
      sum = evaluate_run(part.first, part.last, by);
    } else {
      for (std::size_t i = part.first; i < part.last; i += part.step) {
        if (batch.weights[i] == 0.0) {
          slopes[i] = {0.0, 0.0};
        } else if (by > 0.0 && batch.sound(i)) {
          sum += evaluate_run(i, i + 1, by);
        } else {
          slopes[i] = {not_a_number, not_a_number};
          sum = not_a_number;
        }
      }
    }
    sums[p] = sum;
  }

  // Sound neighbours; on a host they are a batch of its own.
  [[nodiscard]] JOUST_HOST_DEVICE double evaluate_run(std::size_t first, std::size_t last, double by) const {
    if constexpr (cut_for_gpu) {
      double sum = 0.0;
      for (std::size_t i = first; i < last; ++i) {
        slopes[i] =
            joust::detail::add_duel(loss, batch.duels[i], batch.outcomes[i], batch.weights[i], by, sum);
      }
      return sum;
    } else {
      std::size_t const length = last - first;
      return joust::detail::evaluate_sound(loss, {batch.duels + first, length},
                                           {batch.outcomes + first, length}, {batch.weights + first, length},
                                           by, {slopes + first, length});
    }
  }
};

// Everything about a batch but its loss, in the arrays that the kernels work on.
struct evaluation {
  duel_batch batch;
  batch_divisor divisor;
  portions parts;
  pair_slopes* slopes;
  double* sums;
};

template <class Loss>
void evaluate_portions(queue const& order, Loss const& loss, evaluation const& with,
                       [[maybe_unused]] evaluation_space& space) {
  if constexpr (std::same_as<Loss, any_loss>) {
    loss.visit([&](auto const& chosen) { evaluate_portions(order, chosen, with, space); });
  } else if constexpr (std::same_as<Loss, aot>) {
    transport(order, loss, with.batch, with.divisor, with.parts, with.slopes, with.sums, space.transport);
  } else {
    for_each_index(
        order, with.parts.count,
        evaluate_portion<Loss>{loss, with.batch, with.divisor, with.parts, with.slopes, with.sums});
  }
}

}  // namespace detail

/// The mean loss of n duels, stored as total[0] in device memory, and its derivatives by the
/// log-probabilities of their actions: what joust::evaluate gives, divisor included. On a GPU it returns
/// before the work is done.
///
/// `duels`, `outcomes` and `weights` are of length n, in device memory; the `slopes`, n of them, are written.
/// `total` is of length 1. An empty batch, or one without weight, has loss 0 and slopes 0.
///
/// Contents cannot be refused here, since nobody waits for them. A duel of weight 0 is as if absent, whatever
/// it holds. Any other that joust::evaluate would refuse (a score that is not finite, an outcome outside
/// [0, 1], a negative weight) has slopes NaN and makes the total NaN. The slopes of the others stay what they
/// were: such a weight does not count in the divisor; aot matches the others among themselves.
///
/// On a host, slopes are those of joust::evaluate bit for bit wherever the divisor is: with
/// mean_over::all_duels, of at most 1024 duels, or of weights whose sums need no rounding. Otherwise the
/// divisor's last digits differ, as the total's do, because sums are taken portion by portion. (A compiler
/// that fuses multiplications and additions may do so here and not there.) aot agrees to rounding.
///
/// Throws std::invalid_argument, and writes nothing, for spans of unequal lengths, a total not of length 1,
/// and aot of 2^31 duels or more.
template <device_loss Loss>
void evaluate(queue const& order, Loss const& loss, std::span<scored_pair const> duels,
              std::span<double const> outcomes, std::span<double const> weights,
              std::span<pair_slopes> slopes, std::span<double> total, evaluation_space& space,
              mean_over divisor = mean_over::active_weight) {
  using joust::detail::reject;
  using joust::detail::text;
  auto const as_many = [&](std::string_view name, std::size_t size) {
    if (size != duels.size()) {
      reject(name, "of length " + text(size), "one for each of " + text(duels.size()) + " duels");
    }
  };
  as_many("outcomes", outcomes.size());
  as_many("weights", weights.size());
  as_many("slopes", slopes.size());
  if (total.size() != 1) reject("total", "of length " + text(total.size()), "a single number");
  if constexpr (batch_loss<Loss>) {
    constexpr std::size_t most = (std::size_t{1} << 31) - 1;
    if (duels.size() > most) reject("duels", "of length " + text(duels.size()), "at most " + text(most));
  }

  detail::portions const parts{duels.size()};
  double* const sums = detail::room_for(order, space.sums, detail::room_to_sum(parts.count));
  double* const active = detail::room_for(order, space.total, 2);
  detail::duel_batch const batch{duels.data(), outcomes.data(), weights.data(), duels.size()};
  for_each_index(order, parts.count, detail::sum_weights{batch, parts, sums});
  detail::sum_in_order(order, sums, parts.count, active);
  double const all = divisor == mean_over::all_duels ? static_cast<double>(duels.size()) : 0.0;
  detail::evaluate_portions(order, loss, {batch, {active, all}, parts, slopes.data(), sums}, space);
  detail::sum_in_order(order, sums, parts.count, total.data());
}

/// The same, and waits for the total, which it returns.
template <device_loss Loss>
double evaluate(queue const& order, Loss const& loss, std::span<scored_pair const> duels,
                std::span<double const> outcomes, std::span<double const> weights,
                std::span<pair_slopes> slopes, evaluation_space& space,
                mean_over divisor = mean_over::active_weight) {
  double* const total = detail::room_for(order, space.total, 2) + 1;
  evaluate(order, loss, duels, outcomes, weights, slopes, std::span<double>{total, 1}, space, divisor);
  double both[2];
  space.total.copy_to(order, both);
  order.wait();
  return both[1];
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
