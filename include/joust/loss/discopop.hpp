// SPDX-License-Identifier: MIT
//
// A loss that was found by a language model asked for new ones: logistic for pairs that are told apart
// wrongly, exponential for those told apart rightly, blended around zero. It is not convex.
//
//   needs   log-probabilities under policy and reference
//   cost    four exponentials and three logarithms
//   repeat  same pair, same value
//   source  Lu et al., "Discovering preference optimization algorithms with and for large language models",
//           NeurIPS 2024, equation 5
#pragma once

#include <cmath>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct discopop_options {
  double beta = 0.1;          ///< reward per log-ratio, above 0; as for DPO
  double temperature = 0.05;  ///< width of the blend, in (0, 1]; the value it was found with
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0, and temperature lies in (0, 1].
  void check() const {
    detail::require_positive("beta", beta);
    if (!(temperature > 0.0 && temperature <= 1.0)) {
      detail::reject("temperature", detail::text(temperature), "a number in (0, 1]");
    }
  }
  friend bool operator==(discopop_options const&, discopop_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("temperature", self.temperature, "width of the blend, in (0, 1]");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// (1 - s) log(1 + exp(-z)) + s exp(-z) with z = beta m for a margin m and s = sigmoid(z / temperature).
class discopop : public detail::margin_loss<discopop, discopop_options> {
 public:
  static constexpr std::string_view name = "discopop";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    double const z = options().beta * margin;
    return sigmoid(-z / options().temperature) * log1pexp(-z) + exponential(z);
  }

  /// beta [ -(1 - s) sigmoid(-z) - s exp(-z) + s (1 - s) (exp(-z) - log(1 + exp(-z))) / temperature ]
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    double const z = options().beta * margin;
    double const t = options().temperature;
    double const rest = sigmoid(-z / t);  // 1 - s
    return options().beta * (-rest * sigmoid(-z) - exponential(z) + rest * exponential(z) / t -
                             sigmoid_slope(z / t) * log1pexp(-z) / t);
  }

 private:
  // s exp(-z): of large negative z the one factor underflows where the other overflows, their product is
  // tame.
  [[nodiscard]] JOUST_HOST_DEVICE double exponential(double z) const noexcept {
    return std::exp(log_sigmoid(z / options().temperature) - z);
  }
};

}  // namespace joust
