// SPDX-License-Identifier: MIT
//
// The contracts between the parts. Each is small: a noun a bandit researcher would say, its syntax checked by
// the compiler, its laws written above it and tested by the kit of the same name in laws/. A type needs no
// base class and no registration to model one; explain_<concept><T>() in core/explain.hpp says what is
// missing when it does not.
//
// Common to all: `stream` types are lvalues handed down per call, never stored; indices are std::size_t; a
// throw from any of these functions leaves the object as it was.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <joust/core/certificate.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Random bits that can be split.
///
/// Laws: equal streams produce equal bits; child(tag) depends on the parent's identity and the tag, not on
/// how much the parent has produced, and leaves the parent untouched; children of different tags are
/// independent; all values between min() and max() are equally likely.
template <class G>
concept random_stream = std::unsigned_integral<typename std::remove_cvref_t<G>::result_type> &&
    std::copyable<std::remove_cvref_t<G>> &&
    requires(std::remove_cvref_t<G>& g, std::remove_cvref_t<G> const& parent, std::uint64_t tag) {
  { g() } -> std::same_as<typename std::remove_cvref_t<G>::result_type>;
  { std::remove_cvref_t<G>::min() } -> std::same_as<typename std::remove_cvref_t<G>::result_type>;
  { std::remove_cvref_t<G>::max() } -> std::same_as<typename std::remove_cvref_t<G>::result_type>;
  { parent.child(tag) } -> std::same_as<std::remove_cvref_t<G>>;
};

/// Answers which of two actions is preferred in a context.
///
/// Laws: the outcome lies in [0, 1]; a failure is an oracle_error and counts as no answer; asking changes
/// nothing but the oracle's own counters. compare(x, a, b) and 1 - compare(x, b, a) have the same
/// distribution, unless the oracle is documented as biased by position.
template <class O, class Context, class Action, class Stream = stream>
concept preference_oracle = requires(O& oracle, Context const& x, Action const& a, Stream& g) {
  { oracle.compare(x, a, a, g) } -> std::convertible_to<double>;
};

/// An oracle that can state its probabilities: a simulator, for metrics and tests.
///
/// Laws: probability(x, a, b) is the expectation of compare(x, a, b); it lies in [0, 1];
/// probability(x, a, b) + probability(x, b, a) = 1 up to rounding; probability(x, a, a) = 1/2.
template <class O, class Context, class Action, class Stream = stream>
concept known_preference = preference_oracle<O, Context, Action, Stream> &&
    requires(O const& oracle, Context const& x, Action const& a) {
  { oracle.probability(x, a, a) } -> std::convertible_to<double>;
};

/// Turns candidates into rows of a matrix.
///
/// Laws: f(x, candidates) has one row per candidate and dimension() columns, all finite; the same arguments
/// give the same matrix; permuting the candidates permutes the rows and nothing else.
template <class F, class Context, class Candidates>
concept feature_map = requires(F const& f, Context const& x, Candidates const& candidates) {
  { f.dimension() } -> std::convertible_to<std::size_t>;
  { f(x, candidates).rows() } -> std::convertible_to<std::ptrdiff_t>;
  { f(x, candidates).cols() } -> std::convertible_to<std::ptrdiff_t>;
};

/// What is believed about the rewards of M candidates: the only thing a rule sees.
///
/// Laws: size() >= 1; mean() and draw(g) have size() finite elements, valid until the next call on the same
/// belief; draws are joint, independent of each other and have mean mean(); pair_variance(i, j) is the
/// variance of reward_i - reward_j under them: symmetric, zero for i = j, never the sum of two marginal
/// variances. Rewards are known up to a common constant only, so nothing may depend on one.
///
/// A belief may offer more, and the rules use it where it is there: preference_variance(i, j), the variance
/// of the probability that i is preferred (else rewards are taken as Gaussian); pair_variances(i), a span of
/// all pair variances with i; first_dissent(i, n, g), the favourite of the first of n draws that prefers
/// another candidate to i, or nothing, distributed as if the draws were made.
template <class B, class Stream = stream>
concept belief = requires(B& b, Stream& g, std::size_t i) {
  { b.size() } -> std::convertible_to<std::size_t>;
  { b.mean() } -> std::convertible_to<std::span<double const>>;
  { b.draw(g) } -> std::convertible_to<std::span<double const>>;
  { b.pair_variance(i, i) } -> std::convertible_to<double>;
};

/// What an agent has learnt about rewards; conditioned on a candidate set it yields a belief.
///
/// Laws: observe(first, second, y, w) and observe(second, first, 1 - y, w) leave the same state up to
/// rounding; weight 0 changes nothing; a rejected observation changes nothing. A belief refers to its
/// posterior and to the features, and is valid until the next observe() or at().
template <class P, class Features, class Feature, class Stream = stream>
concept posterior = requires(P& p, Features const& phi, Feature const& f, double number) {
  { p.at(phi) } -> belief<Stream>;
  p.observe(f, f, number, number);
};

