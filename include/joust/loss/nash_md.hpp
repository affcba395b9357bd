// SPDX-License-Identifier: MIT
//
// Nash mirror descent, as a policy gradient. The first action is the policy's own, the second that of the
// opponent, a mixture of policy and reference; the first becomes likelier as far as it was preferred, and is
// held to the reference. The second teaches nothing by itself.
//
//   needs   log-probabilities under policy and reference; first actions sampled from the policy, second ones
//           from the mixture
//   cost    a few multiplications
//   repeat  same duel, same value
//   source  Munos et al., "Nash learning from human feedback", ICML 2024
//
// Not a loss of a chosen and a rejected action: exchanging the two together with the outcome changes it.
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/loss/detail/configured.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust {

struct nash_md_options {
  double beta = 0.1;  ///< weight of the divergence from the reference, at least 0; the usual value
  log_likelihood likelihood = log_likelihood::sum;  ///< a policy gradient is about whole actions

  /// Throws std::invalid_argument unless beta is finite and at least 0.
  void check() const {
    if (!(beta >= 0.0)) detail::reject("beta", detail::text(beta), "a number of at least 0");
    detail::require_finite("beta", beta);
  }
  friend bool operator==(nash_md_options const&, nash_md_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "weight of the divergence from the reference");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// beta r^2 / 2 - (y - 1/2) log pi(first), with r = log [pi / pi_ref](first) and y the outcome.
///
/// Of samples from pi, the slope r is the gradient of KL(pi || pi_ref) in expectation, and r^2 / 2 the value
/// it is the derivative of.
class nash_md : public detail::configured<nash_md_options> {
 public:
  static constexpr std::string_view name = "nash_md";
  using configured::configured;

  /// Of a duel, `chosen` being its first action, and its outcome y in [0, 1].
  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& duel, outcome y) const noexcept {
    detail::log_ratios const ratios{duel, options().likelihood};
    return 0.5 * options().beta * ratios.chosen * ratios.chosen -
           (y - 0.5) * duel.chosen * ratios.chosen_share;
  }

  /// beta r - (y - 1/2) by log pi(first), and 0 by log pi(second).
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& duel, outcome y) const noexcept {
    detail::log_ratios const ratios{duel, options().likelihood};
    return ratios.slopes(options().beta * ratios.chosen - (y - 0.5), 0.0);
  }
};

}  // namespace joust
