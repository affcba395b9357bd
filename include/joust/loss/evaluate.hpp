// SPDX-License-Identifier: MIT
//
// From a batch of answered duels to its loss, and to the weights with which a policy should follow the
// gradient of each log-probability. One entry point for every kind of loss: of a pair, of a duel whose
// outcome it reads by itself, of a batch as a whole.
//
//   needs   a loss, and the duels' scores, outcomes and weights
//   cost    O(n); one or two values and slopes per duel; no allocation of its own
//   repeat  same batch, same numbers
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

/// What the sum over a batch is divided by.
enum class mean_over : unsigned char {
  active_weight,  ///< the sum of the weights: duels of weight 0 are as if absent
  all_duels,      ///< their number, whatever their weights: duels of weight 0 dilute the others
};

/// The names of the divisors, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(mean_over) noexcept {
  return {"active_weight", "all_duels"};
}

/// A loss of one duel in the order in which it was asked, which reads the outcome by itself because its two
/// actions do not play the same part. `chosen` stands for the first action, `rejected` for the second.
template <class L>
concept duel_loss = requires(L const& loss, scored_pair const& duel, double outcome) {
  { loss.value(duel, outcome) } -> std::convertible_to<double>;
  { loss.slopes(duel, outcome) } -> std::convertible_to<pair_slopes>;
};

/// A loss of a whole batch that is more than the sum over its duels. It gets a batch that evaluate() has
/// found sound, and `divisor`, above 0; it returns the loss and writes all slopes, both divided by it.
template <class L>
concept batch_loss = requires(L const& loss, std::span<scored_pair const> duels,
                              std::span<double const> numbers, double divisor,
                              std::span<pair_slopes> slopes) {
  { loss.evaluate_batch(duels, numbers, numbers, divisor, slopes) } -> std::convertible_to<double>;
};

/// A loss that evaluate() takes. One of the margin alone reads the margin of whole actions, unless a member
/// likelihood() says otherwise.
template <class L>
concept evaluable_loss = pair_loss<L> || preference_loss<L> || duel_loss<L> || batch_loss<L>;

