// SPDX-License-Identifier: MIT
//
// Binary classifier optimisation. The implicit reward is the logit of a classifier that calls the chosen
// action good and the rejected one bad; a shift moves the border between the two.
//
//   needs   log-probabilities under policy and reference
//   cost    two exponentials and two logarithms
//   repeat  same pair, same value
//   source  Jung et al., "Binary classifier optimization for large language model alignment", ACL 2025
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

struct bco_options {
  double beta = 0.1;  ///< reward per log-ratio, above 0; as for DPO
  double shift =
      0.0;  ///< reward at the border; the paper follows the mean reward, which is left to the caller
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and shift is finite.
  void check() const {
    detail::require_positive("beta", beta);
    detail::require_finite("shift", shift);
  }
  friend bool operator==(bco_options const&, bco_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("shift", self.shift, "reward at the border between good and bad");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid(c - shift) - log sigmoid(shift - d),
/// with c and d the implicit rewards, beta times the log-ratio, of the chosen and the rejected action.
class bco : public detail::configured<bco_options> {
 public:
  static constexpr std::string_view name = "bco";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    auto const [chosen, rejected] = rewards(detail::log_ratios{pair, options().likelihood});
    return log1pexp(options().shift - chosen) + log1pexp(rejected - options().shift);
  }

  /// -beta sigmoid(shift - c) and beta sigmoid(d - shift)
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    auto const [chosen, rejected] = rewards(ratios);
    return ratios.slopes(-options().beta * sigmoid(options().shift - chosen),
                         options().beta * sigmoid(rejected - options().shift));
  }

 private:
  struct implicit_rewards {
    double chosen;
    double rejected;
  };
  [[nodiscard]] JOUST_HOST_DEVICE implicit_rewards rewards(detail::log_ratios const& ratios) const noexcept {
    return {options().beta * ratios.chosen, options().beta * ratios.rejected};
  }
};

}  // namespace joust
