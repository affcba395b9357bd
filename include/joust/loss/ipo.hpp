// SPDX-License-Identifier: MIT
//
// Identity preference optimisation. The margin is drawn to a fixed target from both sides, so that a
// preference that is always answered alike cannot drive the policy away from its reference without end.
//
//   needs   log-probabilities under policy and reference
//   cost    a multiplication
//   repeat  same pair, same value
//   source  Azar et al., "A general theoretical paradigm to understand learning from human preferences",
//           AISTATS 2024, equation 17
//
// The target 1 / (2 beta) is a number of nats, of the whole action or of its average part: a hundredfold
// difference for a hundred tokens. The paper writes whole actions, programs in use differ, and neither choice
// is safe to assume, so that it has to be named.
#pragma once

#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

namespace detail {

// A likelihood that must be given.
struct stated_likelihood {
  log_likelihood value;

  JOUST_HOST_DEVICE constexpr stated_likelihood(log_likelihood likelihood) noexcept
      : value{likelihood} {}  // NOLINT(*-explicit-*)
  template <bool given = false>
  constexpr stated_likelihood() noexcept : value{} {
    static_assert(
        given,
        "joust::ipo: say in .likelihood whether the margin is of whole actions, log_likelihood::sum, or "
        "of their average part, log_likelihood::mean");
  }
  // NOLINTNEXTLINE(*-explicit-*)
  JOUST_HOST_DEVICE constexpr operator log_likelihood() const noexcept { return value; }
  friend bool operator==(stated_likelihood const&, stated_likelihood const&) = default;
  friend constexpr bool operator==(stated_likelihood const& stated, log_likelihood likelihood) noexcept {
    return stated.value == likelihood;
  }
};

}  // namespace detail

struct ipo_options {
  double beta = 0.1;                     ///< above 0: the margin is drawn to 1 / (2 beta); as for DPO
  detail::stated_likelihood likelihood;  ///< log_likelihood::sum or log_likelihood::mean; must be given

  /// Throws std::invalid_argument unless beta is finite and above 0, and so is the target.
  void check() const {
    detail::require_positive("beta", beta);
    detail::require_positive("1 / (2 beta)", 0.5 / beta);
  }
  friend bool operator==(ipo_options const&, ipo_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "the margin is drawn to 1 / (2 beta)");
    visit("likelihood", self.likelihood.value, "of whole actions (sum) or of their average part (mean)");
  }
};

/// (m - 1 / (2 beta))^2 for a margin m. Under answers of probability p it is least at m = (2 p - 1) / (2
/// beta).
class ipo : public detail::margin_loss<ipo, ipo_options> {
 public:
  static constexpr std::string_view name = "ipo";
  using margin_loss::margin_loss;
  using margin_loss::value;

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const noexcept {
    double const miss = margin - 0.5 / options().beta;
    return miss * miss;
  }

  /// 2 (m - 1 / (2 beta))
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const noexcept {
    return 2.0 * (margin - 0.5 / options().beta);
  }
};

}  // namespace joust