namespace detail {

// Everything that evaluate refuses, found before anything is written. Returns the sum of the weights.
inline double require_sound(std::span<scored_pair const> duels, std::span<double const> outcomes,
                            std::span<double const> weights, std::size_t slopes) {
  auto const as_many = [&](std::string_view name, std::size_t size) {
    if (size != duels.size()) {
      reject(name, "of length " + text(size), "one for each of " + text(duels.size()) + " duels");
    }
  };
  as_many("outcomes", outcomes.size());
  as_many("weights", weights.size());
  as_many("slopes", slopes);
  double total = 0.0;
  for (std::size_t i = 0; i < duels.size(); ++i) {
    auto const named = [i](std::string_view what) { return "duels[" + text(i) + "]." + std::string{what}; };
    scored_pair const& duel = duels[i];
    // x * 0 is 0 for finite x alone, so one comparison stands for four.
    if (!(duel.chosen * 0.0 + duel.rejected * 0.0 + duel.chosen_reference * 0.0 +
              duel.rejected_reference * 0.0 ==
          0.0)) {
      require_finite(named("chosen"), duel.chosen);
      require_finite(named("rejected"), duel.rejected);
      require_finite(named("chosen_reference"), duel.chosen_reference);
      require_finite(named("rejected_reference"), duel.rejected_reference);
    }
    if (!(duel.chosen_length > 0.0 && duel.rejected_length > 0.0 &&
          (duel.chosen_length + duel.rejected_length) * 0.0 == 0.0)) {
      require_positive(named("chosen_length"), duel.chosen_length);
      require_positive(named("rejected_length"), duel.rejected_length);
    }
    if (!(outcomes[i] >= 0.0 && outcomes[i] <= 1.0)) {
      require_unit_interval("outcomes[" + text(i) + "]", outcomes[i]);
    }
    if (!(weights[i] >= 0.0 && weights[i] * 0.0 == 0.0)) {
      reject("weights[" + text(i) + "]", text(weights[i]), "a finite number, at least 0");
    }
    total += weights[i];
  }
  require_finite("weights, summed,", total);
  return total;
}

// The part of one sound duel: adds its loss to the total and returns its slopes. The divisor is above 0.
template <evaluable_loss Loss>
JOUST_HOST_DEVICE pair_slopes add_duel(Loss const& loss, scored_pair const& duel, double outcome,
                                       double weight, double divisor, double& total) {
  pair_slopes slopes;
  if (weight == 0.0) return slopes;  // as if absent: not even 0 * a large number enters
  if constexpr (duel_loss<Loss>) {
    double const share = weight / divisor;
    pair_slopes const at = loss.slopes(duel, outcome);
    total += share * loss.value(duel, outcome);
    slopes = {share * at.chosen, share * at.rejected};
  } else {
    double const won = weight * outcome / divisor;
    double const lost = weight * (1.0 - outcome) / divisor;
    if (won != 0.0) {
      pair_slopes const at = slopes_at(loss, duel);
      total += won * value_at(loss, duel);
      slopes = {won * at.chosen, won * at.rejected};
    }
    if (lost != 0.0) {
      scored_pair const swapped = duel.swapped();
      pair_slopes const at = slopes_at(loss, swapped);
      total += lost * value_at(loss, swapped);
      slopes.chosen += lost * at.rejected;
      slopes.rejected += lost * at.chosen;
    }
  }
  return slopes;
}

// The batch is sound and the divisor above 0. Value and slopes of a loss share exponentials, which the
// compiler sees only where it has both in one place: hence everything inlined, half the time for some.
template <evaluable_loss Loss>
[[gnu::flatten]] double evaluate_sound(Loss const& loss, std::span<scored_pair const> duels,
                                       std::span<double const> outcomes, std::span<double const> weights,
                                       double divisor, std::span<pair_slopes> slopes) {
  if constexpr (batch_loss<Loss>) {
    return loss.evaluate_batch(duels, outcomes, weights, divisor, slopes);
  } else {
    double total = 0.0;
    for (std::size_t i = 0; i < duels.size(); ++i) {
      slopes[i] = add_duel(loss, duels[i], outcomes[i], weights[i], divisor, total);
    }
    return total;
  }
}

}  // namespace detail

/// The mean loss of n duels, and its derivatives by the log-probabilities of their actions. For a loss L of
/// pairs a duel of outcome y counts as both ways it could have gone:
///
///     sum_i w_i [ y_i L(duel_i) + (1 - y_i) L(duel_i swapped) ] / divisor,
///
/// so that a tie pulls both actions evenly, and a label that is a probability gives the expected loss.
///
/// `duels` are in the order in which they were asked: `chosen` is the first action, `rejected` the second,
/// and so are the `slopes` written; they hold weight and divisor already, so that a policy's gradient is the
/// sum of slope times grad log pi. An empty batch, or one without weight, has loss 0 and slopes 0.
///
/// Throws std::invalid_argument, and writes nothing, for spans of unequal lengths, scores that are not
/// finite, lengths not above 0, outcomes outside [0, 1] and negative weights.
template <evaluable_loss Loss>
double evaluate(Loss const& loss, std::span<scored_pair const> duels, std::span<double const> outcomes,
                std::span<double const> weights, std::span<pair_slopes> slopes,
                mean_over divisor = mean_over::active_weight) {
  double const active = detail::require_sound(duels, outcomes, weights, slopes.size());
  if (!(active > 0.0)) {
    for (pair_slopes& at : slopes) at = {};
    return 0.0;
  }
  double const by = divisor == mean_over::active_weight ? active : static_cast<double>(duels.size());
  return detail::evaluate_sound(loss, duels, outcomes, weights, by, slopes);
}

}  // namespace joust
