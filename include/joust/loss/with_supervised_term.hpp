// SPDX-License-Identifier: MIT
//
// Any loss, and imitation of the chosen action beside it. It keeps the chosen action likely where a loss of
// the margin would be content to make the rejected one less so.
//
//   needs   a loss of a pair or of a margin
//   cost    the loss
//   repeat  as the loss
//   source  Pang et al., "Iterative reasoning preference optimization", NeurIPS 2024
#pragma once

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct supervised_options {
  double weight = 1.0;  ///< of the imitation, at least 0; the value of the paper. At 0 the loss is as it was

  /// Throws std::invalid_argument unless weight is finite and at least 0.
  void check() const {
    if (!(weight >= 0.0)) detail::reject("weight", detail::text(weight), "a number of at least 0");
    detail::require_finite("weight", weight);
  }
  friend bool operator==(supervised_options const&, supervised_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("supervised_weight", self.weight, "of the imitation of the chosen action");
  }
};

/// L(pair) - weight * log pi(chosen) / length(chosen) for a loss L.
template <detail::reads_pairs Loss>
class with_supervised_term {
 public:
  /// Throws std::invalid_argument for a weight out of range.
  explicit with_supervised_term(Loss loss, supervised_options options = {}) : loss_{loss}, options_{options} {
    options_.check();
  }

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const {
    return detail::value_at(loss_, pair) - options_.weight * pair.chosen / pair.chosen_length;
  }
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const {
    pair_slopes at = detail::slopes_at(loss_, pair);
    at.chosen -= options_.weight / pair.chosen_length;
    return at;
  }

  [[nodiscard]] Loss const& loss() const noexcept { return loss_; }
  [[nodiscard]] supervised_options const& options() const noexcept { return options_; }
  friend bool operator==(with_supervised_term const&, with_supervised_term const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("loss", self.loss_, "to which the imitation is added");
    supervised_options::fields(self.options_, visit);
  }

 private:
  Loss loss_;
  supervised_options options_;
};

}  // namespace joust
