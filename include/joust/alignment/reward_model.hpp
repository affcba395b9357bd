// SPDX-License-Identifier: MIT
//
// What an aligner asks about candidates. A reward model looks at the candidate sets of a whole round at once,
// says of each what it believes, and learns from the answered duels among them. Whether it does so from
// features and a posterior, from the policy's own log-probabilities, or not at all is its own affair.
//
//   needs   belief (core/concepts.hpp)
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <joust/core/concepts.hpp>

namespace joust {

/// The candidates of one context.
template <class Action>
using candidate_set = std::vector<Action>;

/// Turns candidates into beliefs, and answers into better ones.
///
/// Laws: after consider(xs, sets, policy, reference), belief(i) is a belief over the candidates of sets[i],
/// in their order, valid until the next call of consider, observe or train; observe(i, a, b, y, w) refers to
/// sets[i] and leaves no belief half changed; observe(i, a, b, y, w) and observe(i, b, a, 1 - y, w) teach the
/// same; expected(x, candidates, policy, reference) is the mean of the belief there would be, and disturbs
/// neither beliefs nor what observe refers to. Nothing depends on a constant added to all rewards of a
/// context.
template <class R, class Context, class Action, class Policy, class Reference = Policy, class Stream = stream>
concept reward_model = requires(R& model, std::span<Context const> xs,
                                std::span<candidate_set<Action> const> sets, Policy const& policy,
                                Reference const& reference, std::size_t i, double number) {
  model.consider(xs, sets, policy, reference);
  { model.belief(i) } -> belief<Stream>;
  model.observe(i, i, i, number, number);
  model.train();
  { model.expected(xs[0], sets[0], policy, reference) } -> std::convertible_to<std::vector<double>>;
};

/// Names what `R` lacks to be a reward_model for these contexts, actions and policies.
template <class R, class Context, class Action, class Policy, class Reference = Policy, class Stream = stream>
constexpr void explain_reward_model() {
  using contexts = std::span<Context const>;
  using candidates = std::span<candidate_set<Action> const>;
  static_assert(
      requires(R & model, contexts xs, candidates sets, Policy const& policy, Reference const& reference) {
        model.consider(xs, sets, policy, reference);
      },
      "joust::reward_model: give your model a member consider(contexts, candidate sets, policy, reference)");
  static_assert(
      requires(R & model, std::size_t i) {
        { model.belief(i) } -> belief<Stream>;
      },
      "joust::reward_model: give your model a member belief(i) that returns a belief over the candidates of "
      "the "
      "i-th context considered");
  static_assert(
      requires(R & model, std::size_t i, double number) { model.observe(i, i, i, number, number); },
      "joust::reward_model: give your model a member observe(i, first, second, outcome, weight), candidates "
      "by "
      "their place in the i-th set");
  static_assert(
      requires(R & model) { model.train(); },
      "joust::reward_model: give your model a member train(), called once a round");
  static_assert(
      requires(R & model, Context const& x, candidate_set<Action> const& set, Policy const& policy,
               Reference const& reference) {
        { model.expected(x, set, policy, reference) } -> std::convertible_to<std::vector<double>>;
      },
      "joust::reward_model: give your model a member expected(context, candidates, policy, reference) that "
      "returns "
      "a std::vector of rewards");
}

}  // namespace joust
