// SPDX-License-Identifier: MIT
//
// Simple preference optimisation. No reference: an action's reward is the average log-probability of its
// parts, which is what generation maximises, and the chosen action must lead by a margin.
//
//   needs   log-probabilities under the policy, and lengths
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Meng, Xia & Chen, "SimPO: simple preference optimization with a reference-free reward", NeurIPS
//           2024, equation 6
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

struct simpo_options {
  double beta = 2.0;  ///< reward per average log-probability, above 0; the usual value
  double lead = 0.5;  ///< lead asked of the chosen action, at least 0 (gamma / beta in the paper)
  log_likelihood likelihood = log_likelihood::mean;  ///< the idea of the method

  /// Throws std::invalid_argument unless beta is finite and above 0, and lead is finite and at least 0.
  void check() const {
    detail::require_positive("beta", beta);
    if (!(lead >= 0.0)) detail::reject("lead", detail::text(lead), "a number of at least 0");
    detail::require_finite("lead", lead);
  }
  friend bool operator==(simpo_options const&, simpo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per average log-probability");
    visit("lead", self.lead, "by how much the chosen action must lead, in log-likelihood");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid( beta (l_chosen - l_rejected - lead) ) with l = log pi(a | x) / length(a).
class simpo : public detail::configured<simpo_options> {
 public:
  static constexpr std::string_view name = "simpo";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    return log1pexp(-options().beta * (without_reference(pair).margin() - options().lead));
  }

  /// -beta sigmoid(-beta (l_chosen - l_rejected - lead)) by l_chosen, its opposite by l_rejected.
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const scores = without_reference(pair);
    double const slope = -options().beta * sigmoid(-options().beta * (scores.margin() - options().lead));
    return scores.slopes(slope, -slope);
  }

 private:
  // A reference that likes all actions alike.
  [[nodiscard]] JOUST_HOST_DEVICE detail::log_ratios without_reference(scored_pair pair) const noexcept {
    pair.chosen_reference = pair.rejected_reference = 0.0;
    return {pair, options().likelihood};
  }
};

}  // namespace joust
