// SPDX-License-Identifier: MIT
//
// The laws of a reward model, run on your own: its beliefs belong to the sets it was shown, its expectations
// are their means, and a duel teaches the same from either side.
//
//   needs   a copyable reward model, contexts with candidate sets of at least two, a policy and its reference
//   cost    a few rounds on copies, and a belief kit per set
//   repeat  same arguments, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/belief.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct reward_model_options {
  std::size_t rounds = 3;      ///< of learning, on copies
  double rounding = 1e-6;      ///< of expected rewards, relative to 1 + their size
  std::size_t samples = 2000;  ///< of the belief kit
  double false_alarm = 1e-6;   ///< of the belief kit; the other laws cannot fail by chance
};

/// Runs the laws of a reward_model (alignment/reward_model.hpp) on copies of `prototype`:
///  - belief(i) is over as many candidates as the i-th set has, and keeps the laws of a belief
///  - expected is the belief's mean, up to a constant, and disturbs neither beliefs nor observe
///  - observe(i, a, b, y, w) and observe(i, b, a, 1 - y, w) teach the same; weight 0 teaches nothing
template <class Model, class Context, class Action, class Policy, class Reference,
          joust::random_stream Stream>
[[nodiscard]] law_report reward_model(Model const& prototype, std::vector<Context> const& contexts,
                                      std::vector<std::vector<Action>> const& sets, Policy const& policy,
                                      Reference const& reference, Stream const& stream,
                                      reward_model_options options = {}) {
  using joust::detail::text;
  law_report report{"reward_model"};
  report.examine([&] {
    if (contexts.empty() || contexts.size() != sets.size()) {
      joust::detail::reject("sets", "of length " + text(sets.size()), "one per context, at least one");
    }
    std::span<Context const> const xs{contexts};
    std::span<std::vector<Action> const> const candidates{sets};
    auto const expected = [&](Model& model) {
      std::vector<double> all;
      for (std::size_t i = 0; i < sets.size(); ++i) {
        for (double const r : model.expected(contexts[i], sets[i], policy, reference)) all.push_back(r);
      }
      return all;
    };
    auto const same = [&](std::vector<double> const& a, std::vector<double> const& b) {
      bool equal = a.size() == b.size();
      for (std::size_t i = 0; equal && i < a.size(); ++i) {
        equal = std::fabs(a[i] - b[i]) <= options.rounding * (1.0 + std::fabs(a[i]));
      }
      return equal;
    };

    Model straight = prototype;
    Model mirrored = prototype;
    Model idle = prototype;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      for (Model* const model : {&straight, &mirrored, &idle})
        model->consider(xs, candidates, policy, reference);
      for (std::size_t i = 0; i < sets.size(); ++i) {
        auto&& rewards = straight.belief(i);
        if (rewards.size() != sets[i].size()) {
          report.breaks("a belief is over the candidates of its set",
                        text(rewards.size()) + " instead of " + text(sets[i].size()) + " in set " + text(i));
          return;
        }
        std::vector<double> const mean{rewards.mean().begin(), rewards.mean().end()};
        std::vector<double> foreseen = straight.expected(contexts[i], sets[i], policy, reference);
        double const shift = foreseen.empty() ? 0.0 : foreseen[0] - mean[0];
        for (double& r : foreseen) r -= shift;
        if (!same(mean, foreseen)) {
          report.breaks("expected is the belief's mean", "in set " + text(i) + " it is not");
        }
      }
      for (std::size_t i = 0; i < sets.size(); ++i) {
        std::size_t const last = sets[i].size() - 1;
        straight.observe(i, 0, last, 0.8, 1.0);
        mirrored.observe(i, last, 0, 1.0 - 0.8, 1.0);
        idle.observe(i, 0, last, 0.8, 0.0);
      }
      for (Model* const model : {&straight, &mirrored, &idle}) model->train();
    }
    Model untouched = prototype;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      untouched.consider(xs, candidates, policy, reference);
      untouched.train();
    }
    if (!same(expected(straight), expected(mirrored))) {
      report.breaks("a duel teaches the same from either side",
                    "after exchanged duels the expectations differ");
    }
    if (!same(expected(idle), expected(untouched))) {
      report.breaks("weight 0 teaches nothing", "after duels of weight 0 the expectations differ");
    }
    straight.consider(xs, candidates, policy, reference);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      auto&& rewards = straight.belief(i);
      report.include(
          belief(rewards, stream.child(i), {.samples = options.samples, .false_alarm = options.false_alarm}));
    }
  });
  return report;
}

}  // namespace joust::laws
