// SPDX-License-Identifier: MIT
//
// The laws of a preference_oracle, run on your own: outcomes in [0, 1], oracle_error as the only failure, no
// bias by position, and no memory of what was asked.
//
//   needs   an oracle, a context, and an indexable list of actions (std::vector, std::array, std::span)
//   cost    2 * samples questions per pair of actions: mind the bill of a paid oracle, and set `samples`
//   repeat  same oracle and stream, same report
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct preference_oracle_options {
  std::size_t samples = 400;        ///< questions per pair and order
  double false_alarm = 1e-6;        ///< probability that an unbiased oracle fails, over all pairs together
  bool biased_by_position = false;  ///< documented as such: the order may matter
  bool repeatable =
      true;  ///< same question and same stream, same answer; false where chance is not the stream's
};

namespace detail {

// Asks one question; an oracle_error is no answer. Anything else that goes wrong is recorded.
template <class Oracle, class Context, class Action, class Stream>
[[nodiscard]] std::optional<double> ask(Oracle& oracle, Context const& x, Action const& a, Action const& b,
                                        Stream& stream, law_report& report, std::string const& question) {
  double answer = 0.0;
  try {
    answer = static_cast<double>(oracle.compare(x, a, b, stream));
  } catch (oracle_error const&) { return std::nullopt; } catch (std::exception const& error) {
    report.breaks("a failure is an oracle_error", question + " threw \"" + error.what() + '"');
    return std::nullopt;
  }
  if (!(answer >= 0.0 && answer <= 1.0)) {
    report.breaks("the outcome lies in [0, 1]", question + " returned " + joust::detail::text(answer));
    return std::nullopt;
  }
  return answer;
}

inline std::string call(std::string_view name, std::size_t a, std::size_t b) {
  return std::string{name} + "(" + joust::detail::text(a) + ", " + joust::detail::text(b) + ")";
}

}  // namespace detail

/// Runs the laws of a preference_oracle (core/concepts.hpp) on all pairs of `actions` in one context:
///  - the outcome lies in [0, 1]
///  - a failure is an oracle_error; it counts as no answer and the kit goes on
///  - compare(x, a, b) and 1 - compare(x, b, a) have the same distribution, by a sign test over the
///    outcomes 0, below 1/2, 1/2, above 1/2 and 1 (unless biased_by_position)
///  - asking changes nothing: the same question with the same stream is answered as before (if repeatable)
/// Only the third can fail by chance, with probability at most `options.false_alarm`.
template <class Oracle, class Context, class Actions, joust::random_stream Stream>
[[nodiscard]] law_report preference_oracle(Oracle& oracle, Context const& x, Actions const& actions,
                                           Stream const& stream, preference_oracle_options options = {}) {
  using action = std::remove_cvref_t<decltype(actions[0])>;
  static_assert(
      joust::preference_oracle<Oracle, Context, action, Stream>,
      "joust::laws::preference_oracle: call joust::explain_preference_oracle to see what is missing");
  using joust::detail::text;
  law_report report{"preference_oracle"};
  std::size_t const count = actions.size();
  constexpr std::size_t cells = 5;  // 0, below 1/2, 1/2, above 1/2, 1
  auto cell_of = [](double y) -> std::size_t {
    double const rounding = 1e-12;  // 1 - 1e-17 is 1, and 1e-17 is meant to be its complement
    if (y <= rounding) return 0;
    if (y >= 1.0 - rounding) return 4;
    if (std::fabs(y - 0.5) <= rounding) return 2;
    return y < 0.5 ? 1 : 3;
  };
  double const tests = static_cast<double>(cells * count * count);

  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if (a == b) continue;
      std::string const question = detail::call("compare", a, b);
      Stream probe = stream.child(1);
      Stream const replay = probe;
      auto const before = detail::ask(oracle, x, actions[a], actions[b], probe, report, question);

      if (a < b) {
        std::array<std::size_t, cells> only_forward{};
        std::array<std::size_t, cells> only_backward{};
        Stream forward = stream.child(2).child(a).child(b);
        Stream backward = stream.child(3).child(a).child(b);
        for (std::size_t n = 0; n < options.samples; ++n) {
          auto const y = detail::ask(oracle, x, actions[a], actions[b], forward, report, question);
          auto const z =
              detail::ask(oracle, x, actions[b], actions[a], backward, report, detail::call("compare", b, a));
          if (!y || !z || cell_of(*y) == cell_of(1.0 - *z)) continue;
          ++only_forward[cell_of(*y)];
          ++only_backward[cell_of(1.0 - *z)];
        }
        for (std::size_t c = 0; c < cells && !options.biased_by_position; ++c) {
          if (!detail::plausibly_equal(only_forward[c], only_backward[c], options.false_alarm / tests)) {
            constexpr char const* names[] = {"0", "below 1/2", "1/2", "above 1/2", "1"};
            report.breaks("compare(x, a, b) and 1 - compare(x, b, a) have the same distribution",
                          "for " + question + " the outcome " + names[c] + " came " + text(only_forward[c]) +
                              " times in this order alone and " + text(only_backward[c]) +
                              " times in the other alone");
          }
        }
      }

      Stream again = replay;
      auto const after = detail::ask(oracle, x, actions[a], actions[b], again, report, question);
      if (options.repeatable && before && after && *before != *after) {
        report.breaks("asking changes nothing", question + " with the same stream returned " + text(*before) +
                                                    " first and " + text(*after) + " after other questions");
      }
    }
  }
  return report;
}

}  // namespace joust::laws
