// SPDX-License-Identifier: MIT
//
// DPO that does not pay for length. Where the chosen action is the longer one, that may be why it was chosen:
// such a pair is held to be told apart already, by so much per part, and pulls less.
//
//   needs   log-probabilities under policy and reference
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Park et al., "Disentangling length from quality in direct preference optimization", Findings of
//           ACL 2024
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

struct length_regularised_dpo_options {
  double beta = 0.1;       ///< reward per log-ratio, above 0; as for DPO
  double per_part = 0.01;  ///< logit per part (token) of more length; for actions of tens of parts
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and per_part is finite.
  void check() const {
    detail::require_positive("beta", beta);
    detail::require_finite("per_part", per_part);
  }
  friend bool operator==(length_regularised_dpo_options const&,
                         length_regularised_dpo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("per_part", self.per_part, "discount per part of more length");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid( beta m + alpha (length(chosen) - length(rejected)) ) for a margin m and a discount alpha per
/// part.
class length_regularised_dpo : public detail::configured<length_regularised_dpo_options> {
 public:
  static constexpr std::string_view name = "length_regularised_dpo";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    return log1pexp(-logit(pair, detail::log_ratios{pair, options().likelihood}));
  }

  /// -beta sigmoid(-logit) by the log-ratio of the chosen action, its opposite by the other.
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    double const slope = -options().beta * sigmoid(-logit(pair, ratios));
    return ratios.slopes(slope, -slope);
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double logit(scored_pair const& pair,
                                               detail::log_ratios const& ratios) const noexcept {
    return options().beta * ratios.margin() +
           options().per_part * (pair.chosen_length - pair.rejected_length);
  }
};

}  // namespace joust