/// Picks the pair to duel: a pure function of belief and stream.
///
/// Laws: both indices are below belief.size(); may_self_duel (part of the type) is true if the rule may
/// return a self-duel, and a rule without it throws std::invalid_argument for a belief over one candidate;
/// adding a constant to all rewards changes nothing; permuting the candidates permutes the distribution of
/// the choice, unless the rule is documented to go by their order.
template <class R, class Belief, class Stream = stream>
concept duel_rule = belief<Belief, Stream> && requires(R const& rule, Belief& b, Stream& g) {
  { rule(b, g) } -> std::convertible_to<pairing>;
  {std::bool_constant<std::remove_cvref_t<R>::may_self_duel>{}};
};

/// Where candidates come from: all arms, samples of a policy, a search.
///
/// Laws: the result is not empty; same context, same state and same stream give the same candidates.
template <class P, class Context, class Action, class Stream = stream>
concept proposer = requires(P& p, Context const& x, Stream& g) {
  { *p.propose(x, g).begin() } -> std::convertible_to<Action>;
  { p.propose(x, g).size() } -> std::convertible_to<std::size_t>;
};

/// A distribution over actions.
///
/// Laws: log_probability(x, a) is at most 0 for discrete actions and finite for every action that sample can
/// return; the frequencies of sample(x, g) are exp(log_probability).
template <class P, class Context, class Action, class Stream = stream>
concept policy = requires(P const& p, Context const& x, Action const& a, Stream& g) {
  { p.sample(x, g) } -> std::convertible_to<Action>;
  { p.log_probability(x, a) } -> std::convertible_to<double>;
};

/// A policy whose samples can be made more or less likely to be its favourites.
///
/// Laws: sample(x, g, 1) is sample(x, g); the frequencies of sample(x, g, t), t > 0, are in proportion to
/// exp(log_probability / t), of an action that is a sequence for each of its parts given those before;
/// sample_batch(x, n, g, t) is what n calls of sample(x, g, t) would give.
template <class P, class Context, class Action, class Stream = stream>
concept samples_at_temperature = policy<P, Context, Action, Stream> &&
    requires(P const& p, Context const& x, Stream& g, std::size_t count, double temperature) {
  { p.sample(x, g, temperature) } -> std::convertible_to<Action>;
  { p.sample_batch(x, count, g, temperature) } -> std::convertible_to<std::vector<Action>>;
};

/// A policy that learns from weighted log-likelihood gradients, the one primitive every direct preference
/// loss needs.
///
/// Laws: accumulate(x, a, w) adds w * grad log pi(a | x) to a pending gradient and changes no probability;
/// step() applies and clears it; accumulate with w = 0 has no effect; a step after accumulate(x, a, w), w >
/// 0, raises log_probability(x, a) for a small enough learning rate.
template <class P, class Context, class Action, class Stream = stream>
concept trainable_policy = policy<P, Context, Action, Stream> &&
    requires(P& p, Context const& x, Action const& a, double weight) {
  p.accumulate(x, a, weight);
  p.step();
};

/// A scalar loss of the margin by which the chosen action's log-ratio exceeds the rejected one's.
///
/// Laws: slope is the derivative of value; both are finite for margins of +-1e4; the same margin gives the
/// same value.
template <class L>
concept preference_loss = requires(L const& loss, double margin) {
  { loss.value(margin) } -> std::convertible_to<double>;
  { loss.slope(margin) } -> std::convertible_to<double>;
};

/// A loss of a chosen and a rejected action, of which it sees both log-probabilities by themselves, those of
/// a reference, and both lengths. Wider than preference_loss: it may hold the chosen action to more than its
/// lead over the rejected one.
///
/// Laws: slopes are the partial derivatives of value by the policy's two log-probabilities, at a kink any
/// number between the one-sided ones; all are finite for log-probabilities down to -1e4; the same pair gives
/// the same value. Which action was shown first is no part of a scored_pair, so nothing can depend on it.
template <class L>
concept pair_loss = requires(L const& loss, scored_pair const& pair) {
  { loss.value(pair) } -> std::convertible_to<double>;
  { loss.slopes(pair) } -> std::convertible_to<pair_slopes>;
};

namespace detail {

template <class T, class Stream>
concept selects_among_fixed_arms = requires(T& agent, Stream& g) {
  { agent.select(g) } -> std::convertible_to<pairing>;
};
template <class T, class Context, class Stream>
concept selects_in_context = requires(T& agent, Context const& x, Stream& g) {
  { agent.select(x, g) } -> std::convertible_to<pairing>;
};

}  // namespace detail

/// Names the next pair to duel. Without a context the call is select(g), with one it is select(x, g).
template <class T, class Context = no_context, class Stream = stream>
concept selects_duels = (std::same_as<Context, no_context> && detail::selects_among_fixed_arms<T, Stream>) ||
                        detail::selects_in_context<T, Context, Stream>;

