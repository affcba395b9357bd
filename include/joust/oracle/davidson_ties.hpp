// SPDX-License-Identifier: MIT
//
// Bradley-Terry with ties. Two actions of equal utility tie with probability nu / (2 + nu), and the further
// they are apart the rarer a tie becomes; a tie is the outcome 1/2.
//
//   needs   a utility u(x, a) or u(a)
//   cost    two utilities, two exponentials, one uniform number
//   source  Davidson, "On extending the Bradley-Terry model to accommodate ties in paired comparison
//           experiments", Journal of the American Statistical Association 65, 1970
#pragma once

#include <cmath>
#include <utility>

#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/oracle/random_utility.hpp>

namespace joust {

namespace detail {

/// The chances of a win and of a tie.
struct tie_odds {
  double win;
  double draw;

  [[nodiscard]] JOUST_HOST_DEVICE double expectation() const noexcept { return win + 0.5 * draw; }

  template <class Stream>
  [[nodiscard]] JOUST_HOST_DEVICE outcome answer(Stream& stream) const {
    double const u = draw_uniform(stream);
    if (u < win) return first_wins;
    return u < win + draw ? tie : second_wins;
  }
};

/// At an advantage of d, win : tie : loss = e^(d/2) : nu : e^(-d/2), each divided by the largest power so
/// that none overflows.
[[nodiscard]] JOUST_HOST_DEVICE inline tie_odds odds_with_ties(double d, double nu) noexcept {
  double const even = std::exp(-0.5 * std::fabs(d));
  double const weak = even * even;
  double const total = 1.0 + nu * even + weak;
  return {(d >= 0.0 ? 1.0 : weak) / total, nu * even / total};
}

}  // namespace detail

/// An oracle whose answers are 1, 1/2 (a tie) and 0.
template <class Utility>
class davidson_ties {
 public:
  /// `nu` is the strength of ties, finite and at least 0; 0 is Bradley-Terry. Throws std::invalid_argument
  /// otherwise.
  explicit davidson_ties(Utility utility, double nu) : utility_{std::move(utility)}, nu_{nu} {
    if (!(nu >= 0.0) || !std::isfinite(nu)) {
      detail::reject("nu", detail::text(nu), "a finite number of at least 0");
    }
  }

  /// 1, 1/2 or 0. Throws oracle_error for a utility that is not finite.
  template <class Context, class Action, random_stream Stream>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] outcome compare(Context const& x, Action const& first, Action const& second,
                                Stream& stream) const {
    return chances(x, first, second).answer(stream);
  }

  /// The expected outcome: P(first wins) + P(tie) / 2.
  template <class Context, class Action>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] double probability(Context const& x, Action const& first, Action const& second) const {
    return chances(x, first, second).expectation();
  }

  /// The probability of a tie.
  template <class Context, class Action>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] double tie_probability(Context const& x, Action const& first, Action const& second) const {
    return chances(x, first, second).draw;
  }

 private:
  template <class Context, class Action>
  detail::tie_odds chances(Context const& x, Action const& first, Action const& second) const {
    double const d = detail::utility_of(utility_, x, first) - detail::utility_of(utility_, x, second);
    return detail::odds_with_ties(d, nu_);
  }

  Utility utility_;
  double nu_;
};

}  // namespace joust
