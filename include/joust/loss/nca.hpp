// SPDX-License-Identifier: MIT
//
// Noise contrastive alignment. Besides telling the chosen action from the rejected one, it keeps the chosen
// action's own likelihood up: each action is classified by itself as answer or as noise of the reference.
//
//   needs   log-probabilities under policy and reference
//   cost    three exponentials and three logarithms
//   repeat  same pair, same value
//   source  Chen et al., "Noise contrastive alignment of language models with explicit rewards", NeurIPS 2024
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

struct nca_options {
  double beta = 0.1;                                ///< reward per log-ratio, above 0; as for DPO
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0.
  void check() const { detail::require_positive("beta", beta); }
  friend bool operator==(nca_options const&, nca_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// -log sigmoid(c) - 1/2 log sigmoid(-c) - 1/2 log sigmoid(-d),
/// with c and d the implicit rewards, beta times the log-ratio, of the chosen and the rejected action.
class nca : public detail::configured<nca_options> {
 public:
  static constexpr std::string_view name = "nca";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    auto const [chosen, rejected] = rewards(detail::log_ratios{pair, options().likelihood});
    return log1pexp(-chosen) + 0.5 * log1pexp(chosen) + 0.5 * log1pexp(rejected);
  }

  /// beta (sigmoid(c) / 2 - sigmoid(-c)) and beta sigmoid(d) / 2
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    auto const [chosen, rejected] = rewards(ratios);
    return ratios.slopes(options().beta * (0.5 * sigmoid(chosen) - sigmoid(-chosen)),
                         options().beta * 0.5 * sigmoid(rejected));
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
