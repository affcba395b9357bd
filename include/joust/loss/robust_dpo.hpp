// SPDX-License-Identifier: MIT
//
// DPO without the bias of wrong answers. If a known share of the labels is flipped at random, this loss of
// the noisy label has the expectation that DPO would have had of the true one. The price is variance, and a
// value that can fall below zero without end.
//
//   needs   log-probabilities under policy and reference
//   cost    one exponential and one logarithm
//   repeat  same pair, same value
//   source  Ray Chowdhury, Kini & Natarajan, "Provably robust DPO: aligning language models with noisy
//           feedback", ICML 2024
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct robust_dpo_options {
  double beta = 0.1;     ///< reward per log-ratio, above 0; as for DPO
  double flipped = 0.1;  ///< share of answers that are flipped, in [0, 1/2); 0 is DPO
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and flipped lies in [0, 1/2).
  void check() const {
    detail::require_positive("beta", beta);
    if (!(flipped >= 0.0 && flipped < 0.5)) {
      detail::reject("flipped", detail::text(flipped), "a number in [0, 1/2)");
    }
  }
  friend bool operator==(robust_dpo_options const&, robust_dpo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("flipped", self.flipped, "share of answers that are flipped");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// [ -(1 - e) log sigmoid(beta m) + e log sigmoid(-beta m) ] / (1 - 2 e) for a margin m and a share e of
/// flips. Under answers of probability p before the flips it is least, in expectation, at m = logit(p) /
/// beta, as DPO.
class robust_dpo : public detail::margin_loss<robust_dpo, robust_dpo_options> {
 public:
  static constexpr std::string_view name = "robust_dpo";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    // With log sigmoid(-z) = log sigmoid(z) - z the two logarithms are one, whose factor 1 - 2 e cancels.
    double const z = options().beta * margin;
    return log1pexp(-z) - weight() * z;
  }

  /// -beta [ (1 - e) sigmoid(-beta m) + e sigmoid(beta m) ] / (1 - 2 e)
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    return -options().beta * (sigmoid(-options().beta * margin) + weight());
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double weight() const noexcept {
    return options().flipped / (1.0 - 2.0 * options().flipped);
  }
};

}  // namespace joust
