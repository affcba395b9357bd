// SPDX-License-Identifier: MIT
//
// The laws of a policy over discrete actions, run on your own: its samples come as often as its
// log-probabilities say.
//
//   needs   a policy, a context, and the actions to look at (all, or the likely ones), comparable with ==
//   cost    2 * samples samples
//   repeat  same policy and stream, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct policy_options {
  std::size_t samples = 4000;  ///< sampled actions
  double false_alarm = 1e-6;   ///< probability that a correct policy fails, over all actions together
  double rounding = 1e-9;      ///< what probabilities may exceed 1 by
};

/// Runs the laws of a policy (core/concepts.hpp) on discrete actions:
///  - log_probability is at most 0, the probabilities of different actions sum to at most 1
///  - log_probability is finite for every action that is sampled
///  - the frequencies of sample(x, g) are exp(log_probability), for each of `actions` and for all others
///    together
///  - the same stream gives the same action
/// `actions` is indexable and lists each action once. A correct policy breaks the third with probability at
/// most `options.false_alarm` (Chernoff bound), the others never.
template <class Policy, class Context, class Actions, joust::random_stream Stream>
[[nodiscard]] law_report policy(Policy const& model, Context const& x, Actions const& actions,
                                Stream const& stream, policy_options options = {}) {
  using action = std::remove_cvref_t<decltype(actions[0])>;
  static_assert(joust::policy<Policy, Context, action, Stream>,
                "joust::laws::policy: call joust::explain_policy to see what is missing");
  using joust::detail::text;
  law_report report{"policy"};
  report.examine([&] {
    std::size_t const count = actions.size();
    std::vector<double> probability(count);
    double total = 0.0;
    for (std::size_t a = 0; a < count; ++a) {
      double const log_probability = model.log_probability(x, actions[a]);
      if (!(log_probability <= 0.0)) {
        report.breaks("log_probability is at most 0",
                      "for action " + text(a) + " it is " + text(log_probability));
        return;
      }
      probability[a] = std::exp(log_probability);
      total += probability[a];
    }
    if (!(total <= 1.0 + options.rounding)) {
      report.breaks("the probabilities of different actions sum to at most 1", "they sum to " + text(total));
      return;
    }

    std::vector<std::size_t> frequency(count + 1);  // the last counts all other actions
    Stream chance = stream;
    for (std::size_t n = 0; n < options.samples; ++n) {
      Stream same = chance;
      action const sampled = model.sample(x, chance);
      if (!(static_cast<action>(model.sample(x, same)) == sampled)) {
        report.breaks("the same stream gives the same action",
                      "sample " + text(n) + " differs in a second call");
      }
      double const log_probability = model.log_probability(x, sampled);
      if (!std::isfinite(log_probability)) {
        report.breaks("log_probability is finite for every action that is sampled",
                      "sample " + text(n) + " has " + text(log_probability));
      }
      std::size_t a = 0;
      while (a < count && !(actions[a] == sampled)) ++a;
      ++frequency[a];
    }
    double const false_alarm = options.false_alarm / static_cast<double>(count + 1);
    for (std::size_t a = 0; a <= count; ++a) {
      double const expected = a < count ? std::fmin(1.0, probability[a]) : std::fmax(0.0, 1.0 - total);
      double const share = static_cast<double>(frequency[a]) / static_cast<double>(options.samples);
      if (!detail::plausible_share(share, expected, options.samples, false_alarm)) {
        report.breaks("the frequencies of sample(x, g) are exp(log_probability)",
                      (a < count ? "action " + text(a) : "an action that is not listed") +
                          " has the frequency " + text(share) + ", expected " + text(expected));
      }
    }
  });
  return report;
}

}  // namespace joust::laws
