// SPDX-License-Identifier: MIT
//
// Preferences from rewards. Every action has a utility in its context, and a link turns two utilities into
// the probability that the first is preferred. Bradley-Terry, Thurstone and the linear model are three links
// over this one piece.
//
//   needs   a utility u(x, a), or u(a) where the context does not matter; a link (ua, ub) -> probability
//   cost    two utilities, one link, one uniform number
//   repeat  same utilities and same stream give the same answers
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// The utility of an action in a context, as u(x, a) or, where the context does not matter, u(a).
template <class Utility, class Context, class Action>
concept utility_function = requires(Utility const& u, Context const& x, Action const& a) {
  { u(x, a) } -> std::convertible_to<double>;
}
|| requires(Utility const& u, Action const& a) {
  { u(a) } -> std::convertible_to<double>;
};

namespace detail {

// The utility, refused with oracle_error unless finite: no link has an answer for NaN.
template <class Utility, class Context, class Action>
  requires utility_function<Utility, Context, Action>
[[nodiscard]] double utility_of(Utility const& u, Context const& x, Action const& a) {
  double value;
  if constexpr (std::invocable<Utility const&, Context const&, Action const&>) {
    value = static_cast<double>(u(x, a));
  } else {
    value = static_cast<double>(u(a));
  }
  if (!std::isfinite(value)) {
    throw oracle_error{"utility: is " + text(value) + "; expected a finite number"};
  }
  return value;
}

}  // namespace detail

/// An oracle that prefers the first action with probability link(u(x, first), u(x, second)).
///
/// The link is a constant function object with link(u, v) + link(v, u) = 1, rising in u. A utility that is
/// not finite, or a link's value outside [0, 1], is an oracle_error at the call.
template <class Utility, class Link>
class random_utility {
 public:
  constexpr explicit random_utility(Utility utility, Link link = {})
      : utility_{std::move(utility)}, link_{std::move(link)} {}

  /// 1 if the first is preferred, else 0, drawn with probability(x, first, second).
  template <class Context, class Action, random_stream Stream>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] outcome compare(Context const& x, Action const& first, Action const& second,
                                Stream& stream) const {
    return draw_bernoulli(probability(x, first, second), stream);
  }

  /// The probability that the first is preferred.
  template <class Context, class Action>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] double probability(Context const& x, Action const& first, Action const& second) const {
    double const u = detail::utility_of(utility_, x, first);
    double const v = detail::utility_of(utility_, x, second);
    double const p = link_(u, v);
    if (!(p >= 0.0 && p <= 1.0)) {
      throw oracle_error{"link: utilities " + detail::text(u) + " and " + detail::text(v) + " give " +
                         detail::text(p) + "; expected a probability in [0, 1]"};
    }
    return p;
  }

  /// The utility of an action: the truth, for metrics only.
  template <class Context, class Action>
    requires utility_function<Utility, Context, Action>
  [[nodiscard]] double utility(Context const& x, Action const& action) const {
    return detail::utility_of(utility_, x, action);
  }

 private:
  Utility utility_;
  [[no_unique_address]] Link link_;
};

}  // namespace joust
