// SPDX-License-Identifier: MIT
//
// Direct preference optimisation. Read the policy's log-ratio to its reference as a reward, and fit that
// reward to the answers as a logistic regression would. The better a pair is told apart already, the less it
// pulls.
//
//   needs   log-probabilities under policy and reference
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Rafailov et al., "Direct preference optimization: your language model is secretly a reward
//           model", NeurIPS 2023, equation 7
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct dpo_options {
  double beta =
      0.1;  ///< reward per log-ratio, above 0: how dear it is to leave the reference; the usual value
  log_likelihood likelihood = log_likelihood::sum;  ///< the derivation is about whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0.
  void check() const { detail::require_positive("beta", beta); }
  friend bool operator==(dpo_options const&, dpo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid(beta m) for a margin m. Under Bradley-Terry answers of probability p it is least at
/// m = logit(p) / beta.
class dpo : public detail::margin_loss<dpo, dpo_options> {
 public:
  static constexpr std::string_view name = "dpo";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    return log1pexp(-options().beta * margin);
  }

  /// -beta sigmoid(-beta m)
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    return -options().beta * sigmoid(-options().beta * margin);
  }
};

}  // namespace joust
