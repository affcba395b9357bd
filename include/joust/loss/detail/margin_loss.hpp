// SPDX-License-Identifier: MIT
//
// A loss of the margin alone is a loss of a pair: the margin is the difference of the pair's log-ratios, and
// the loss pulls both actions with equal force in opposite directions.
#pragma once

#include <concepts>

#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/configured.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust::detail {

// Which log-likelihood a margin loss of the caller's own reads: the sum, unless it says otherwise.
template <class Loss>
[[nodiscard]] JOUST_HOST_DEVICE constexpr log_likelihood likelihood_of(Loss const& loss) noexcept {
  if constexpr (requires {
                  { loss.likelihood() } -> std::same_as<log_likelihood>;
                }) {
    return loss.likelihood();
  } else {
    return log_likelihood::sum;
  }
}

template <preference_loss Loss>
[[nodiscard]] JOUST_HOST_DEVICE double value_by_margin(Loss const& loss, scored_pair const& pair) {
  return loss.value(log_ratios{pair, likelihood_of(loss)}.margin());
}

template <preference_loss Loss>
[[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes_by_margin(Loss const& loss, scored_pair const& pair) {
  log_ratios const ratios{pair, likelihood_of(loss)};
  double const slope = loss.slope(ratios.margin());
  return ratios.slopes(slope, -slope);
}

// A loss of a pair, or one of the margin taken as such.
template <class Loss>
concept reads_pairs = pair_loss<Loss> || preference_loss<Loss>;

template <reads_pairs Loss>
[[nodiscard]] JOUST_HOST_DEVICE double value_at(Loss const& loss, scored_pair const& pair) {
  if constexpr (pair_loss<Loss>) {
    return loss.value(pair);
  } else {
    return value_by_margin(loss, pair);
  }
}

template <reads_pairs Loss>
[[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes_at(Loss const& loss, scored_pair const& pair) {
  if constexpr (pair_loss<Loss>) {
    return loss.slopes(pair);
  } else {
    return slopes_by_margin(loss, pair);
  }
}

// The base of a loss that has value(margin) and slope(margin), and options with a likelihood. The loss brings
// its base's `value` into view beside its own.
template <class Loss, class Options>
class margin_loss : public configured<Options> {
 public:
  using configured<Options>::configured;

  /// Which log-likelihood the margin is made of.
  [[nodiscard]] JOUST_HOST_DEVICE log_likelihood likelihood() const noexcept {
    return this->options().likelihood;
  }

  /// The loss of a pair, and its derivatives by both log-probabilities.
  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const {
    return value_by_margin(static_cast<Loss const&>(*this), pair);
  }
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const {
    return slopes_by_margin(static_cast<Loss const&>(*this), pair);
  }
};

}  // namespace joust::detail
