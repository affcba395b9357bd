// SPDX-License-Identifier: MIT
//
// Any loss of a margin, for a policy that is held to its reference by another divergence than the reverse
// Kullback-Leibler one. The margin is made of the rewards which that divergence gives to both log-ratios.
//
//   needs   a loss of a margin
//   cost    the loss and two exponentials
//   repeat  as the loss
//   source  Wang et al., "Beyond reverse KL: generalizing direct preference optimization with diverse
//           divergence constraints", ICLR 2024
#pragma once

#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/detail/margin_loss.hpp>
#include <joust/loss/f_divergence.hpp>

namespace joust {

/// L(phi(r_chosen) - phi(r_rejected)) for a loss L of a margin, log-ratios r and phi(r) = f'(exp(r)).
template <preference_loss Loss>
class with_divergence {
 public:
  /// Throws std::invalid_argument for a divergence out of range.
  explicit with_divergence(Loss loss, f_divergence divergence = {}) : loss_{loss}, divergence_{divergence} {
    divergence_.check();
  }

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const {
    return loss_.value(margin(ratios_of(pair)));
  }

  /// The chain rule: L'(margin) phi'(r_chosen) and -L'(margin) phi'(r_rejected).
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const {
    detail::log_ratios const ratios = ratios_of(pair);
    double const slope = loss_.slope(margin(ratios));
    return ratios.slopes(slope * divergence_.slope(ratios.chosen),
                         -slope * divergence_.slope(ratios.rejected));
  }

  [[nodiscard]] Loss const& loss() const noexcept { return loss_; }
  [[nodiscard]] f_divergence const& divergence() const noexcept { return divergence_; }
  friend bool operator==(with_divergence const&, with_divergence const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("loss", self.loss_, "of the margin of rewards");
    f_divergence::fields(self.divergence_, visit);
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE detail::log_ratios ratios_of(scored_pair const& pair) const {
    return {pair, detail::likelihood_of(loss_)};
  }
  [[nodiscard]] JOUST_HOST_DEVICE double margin(detail::log_ratios const& ratios) const {
    return divergence_.reward(ratios.chosen) - divergence_.reward(ratios.rejected);
  }

  Loss loss_;
  f_divergence divergence_;
};

}  // namespace joust
