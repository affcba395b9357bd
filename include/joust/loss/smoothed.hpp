// SPDX-License-Identifier: MIT
//
// Any loss, for answers that are wrong now and then: each label is believed with probability 1 - smoothing
// only. Of DPO it makes conservative_dpo.
//
//   needs   a loss of a pair or of a margin
//   cost    the loss twice
//   repeat  as the loss
//   source  label smoothing: Szegedy et al., "Rethinking the inception architecture for computer vision",
//           CVPR 2016
#pragma once

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct smoothed_options {
  double smoothing = 0.1;  ///< assumed share of wrong answers, in [0, 1/2]; at 0 the loss is as it was

  /// Throws std::invalid_argument unless smoothing lies in [0, 1/2].
  void check() const {
    if (!(smoothing >= 0.0 && smoothing <= 0.5)) {
      detail::reject("smoothing", detail::text(smoothing), "a number in [0, 1/2]");
    }
  }
  friend bool operator==(smoothed_options const&, smoothed_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("smoothing", self.smoothing, "assumed share of wrong answers");
  }
};

/// (1 - e) L(pair) + e L(pair swapped) for a loss L and smoothing e; of a margin (1 - e) L(m) + e L(-m).
template <detail::reads_pairs Loss>
class smoothed {
 public:
  /// Throws std::invalid_argument for smoothing out of range.
  explicit smoothed(Loss loss, smoothed_options options = {}) : loss_{loss}, options_{options} {
    options_.check();
  }

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const {
    return trust() * detail::value_at(loss_, pair) + doubt() * detail::value_at(loss_, pair.swapped());
  }
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const {
    pair_slopes const right = detail::slopes_at(loss_, pair);
    pair_slopes const wrong = detail::slopes_at(loss_, pair.swapped());
    return {trust() * right.chosen + doubt() * wrong.rejected,
            trust() * right.rejected + doubt() * wrong.chosen};
  }

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const requires preference_loss<Loss> {
    return trust() * loss_.value(margin) + doubt() * loss_.value(-margin);
  }
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const requires preference_loss<Loss> {
    return trust() * loss_.slope(margin) - doubt() * loss_.slope(-margin);
  }
  [[nodiscard]] JOUST_HOST_DEVICE log_likelihood likelihood() const requires preference_loss<Loss> {
    return detail::likelihood_of(loss_);
  }

  [[nodiscard]] Loss const& loss() const noexcept { return loss_; }
  [[nodiscard]] smoothed_options const& options() const noexcept { return options_; }
  friend bool operator==(smoothed const&, smoothed const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("loss", self.loss_, "what is smoothed");
    smoothed_options::fields(self.options_, visit);
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double trust() const noexcept { return 1.0 - options_.smoothing; }
  [[nodiscard]] JOUST_HOST_DEVICE double doubt() const noexcept { return options_.smoothing; }

  Loss loss_;
  smoothed_options options_;
};

}  // namespace joust
