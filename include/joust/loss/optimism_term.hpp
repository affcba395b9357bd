// SPDX-License-Identifier: MIT
//
// Optimism without a posterior. Besides the loss of the answered pairs, the policy is charged for finding
// likely what its reference would have done: where the answers leave a choice, it moves to what has not been
// tried. With the other sign it is charged for the opposite, and stays with the data.
//
//   needs   samples of their own, one per answered pair as a rule: from the reference (XPO, SELM) or another
//           calibration policy (VPO), with their log-ratios under the policy in training
//   cost    a few comparisons
//   repeat  same log-ratio and count, same number
//   source  Xie et al., "Exploratory preference optimization", ICLR 2025, algorithm 1; Zhang et al.,
//           "Self-exploring language models", TMLR 2025, equation 4.2; Cen et al., "Value-incentivized
//           preference optimization", ICLR 2025
//
//     method         alpha                     sign           scale_by_beta   sampled from
//     XPO            1e-5, 5e-6, 0 in turn     optimistic     no              the first reference
//     SELM           1e-3 or 1e-4              optimistic     yes             the reference, renewed
//     VPO, online                              optimistic     yes             a calibration policy
//     VPO, offline                             pessimistic    yes             the data
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/schedule.hpp>
#include <joust/loss/detail/configured.hpp>

namespace joust {

/// Which way the samples are moved.
enum class optimism : unsigned char {
  optimistic,   ///< less likely
  pessimistic,  ///< more likely
};

/// The names of the ways, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(optimism) noexcept {
  return {"optimistic", "pessimistic"};
}

struct optimism_options {
  schedule alpha = 1e-5;  ///< weight beside the mean loss, never below 0; XPO's, for sums over many tokens
  optimism sign = optimism::optimistic;  ///< that of methods which collect their own data
  bool scale_by_beta = false;  ///< whether alpha is in units of reward: the weight is then alpha * beta
  double beta = 0.1;           ///< reward per log-ratio, above 0; the loss's own
  double clip = 500.0;  ///< log-ratios beyond count as this one and are moved no further, above 0; XPO's

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    alpha.check("alpha");
    if (!(alpha.lowest() >= 0.0)) detail::reject("alpha", detail::text(alpha.lowest()), "never below 0");
    detail::require_positive("beta", beta);
    if (!(clip > 0.0)) detail::reject("clip", detail::text(clip), "a number above 0");
  }
  friend bool operator==(optimism_options const&, optimism_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("alpha", self.alpha, "weight beside the mean loss");
    visit("sign", self.sign, "optimistic: samples become less likely; pessimistic: more");
    visit("scale_by_beta", self.scale_by_beta, "whether the weight is alpha * beta");
    visit("beta", self.beta, "reward per log-ratio");
    visit("clip", self.clip, "log-ratios beyond are moved no further");
  }
};

/// c * log [pi / pi_ref](sample), to be added to a loss, with c = +-alpha or +-alpha * beta.
class optimism_term : public detail::configured<optimism_options> {
 public:
  static constexpr std::string_view name = "optimism";
  using configured::configured;

  /// The coefficient c at a count of the alpha schedule.
  [[nodiscard]] double coefficient(std::uint64_t count = 0) const noexcept {
    double const alpha = options().alpha.at(count) * (options().scale_by_beta ? options().beta : 1.0);
    return options().sign == optimism::optimistic ? alpha : -alpha;
  }

  /// The term for a sample's log-ratio. (The reference's share of it has no gradient.)
  [[nodiscard]] double value(double log_ratio, std::uint64_t count = 0) const noexcept {
    return coefficient(count) * std::fmin(std::fmax(log_ratio, -options().clip), options().clip);
  }

  /// Its derivative by log pi(sample): c within the clip, 0 beyond.
  [[nodiscard]] double slope(double log_ratio, std::uint64_t count = 0) const noexcept {
    return std::fabs(log_ratio) <= options().clip ? coefficient(count) : 0.0;
  }
};

}  // namespace joust
