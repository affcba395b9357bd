// SPDX-License-Identifier: MIT
//
// Sequence likelihood calibration in its direct form: a hinge. A pair pulls with full force until its margin
// is wide enough, and not at all from there on.
//
//   needs   log-probabilities under policy and reference
//   cost    a comparison
//   repeat  same pair, same value
//   source  Zhao et al., "SLiC-HF: sequence likelihood calibration with human feedback", arXiv 2305.10425,
//           with the log-ratio to a reference as in Liu et al., "Statistical rejection sampling improves
//           preference optimization", ICLR 2024
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct slic_options {
  double beta = 0.2;  ///< above 0: a margin of 1 / beta is wide enough; SEA's value
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO, whose margin it uses

  /// Throws std::invalid_argument unless beta is finite and above 0.
  void check() const { detail::require_positive("beta", beta); }
  friend bool operator==(slic_options const&, slic_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "a margin of 1 / beta is wide enough");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// max(0, 1 - beta m) for a margin m.
class slic : public detail::margin_loss<slic, slic_options> {
 public:
  static constexpr std::string_view name = "slic";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    double const lack = 1.0 - options().beta * margin;
    return lack > 0.0 ? lack : 0.0;
  }

  /// -beta while beta m < 1, then 0
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    return options().beta * margin < 1.0 ? -options().beta : 0.0;
  }
};

}  // namespace joust
