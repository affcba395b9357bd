// SPDX-License-Identifier: MIT
//
// The laws of a trainable_policy, run on your own: accumulate waits for step, adds up, and points uphill.
// Includes the laws of a policy.
//
//   needs   a copyable policy, a context, and several actions to look at, with unequal probabilities
//   cost    a policy kit and a few steps per action
//   repeat  same policy and stream, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/law_report.hpp>
#include <joust/laws/policy.hpp>

namespace joust::laws {

struct trainable_policy_options {
  double weight = 1e-3;        ///< of one accumulated gradient: small enough for the step to go uphill
  bool plain_gradient = true;  ///< a step is a multiple of the pending gradient; false for momentum or
                               ///< scaling per coordinate, with which an empty step may move
  double rounding = 1e-9;      ///< absolute difference of log-probabilities that counts as rounding
  std::size_t samples = 4000;  ///< of the policy kit
  double false_alarm = 1e-6;   ///< of the policy kit; the other laws cannot fail by chance
};

/// Runs the laws of a trainable_policy (core/concepts.hpp) on copies of `prototype`:
///  - accumulate changes no probability before step
///  - accumulate with weight 0 has no effect on the step
///  - two accumulated weights have the effect of their sum
///  - a step after accumulate(x, a, w), w > 0, raises log_probability(x, a); w < 0 lowers it
///  - with plain_gradient: step clears the pending gradient, so that a second step changes nothing; and,
///    where `actions` are all there are, gradients weighted by the probabilities cancel (the score has mean
///    zero)
///  - the laws of a policy
/// Only the last can fail by chance, with probability at most `options.false_alarm`.
template <class Policy, class Context, class Actions, joust::random_stream Stream>
[[nodiscard]] law_report trainable_policy(Policy const& prototype, Context const& x, Actions const& actions,
                                          Stream const& stream, trainable_policy_options options = {}) {
  using action = std::remove_cvref_t<decltype(actions[0])>;
  static_assert(joust::trainable_policy<Policy, Context, action, Stream>,
                "joust::laws::trainable_policy: call joust::explain_trainable_policy to see what is missing");
  static_assert(std::copy_constructible<Policy>, "joust::laws::trainable_policy: the kit works on copies");
  using joust::detail::text;
  law_report report{"trainable_policy"};
  report.examine([&] {
    std::size_t const count = actions.size();
    double const weight = options.weight;
    auto probabilities = [&](Policy const& model) {
      std::vector<double> logs(count);
      for (std::size_t a = 0; a < count; ++a) logs[a] = model.log_probability(x, actions[a]);
      return logs;
    };
    auto distance = [](std::vector<double> const& a, std::vector<double> const& b) {
      double largest = 0.0;
      for (std::size_t i = 0; i < a.size(); ++i) {
        double const difference = a[i] == b[i] ? 0.0 : std::fabs(a[i] - b[i]);
        if (!(difference <= largest)) largest = difference;
      }
      return largest;
    };
    auto demand = [&](std::vector<double> const& a, std::vector<double> const& b, char const* law,
                      std::string const& what) {
      double const moved = distance(a, b);
      if (!(moved <= options.rounding))
        report.breaks(law, what + " moves a log-probability by " + text(moved));
    };

    std::vector<double> const start = probabilities(prototype);
    double total = 0.0;
    for (double const log_probability : start) total += std::exp(log_probability);

    for (std::size_t a = 0; a < count; ++a) {
      std::string const name = "action " + text(a);
      Policy raised = prototype;
      raised.accumulate(x, actions[a], weight);
      demand(probabilities(raised), start, "accumulate changes no probability", "accumulating " + name);
      Policy parts = raised;
      Policy idle = raised;

      raised.step();
      std::vector<double> const after = probabilities(raised);
      // An action that is already certain cannot gain.
      if (start[a] < -options.rounding && !(after[a] > start[a])) {
        report.breaks("a step after accumulate with a positive weight raises the log-probability",
                      "that of " + name + " went from " + text(start[a]) + " to " + text(after[a]));
      }
      Policy lowered = prototype;
      lowered.accumulate(x, actions[a], -weight);
      lowered.step();
      if (start[a] < -options.rounding && !(probabilities(lowered)[a] < start[a])) {
        report.breaks(
            "a step after accumulate with a negative weight lowers the log-probability",
            "that of " + name + " went from " + text(start[a]) + " to " + text(probabilities(lowered)[a]));
      }

      idle.accumulate(x, actions[(a + 1) % count], 0.0);
      idle.step();
      demand(probabilities(idle), after, "accumulate with weight 0 has no effect", "weight 0 after " + name);

      parts = prototype;
      parts.accumulate(x, actions[a], 0.25 * weight);
      parts.accumulate(x, actions[a], 0.75 * weight);
      parts.step();
      demand(probabilities(parts), after, "accumulated weights add up",
             "weighting " + name + " in two parts");

      if (options.plain_gradient) {
        raised.step();
        demand(probabilities(raised), after, "step clears the pending gradient", "a second step");
      }
    }

    if (options.plain_gradient && std::fabs(total - 1.0) <= options.rounding) {
      Policy balanced = prototype;
      for (std::size_t a = 0; a < count; ++a) balanced.accumulate(x, actions[a], std::exp(start[a]));
      balanced.step();
      demand(probabilities(balanced), start, "accumulate adds the gradient of the log-probability",
             "weighting all actions by their probabilities, whose gradients cancel,");
    }
  });
  report.include(laws::policy(prototype, x, actions, stream,
                              {.samples = options.samples, .false_alarm = options.false_alarm}));
  return report;
}

}  // namespace joust::laws