/// Learns from an answered duel, both actions by index: observe(first, second, outcome) or
/// observe(x, first, second, outcome).
template <class T, class Context = no_context>
concept learns_from_duels = (std::same_as<Context, no_context> &&
                             requires(T & agent, std::size_t arm, double y) {
                               agent.observe(arm, arm, y);
                             }) ||
                            requires(T& agent, Context const& x, std::size_t arm, double y) {
  agent.observe(x, arm, arm, y);
};

/// Names the best candidate so far: recommend() or recommend(x).
template <class T, class Context = no_context>
concept recommends = (std::same_as<Context, no_context> &&
                      requires(T & agent) {
                        { agent.recommend() } -> std::convertible_to<std::size_t>;
                      }) ||
                     requires(T& agent, Context const& x) {
  { agent.recommend(x) } -> std::convertible_to<std::size_t>;
};

/// The composition a user talks to.
///
/// Laws: select returns indices of the current candidates and may return a self-duel, which is not to be
/// observed; a selected duel whose answer never comes is harmless; observe accepts any pair of valid arms,
/// whether selected or not, and offers the strong guarantee: a rejected duel (arm out of range, outcome
/// outside [0, 1]) changes nothing; observe(a, b, y) and observe(b, a, 1 - y) teach the same; recommend
/// changes no later decision; a copy continues exactly as the original would.
template <class T, class Context = no_context, class Stream = stream>
concept dueling_agent =
    selects_duels<T, Context, Stream> && learns_from_duels<T, Context> && recommends<T, Context>;

/// An agent that can serve as a prototype: fresh(setting) makes a new one with the same options and no
/// experience.
///
/// Laws: fresh changes nothing in the prototype; two fresh agents of the same setting are equal in behaviour;
/// a setting the agent cannot work in (changing arms for an agent of fixed arms, an unknown horizon where one
/// is needed) is refused with std::invalid_argument.
template <class T>
concept agent_prototype = requires(T const& prototype, setting const& s) {
  { prototype.fresh(s) } -> std::same_as<T>;
};

/// An agent that can be asked for several pairs before answers arrive.
///
/// Laws: select_batch(n, g) returns n pairs, the same as n calls of select(g) without an answer between them;
/// answers may come in any order, late, or never.
template <class T, class Stream = stream>
concept selects_batches = dueling_agent<T, no_context, Stream> &&
    requires(T& agent, Stream& g, std::size_t n) {
  { agent.select_batch(n, g) } -> std::same_as<std::vector<pairing>>;
};

/// An agent that can be written down and continued elsewhere.
///
/// Laws: load(save()) continues exactly as the original would; saving changes nothing; a text that is
/// damaged, cut short or foreign is refused with std::invalid_argument.
template <class T>
concept saves_state = requires(T const& agent, std::string_view saved) {
  { agent.save() } -> std::same_as<std::string>;
  { T::load(saved) } -> std::same_as<T>;
};

/// An agent that stops by itself, with a certificate.
///
/// Laws: the certified arm is an arm; its confidence lies in (0, 1) and its tolerance in [0, 1/2]; once there
/// is a certificate, further rounds select its arm alone and leave it as it is.
template <class T>
concept stops = requires(T const& agent) {
  { agent.stop() } -> std::same_as<std::optional<certificate>>;
};

/// An agent whose arms may come and go while it learns.
///
/// Laws: add_arm returns arms() as it was, and what is known about the others stays; an arm that was retired
/// is neither selected nor recommended, and a late answer about it teaches nothing; an unknown arm, a retired
/// one and the last in play cannot be retired, and trying changes nothing. An agent that needs the same arms
/// from start to end may refuse both with std::invalid_argument.
template <class T>
concept changes_arms = requires(T& agent, T const& view, std::size_t arm) {
  { agent.add_arm() } -> std::same_as<std::size_t>;
  agent.retire(arm);
  { view.in_play(arm) } -> std::same_as<bool>;
  { view.arms() } -> std::convertible_to<std::size_t>;
};

/// A problem to learn from: the candidates of the current round, an oracle for them, and the truth, which
/// only metrics may read.
///
/// Laws: advance(g) moves to the next round's candidates and is a no-op for fixed arms; shape() does not
/// change while running; features() has shape().arms rows and shape().dimension columns, valid until the next
/// advance; compare(a, b, g) is drawn with probability(a, b).
template <class E, class Stream = stream>
concept environment = requires(E& e, E const& truth, std::size_t arm, Stream& g) {
  { truth.shape() } -> std::convertible_to<setting>;
  e.advance(g);
  { e.features().rows() } -> std::convertible_to<std::ptrdiff_t>;
  { e.compare(arm, arm, g) } -> std::convertible_to<double>;
  { truth.probability(arm, arm) } -> std::convertible_to<double>;
};

}  // namespace joust
