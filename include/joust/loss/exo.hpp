// SPDX-License-Identifier: MIT
//
// Efficient exact optimisation, for pairs. The policy's probability of the answer is fitted to the label from
// the other side: the reverse Kullback-Leibler divergence, which forgives no probability where the label has
// none.
//
//   needs   log-probabilities under policy and reference
//   cost    four exponentials and four logarithms
//   repeat  same pair, same value
//   source  Ji et al., "Towards efficient exact optimization of language model alignment", ICML 2024,
//           equation 16
#pragma once

#include <cmath>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct exo_options {
  double beta = 0.1;        ///< reward per log-ratio, above 0; as for DPO
  double smoothing = 1e-3;  ///< assumed share of wrong answers, in (0, 1/2): 0 would forbid all doubt
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and smoothing lies in (0, 1/2).
  void check() const {
    detail::require_positive("beta", beta);
    if (!(smoothing > 0.0 && smoothing < 0.5)) {
      detail::reject("smoothing", detail::text(smoothing), "a number in (0, 1/2)");
    }
  }
  friend bool operator==(exo_options const&, exo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("smoothing", self.smoothing, "assumed share of wrong answers");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// KL( sigmoid(beta m) || 1 - e ) of two coins, for a margin m and smoothing e:
///
///     p log(p / (1 - e)) + (1 - p) log((1 - p) / e),     p = sigmoid(beta m).
///
/// On an answer it is least, 0, at m = logit(1 - e) / beta. Under answers of probability q it is least at
/// m = (2 q - 1) logit(1 - e) / beta.
class exo : public detail::margin_loss<exo, exo_options> {
 public:
  static constexpr std::string_view name = "exo";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    double const z = options().beta * margin;
    double const e = options().smoothing;
    return sigmoid(z) * (log_sigmoid(z) - std::log1p(-e)) + sigmoid(-z) * (log_sigmoid(-z) - std::log(e));
  }

  /// beta p (1 - p) (beta m - logit(1 - e)): the derivatives of both logarithms cancel.
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    double const z = options().beta * margin;
    double const e = options().smoothing;
    return options().beta * sigmoid_slope(z) * (z - std::log1p(-e) + std::log(e));
  }
};

}  // namespace joust
