// SPDX-License-Identifier: MIT
//
// Self-play preference optimisation, with hard labels. Each action's log-ratio is drawn to a target of its
// own, up for the winner and down for the loser: not their difference but both ends are fixed.
//
//   needs   log-probabilities under policy and reference
//   cost    two multiplications
//   repeat  same pair, same value
//   source  Wu et al., "Self-play preference optimization for language model alignment", ICLR 2025, with
//           estimated probabilities 1 and 0
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/configured.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust {

struct sppo_options {
  double beta = 0.1;  ///< above 0: the targets are +-1 / (2 beta); as for DPO (1 / beta is eta in the paper)
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and so is the target.
  void check() const {
    detail::require_positive("beta", beta);
    detail::require_positive("1 / (2 beta)", 0.5 / beta);
  }
  friend bool operator==(sppo_options const&, sppo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "the targets are +-1 / (2 beta)");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// (c - 1 / (2 beta))^2 + (d + 1 / (2 beta))^2 with c and d the log-ratios of the chosen and the rejected
/// action. Under answers of probability p it is least at c = -d = (2 p - 1) / (2 beta).
class sppo : public detail::configured<sppo_options> {
 public:
  static constexpr std::string_view name = "sppo";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    double const chosen = ratios.chosen - target();
    double const rejected = ratios.rejected + target();
    return chosen * chosen + rejected * rejected;
  }

  /// 2 (c - 1 / (2 beta)) and 2 (d + 1 / (2 beta))
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    return ratios.slopes(2.0 * (ratios.chosen - target()), 2.0 * (ratios.rejected + target()));
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double target() const noexcept { return 0.5 / options().beta; }
};

}  // namespace joust
