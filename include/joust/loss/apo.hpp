// SPDX-License-Identifier: MIT
//
// Anchored preference optimisation. The reference is an anchor for each action by itself, not for their
// difference: say of the answers whether they are better than what the policy would do, and both are lifted
// or sunk accordingly.
//
//   needs   log-probabilities under policy and reference
//   cost    two exponentials
//   repeat  same pair, same value
//   source  D'Oosterlinck et al., "Anchored preference optimization and contrastive revisions: addressing
//           underspecification in alignment", TACL 2025, equations 7 and 8
#pragma once

#include <array>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/configured.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust {

/// What the answers are to the policy.
enum class apo_anchor : unsigned char {
  zero,  ///< the chosen ones better than its own: they rise, the rejected ones sink
  down,  ///< the chosen ones worse than its own: both sink, the chosen less
};

/// The names of the anchors, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(apo_anchor) noexcept {
  return {"zero", "down"};
}

struct apo_options {
  double beta = 0.1;                     ///< reward per log-ratio, above 0; as for DPO
  apo_anchor anchor = apo_anchor::zero;  ///< the chosen action rises: for answers better than the policy's
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0.
  void check() const { detail::require_positive("beta", beta); }
  friend bool operator==(apo_options const&, apo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("anchor", self.anchor, "zero: chosen up, rejected down; down: both down, the chosen less");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

/// zero:  1 - sigmoid(c) + sigmoid(d)
/// down:  sigmoid(c) + 1 - sigmoid(c - d),
/// with c and d the implicit rewards, beta times the log-ratio, of the chosen and the rejected action.
class apo : public detail::configured<apo_options> {
 public:
  static constexpr std::string_view name = "apo";
  using configured::configured;

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const noexcept {
    auto const [chosen, rejected] = rewards(detail::log_ratios{pair, options().likelihood});
    return options().anchor == apo_anchor::zero ? sigmoid(-chosen) + sigmoid(rejected)
                                                : sigmoid(chosen) + sigmoid(rejected - chosen);
  }

  /// zero: -beta s'(c) and beta s'(d); down: beta (s'(c) - s'(c - d)) and beta s'(c - d), with s the logistic
  /// function
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const noexcept {
    detail::log_ratios const ratios{pair, options().likelihood};
    auto const [chosen, rejected] = rewards(ratios);
    if (options().anchor == apo_anchor::zero) {
      return ratios.slopes(-options().beta * sigmoid_slope(chosen), options().beta * sigmoid_slope(rejected));
    }
    double const apart = options().beta * sigmoid_slope(chosen - rejected);
    return ratios.slopes(options().beta * sigmoid_slope(chosen) - apart, apart);
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
