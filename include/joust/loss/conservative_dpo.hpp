// SPDX-License-Identifier: MIT
//
// DPO for answers that are wrong now and then. It believes a label with probability 1 - smoothing only, so
// that the margin has a finite best value and a pair that is told apart too well is pulled back.
//
//   needs   log-probabilities under policy and reference
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Mitchell, "A note on DPO with noisy preferences & relationship to IPO", 2023; label smoothing:
//           Szegedy et al., "Rethinking the inception architecture for computer vision", CVPR 2016
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct conservative_dpo_options {
  double beta = 0.1;                                ///< reward per log-ratio, above 0; as for DPO
  double smoothing = 0.1;                           ///< assumed share of wrong answers, in [0, 1/2); 0 is DPO
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and smoothing lies in [0, 1/2).
  void check() const {
    detail::require_positive("beta", beta);
    if (!(smoothing >= 0.0 && smoothing < 0.5)) {
      detail::reject("smoothing", detail::text(smoothing), "a number in [0, 1/2)");
    }
  }
  friend bool operator==(conservative_dpo_options const&, conservative_dpo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("smoothing", self.smoothing, "assumed share of wrong answers");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -(1 - e) log sigmoid(beta m) - e log sigmoid(-beta m) for a margin m and smoothing e. On an answer it is
/// least at m = logit(1 - e) / beta; under answers of probability p at sigmoid(beta m) = p (1 - e) + (1 - p)
/// e.
class conservative_dpo : public detail::margin_loss<conservative_dpo, conservative_dpo_options> {
 public:
  static constexpr std::string_view name = "conservative_dpo";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    // log sigmoid(-z) = log sigmoid(z) - z: one logarithm serves both terms.
    double const z = options().beta * margin;
    return log1pexp(-z) + options().smoothing * z;
  }

  /// beta (e - sigmoid(-beta m))
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    return options().beta * (options().smoothing - sigmoid(-options().beta * margin));
  }
};

}  // namespace joust
