// SPDX-License-Identifier: MIT
//
// DPO that may not lift the chosen action by pushing both down. Where the policy finds the chosen action less
// likely than its reference does, the shortfall is charged on top of the margin.
//
//   needs   log-probabilities under policy and reference
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Pal et al., "Smaug: fixing failure modes of preference optimisation with DPO-Positive",
//           arXiv 2402.13228
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

struct dpo_positive_options {
  double beta = 0.1;      ///< reward per log-ratio, above 0; as for DPO
  double penalty = 50.0;  ///< charge per shortfall, at least 0; the value of the paper
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and penalty is finite and at least 0.
  void check() const {
    detail::require_positive("beta", beta);
    if (!(penalty >= 0.0)) detail::reject("penalty", detail::text(penalty), "a number of at least 0");
    detail::require_finite("penalty", penalty);
  }
  friend bool operator==(dpo_positive_options const&, dpo_positive_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("penalty", self.penalty, "charge per shortfall of the chosen action");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid( beta (m - penalty max(0, -r)) ) for a margin m and the log-ratio r of the chosen action.
class dpo_positive : public detail::configured<dpo_positive_options> {
 public:
  static constexpr std::string_view name = "dpo_positive";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    return log1pexp(-logit(detail::log_ratios{pair, options().likelihood}));
  }

  /// s (1 + penalty [r < 0]) by r and -s by the other log-ratio, with s = -beta sigmoid(-logit).
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    double const slope = -options().beta * sigmoid(-logit(ratios));
    return ratios.slopes(ratios.chosen < 0.0 ? slope * (1.0 + options().penalty) : slope, -slope);
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double logit(detail::log_ratios const& ratios) const noexcept {
    double const shortfall = ratios.chosen < 0.0 ? -ratios.chosen : 0.0;
    return options().beta * (ratios.margin() - options().penalty * shortfall);
  }
};

}  // namespace joust
