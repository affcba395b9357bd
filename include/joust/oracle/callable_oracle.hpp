// SPDX-License-Identifier: MIT
//
// Any function as an oracle: a lambda that asks a person, calls a model or looks an answer up. What it
// answers is checked, so that a judge gone wrong is an error and not a label.
//
//   needs   a callable (a, b), (x, a, b) or (x, a, b, stream) whose result converts to double
//   cost    the call
//   repeat  as repeatable as the callable
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>

namespace joust {

namespace detail {

template <class F, class... Arguments>
concept answers =
    std::is_invocable_v<F&, Arguments...> && std::convertible_to < std::invoke_result_t<F&, Arguments...>,
double > ;

template <class F, class Context, class Action, class Stream>
concept answers_duels = answers<F, Context const&, Action const&, Action const&, Stream&> ||
    answers<F, Context const&, Action const&, Action const&> || answers<F, Action const&, Action const&>;

}  // namespace detail

/// Wraps a callable that returns the first's share of the preference: true or 1 if it wins, false or 0 if
/// the second does, 1/2 for a tie, anything between for a soft judgement. If the callable accepts more than
/// one of the three argument lists, the longest is used.
template <class Callable>
class callable_oracle {
 public:
  constexpr explicit callable_oracle(Callable callable) : callable_{std::move(callable)} {}

  /// The callable's answer. Throws oracle_error with the value if that lies outside [0, 1] or is NaN; what
  /// the callable itself throws passes through.
  template <class Context, class Action, random_stream Stream>
    requires detail::answers_duels<Callable, Context, Action, Stream>
  [[nodiscard]] outcome compare(Context const& x, Action const& first, Action const& second, Stream& stream) {
    double const answer = ask(x, first, second, stream);
    if (!(answer >= 0.0 && answer <= 1.0)) {
      throw oracle_error{"oracle: answered " + detail::text(answer) + "; expected an outcome in [0, 1]"};
    }
    return answer;
  }

 private:
  template <class Context, class Action, class Stream>
  double ask(Context const& x, Action const& first, Action const& second, [[maybe_unused]] Stream& stream) {
    if constexpr (detail::answers<Callable, Context const&, Action const&, Action const&, Stream&>) {
      return static_cast<double>(callable_(x, first, second, stream));
    } else if constexpr (detail::answers<Callable, Context const&, Action const&, Action const&>) {
      return static_cast<double>(callable_(x, first, second));
    } else {
      return static_cast<double>(callable_(first, second));
    }
  }

  Callable callable_;
};

}  // namespace joust
