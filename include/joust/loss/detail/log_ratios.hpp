// SPDX-License-Identifier: MIT
//
// A scored pair as most losses read it: by how much the policy likes either action better than its reference
// does.
#pragma once

#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust::detail {

// What a log-probability is multiplied by to become a log-likelihood.
[[nodiscard]] JOUST_HOST_DEVICE constexpr double share_of_part(double length,
                                                               log_likelihood likelihood) noexcept {
  return likelihood == log_likelihood::mean ? 1.0 / length : 1.0;
}

// The log-ratios log [pi / pi_ref] of both actions, and what a change of log pi does to either.
struct log_ratios {
  double chosen;
  double rejected;
  double chosen_share;
  double rejected_share;

  JOUST_HOST_DEVICE constexpr log_ratios(scored_pair const& pair, log_likelihood likelihood) noexcept
      : chosen_share{share_of_part(pair.chosen_length, likelihood)},
        rejected_share{share_of_part(pair.rejected_length, likelihood)} {
    chosen = (pair.chosen - pair.chosen_reference) * chosen_share;
    rejected = (pair.rejected - pair.rejected_reference) * rejected_share;
  }

  [[nodiscard]] JOUST_HOST_DEVICE constexpr double margin() const noexcept { return chosen - rejected; }

  // The chain rule: from derivatives by the log-ratios to those by log pi.
  [[nodiscard]] JOUST_HOST_DEVICE constexpr pair_slopes slopes(double by_chosen,
                                                               double by_rejected) const noexcept {
    return {by_chosen * chosen_share, by_rejected * rejected_share};
  }
};

}  // namespace joust::detail
