// SPDX-License-Identifier: MIT
//
// The laws of a known_preference, run on your own: what it states is what it does. Includes the laws of a
// preference_oracle.
//
//   needs   an oracle with probabilities, a context, and an indexable list of actions
//   cost    2 * samples questions per ordered pair of actions
//   repeat  same oracle and stream, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>
#include <joust/laws/preference_oracle.hpp>

namespace joust::laws {

struct known_preference_options {
  std::size_t samples = 2000;  ///< questions per ordered pair
  double false_alarm = 1e-6;   ///< probability that a correct oracle fails, over all pairs together
  double rounding = 1e-12;     ///< what complementary probabilities may miss 1 by
};

/// Runs the laws of a known_preference (core/concepts.hpp) on all pairs of `actions` in one context:
///  - probability(x, a, b) lies in [0, 1]
///  - probability(x, a, b) + probability(x, b, a) = 1 up to rounding
///  - probability(x, a, a) = 1/2
///  - probability(x, a, b) is the expectation of compare(x, a, b), by the Chernoff bound
///  - the laws of a preference_oracle
/// A correct oracle breaks one with probability at most `options.false_alarm`, half of which goes to the
/// last.
template <class Oracle, class Context, class Actions, joust::random_stream Stream>
[[nodiscard]] law_report known_preference(Oracle& oracle, Context const& x, Actions const& actions,
                                          Stream const& stream, known_preference_options options = {}) {
  using action = std::remove_cvref_t<decltype(actions[0])>;
  static_assert(joust::known_preference<Oracle, Context, action, Stream>,
                "joust::laws::known_preference: call joust::explain_known_preference to see what is missing");
  using joust::detail::text;
  law_report report{"known_preference"};
  std::size_t const count = actions.size();
  report.examine([&] {
    Oracle const& truth = oracle;
    double const tests = 2.0 * static_cast<double>(count * count);
    for (std::size_t a = 0; a < count; ++a) {
      double const self = truth.probability(x, actions[a], actions[a]);
      if (!(std::fabs(self - 0.5) <= options.rounding)) {
        report.breaks("probability(x, a, a) is 1/2", detail::call("probability", a, a) + " is " + text(self));
      }
      for (std::size_t b = 0; b < count; ++b) {
        double const p = truth.probability(x, actions[a], actions[b]);
        double const q = truth.probability(x, actions[b], actions[a]);
        if (!(p >= 0.0 && p <= 1.0)) {
          report.breaks("probability(x, a, b) lies in [0, 1]",
                        detail::call("probability", a, b) + " is " + text(p));
          continue;
        }
        if (!(std::fabs(p + q - 1.0) <= options.rounding)) {
          report.breaks(
              "probability(x, a, b) + probability(x, b, a) is 1",
              "for " + detail::call("probability", a, b) + " they are " + text(p) + " and " + text(q));
        }
        Stream chance = stream.child(4).child(a).child(b);
        std::size_t answers = 0;
        double total = 0.0;
        for (std::size_t n = 0; a != b && n < options.samples; ++n) {
          auto const y =
              detail::ask(oracle, x, actions[a], actions[b], chance, report, detail::call("compare", a, b));
          if (!y) continue;
          ++answers;
          total += *y;
        }
        if (answers == 0) continue;
        double const share = total / static_cast<double>(answers);
        if (!detail::plausible_share(share, p, answers, options.false_alarm / tests)) {
          report.breaks("probability(x, a, b) is the expectation of compare(x, a, b)",
                        detail::call("probability", a, b) + " is " + text(p) + ", the mean of " +
                            text(answers) + " outcomes " + text(share));
        }
      }
    }
  });
  report.include(laws::preference_oracle(
      oracle, x, actions, stream, {.samples = options.samples, .false_alarm = 0.5 * options.false_alarm}));
  return report;
}

}  // namespace joust::laws
