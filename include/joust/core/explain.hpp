// SPDX-License-Identifier: MIT
//
// Why a type does not model a concept, in sentences. Call explain_<concept><YourType>() anywhere in a
// function: it does nothing for a model, and otherwise one build names every missing part, where the concept
// alone would name the first.
//
//   needs   the concepts (core/concepts.hpp); the template arguments are those of the concept
//   cost    compile time only
//   example joust::explain_dueling_agent<my_agent>();
//
// Each sentence stands on a requirement of its own, so that the failure of one does not hide the next. A part
// of the wrong type is reported by the sentence that asks for it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>

namespace joust {

namespace detail {

// The type of a stream's bits, or any unsigned type where it names none: the other sentences then still hold.
template <class G>
struct bits_of {
  using type = std::uint64_t;
};
template <class G>
  requires requires { typename G::result_type; }
struct bits_of<G> {
  using type = typename G::result_type;
};

}  // namespace detail

/// Names what `G` lacks to be a random_stream.
template <class G>
constexpr void explain_random_stream() {
  using S = std::remove_cvref_t<G>;
  using bits = typename detail::bits_of<S>::type;
  static_assert(
      requires { requires std::unsigned_integral<typename S::result_type>; },
      "joust::random_stream: give your stream a member type result_type, an unsigned integer");
  static_assert(std::copyable<S>, "joust::random_stream: make your stream copyable and assignable");
  static_assert(
      requires(S & g) {
        { g() } -> std::same_as<bits>;
      },
      "joust::random_stream: give your stream a call operator() that returns a result_type");
  static_assert(
      requires {
        { S::min() } -> std::same_as<bits>;
      },
      "joust::random_stream: give your stream a static member min() that returns a result_type");
  static_assert(
      requires {
        { S::max() } -> std::same_as<bits>;
      },
      "joust::random_stream: give your stream a static member max() that returns a result_type");
  static_assert(
      requires(S const& parent, std::uint64_t tag) {
        { parent.child(tag) } -> std::same_as<S>;
      },
      "joust::random_stream: give your stream a const member child(std::uint64_t tag) that returns a stream "
      "of the same type");
}

/// Names what `O` lacks to be a preference_oracle for these contexts and actions.
template <class O, class Context, class Action, class Stream = stream>
constexpr void explain_preference_oracle() {
  static_assert(
      requires(O & oracle, Context const& x, Action const& a, Stream& g) {
        { oracle.compare(x, a, a, g) } -> std::convertible_to<double>;
      },
      "joust::preference_oracle: give your oracle a member compare(context, first, second, stream&) that "
      "returns the outcome, a number in [0, 1]");
}

/// Names what `O` lacks to be a known_preference for these contexts and actions.
template <class O, class Context, class Action, class Stream = stream>
constexpr void explain_known_preference() {
  explain_preference_oracle<O, Context, Action, Stream>();
  static_assert(
      requires(O const& oracle, Context const& x, Action const& a) {
        { oracle.probability(x, a, a) } -> std::convertible_to<double>;
      },
      "joust::known_preference: give your oracle a const member probability(context, first, second) that "
      "returns the probability that the first wins");
}

/// Names what `F` lacks to be a feature_map from these candidates.
template <class F, class Context, class Candidates>
constexpr void explain_feature_map() {
  static_assert(
      requires(F const& f) {
        { f.dimension() } -> std::convertible_to<std::size_t>;
      },
      "joust::feature_map: give your map a const member dimension() that returns the number of features");
  static_assert(
      requires(F const& f, Context const& x, Candidates const& candidates) {
        { f(x, candidates).rows() } -> std::convertible_to<std::ptrdiff_t>;
        { f(x, candidates).cols() } -> std::convertible_to<std::ptrdiff_t>;
      },
      "joust::feature_map: give your map a const call operator()(context, candidates) that returns a "
      "matrix, with rows() and cols()");
}

/// Names what `B` lacks to be a belief.
template <class B, class Stream = stream>
constexpr void explain_belief() {
  static_assert(
      requires(B & b) {
        { b.size() } -> std::convertible_to<std::size_t>;
      },
      "joust::belief: give your belief a member size() that returns the number of candidates");
  static_assert(
      requires(B & b) {
        { b.mean() } -> std::convertible_to<std::span<double const>>;
      },
      "joust::belief: give your belief a member mean() that returns the expected rewards as a "
      "std::span<double const>");
  static_assert(
      requires(B & b, Stream & g) {
        { b.draw(g) } -> std::convertible_to<std::span<double const>>;
      },
      "joust::belief: give your belief a member draw(stream&) that returns one joint draw of the rewards "
      "as a std::span<double const>");
  static_assert(
      requires(B & b, std::size_t i) {
        { b.pair_variance(i, i) } -> std::convertible_to<double>;
      },
      "joust::belief: give your belief a member pair_variance(i, j) that returns the variance of the "
      "rewards' difference");
}

/// Names what `P` lacks to be a posterior over candidates with these features.
template <class P, class Features, class Feature, class Stream = stream>
constexpr void explain_posterior() {
  if constexpr (requires(P & p, Features const& phi) { p.at(phi); }) {
    explain_belief<decltype(std::declval<P&>().at(std::declval<Features const&>())), Stream>();
  } else {
    static_assert(
        requires(P & p, Features const& phi) { p.at(phi); },
        "joust::posterior: give your posterior a member at(features) that returns a belief over the rows' "
        "rewards");
  }
  static_assert(
      requires(P & p, Feature const& f, double number) { p.observe(f, f, number, number); },
      "joust::posterior: give your posterior a member observe(first, second, outcome, weight) that takes "
      "the features of both");
}

/// Names what `R` lacks to be a duel_rule on beliefs of type `Belief`.
template <class R, class Belief, class Stream = stream>
constexpr void explain_duel_rule() {
  explain_belief<Belief, Stream>();
  static_assert(
      requires(R const& rule, Belief& b, Stream& g) {
        { rule(b, g) } -> std::convertible_to<pairing>;
      },
      "joust::duel_rule: give your rule a const call operator()(belief&, stream&) that returns a "
      "joust::pairing");
  static_assert(
      requires { typename std::bool_constant<std::remove_cvref_t<R>::may_self_duel>; },
      "joust::duel_rule: say in a static constexpr bool may_self_duel whether your rule may pick the same "
      "candidate twice");
}

/// Names what `P` lacks to be a proposer of these actions.
template <class P, class Context, class Action, class Stream = stream>
constexpr void explain_proposer() {
  static_assert(
      requires(P & p, Context const& x, Stream& g) {
        { *p.propose(x, g).begin() } -> std::convertible_to<Action>;
        { p.propose(x, g).size() } -> std::convertible_to<std::size_t>;
      },
      "joust::proposer: give your proposer a member propose(context, stream&) that returns a sized range "
      "of actions");
}

/// Names what `P` lacks to be a policy over these actions.
template <class P, class Context, class Action, class Stream = stream>
constexpr void explain_policy() {
  static_assert(
      requires(P const& p, Context const& x, Stream& g) {
        { p.sample(x, g) } -> std::convertible_to<Action>;
      },
      "joust::policy: give your policy a const member sample(context, stream&) that returns an action");
  static_assert(
      requires(P const& p, Context const& x, Action const& a) {
        { p.log_probability(x, a) } -> std::convertible_to<double>;
      },
      "joust::policy: give your policy a const member log_probability(context, action) that returns a "
      "double");
}

/// Names what `P` lacks to sample at a temperature.
template <class P, class Context, class Action, class Stream = stream>
constexpr void explain_samples_at_temperature() {
  explain_policy<P, Context, Action, Stream>();
  static_assert(
      requires(P const& p, Context const& x, Stream& g, double temperature) {
        { p.sample(x, g, temperature) } -> std::convertible_to<Action>;
      },
      "joust::samples_at_temperature: give your policy a const member sample(context, stream&, temperature) "
      "that returns an action");
  static_assert(
      requires(P const& p, Context const& x, Stream& g, std::size_t count, double temperature) {
        { p.sample_batch(x, count, g, temperature) } -> std::convertible_to<std::vector<Action>>;
      },
      "joust::samples_at_temperature: give your policy a const member sample_batch(context, count, stream&, "
      "temperature) that returns a std::vector of actions");
}

/// Names what `P` lacks to be a trainable_policy over these actions.
template <class P, class Context, class Action, class Stream = stream>
constexpr void explain_trainable_policy() {
  explain_policy<P, Context, Action, Stream>();
  static_assert(
      requires(P & p, Context const& x, Action const& a, double weight) { p.accumulate(x, a, weight); },
      "joust::trainable_policy: give your policy a member accumulate(context, action, weight) that adds "
      "weight times the gradient of the log-probability");
  static_assert(
      requires(P & p) { p.step(); },
      "joust::trainable_policy: give your policy a member step() that applies the accumulated gradient");
}

/// Names what `L` lacks to be a preference_loss.
template <class L>
constexpr void explain_preference_loss() {
  static_assert(
      requires(L const& loss, double margin) {
        { loss.value(margin) } -> std::convertible_to<double>;
      },
      "joust::preference_loss: give your loss a const member value(margin) that returns a double");
  static_assert(
      requires(L const& loss, double margin) {
        { loss.slope(margin) } -> std::convertible_to<double>;
      },
      "joust::preference_loss: give your loss a const member slope(margin), the derivative of value");
}

/// Names what `L` lacks to be a pair_loss.
template <class L>
constexpr void explain_pair_loss() {
  static_assert(
      requires(L const& loss, scored_pair const& pair) {
        { loss.value(pair) } -> std::convertible_to<double>;
      },
      "joust::pair_loss: give your loss a const member value(joust::scored_pair const&) that returns a "
      "double");
  static_assert(
      requires(L const& loss, scored_pair const& pair) {
        { loss.slopes(pair) } -> std::convertible_to<pair_slopes>;
      },
      "joust::pair_loss: give your loss a const member slopes(joust::scored_pair const&) that returns "
      "joust::pair_slopes, the derivatives of value");
}

/// Names what `T` lacks to name the next duel.
template <class T, class Context = no_context, class Stream = stream>
constexpr void explain_selects_duels() {
  if constexpr (std::same_as<Context, no_context>) {
    static_assert(
        selects_duels<T, Context, Stream>,
        "joust::selects_duels: give your agent a member select(stream&) that returns a joust::pairing");
  } else {
    static_assert(selects_duels<T, Context, Stream>,
                  "joust::selects_duels: give your agent a member select(context, stream&) that returns a "
                  "joust::pairing");
  }
}

/// Names what `T` lacks to learn from an answered duel.
template <class T, class Context = no_context>
constexpr void explain_learns_from_duels() {
  if constexpr (std::same_as<Context, no_context>) {
    static_assert(learns_from_duels<T, Context>,
                  "joust::learns_from_duels: give your agent a member observe(first, second, outcome)");
  } else {
    static_assert(
        learns_from_duels<T, Context>,
        "joust::learns_from_duels: give your agent a member observe(context, first, second, outcome)");
  }
}

/// Names what `T` lacks to name the best candidate.
template <class T, class Context = no_context>
constexpr void explain_recommends() {
  if constexpr (std::same_as<Context, no_context>) {
    static_assert(recommends<T, Context>,
                  "joust::recommends: give your agent a member recommend() that returns an index");
  } else {
    static_assert(recommends<T, Context>,
                  "joust::recommends: give your agent a member recommend(context) that returns an index");
  }
}

/// Names what `T` lacks to be a dueling_agent.
template <class T, class Context = no_context, class Stream = stream>
constexpr void explain_dueling_agent() {
  if constexpr (std::same_as<Context, no_context>) {
    static_assert(
        selects_duels<T, Context, Stream>,
        "joust::dueling_agent: give your agent a member select(stream&) that returns a joust::pairing");
    static_assert(learns_from_duels<T, Context>,
                  "joust::dueling_agent: give your agent a member observe(first, second, outcome)");
    static_assert(recommends<T, Context>,
                  "joust::dueling_agent: give your agent a member recommend() that returns an index");
  } else {
    static_assert(selects_duels<T, Context, Stream>,
                  "joust::dueling_agent: give your agent a member select(context, stream&) that returns a "
                  "joust::pairing");
    static_assert(learns_from_duels<T, Context>,
                  "joust::dueling_agent: give your agent a member observe(context, first, second, outcome)");
    static_assert(recommends<T, Context>,
                  "joust::dueling_agent: give your agent a member recommend(context) that returns an index");
  }
}

/// Names what `T` lacks to be an agent_prototype.
template <class T>
constexpr void explain_agent_prototype() {
  static_assert(
      requires(T const& prototype, setting const& s) {
        { prototype.fresh(s) } -> std::same_as<T>;
      },
      "joust::agent_prototype: give your agent a const member fresh(joust::setting const&) that returns an "
      "agent of the same type");
}

/// Names what `T` lacks to be asked for several pairs at once.
template <class T, class Stream = stream>
constexpr void explain_selects_batches() {
  explain_dueling_agent<T, no_context, Stream>();
  static_assert(
      requires(T & agent, Stream & g, std::size_t n) {
        { agent.select_batch(n, g) } -> std::same_as<std::vector<pairing>>;
      },
      "joust::selects_batches: give your agent a member select_batch(count, stream&) that returns a "
      "std::vector<joust::pairing>");
}

/// Names what `T` lacks to be saved and restored.
template <class T>
constexpr void explain_saves_state() {
  static_assert(
      requires(T const& agent) {
        { agent.save() } -> std::same_as<std::string>;
      },
      "joust::saves_state: give your agent a const member save() that returns a std::string");
  static_assert(
      requires(std::string_view saved) {
        { T::load(saved) } -> std::same_as<T>;
      },
      "joust::saves_state: give your agent a static member load(std::string_view) that returns an agent");
}

/// Names what `T` lacks to stop by itself.
template <class T>
constexpr void explain_stops() {
  static_assert(
      requires(T const& agent) {
        { agent.stop() } -> std::same_as<std::optional<certificate>>;
      },
      "joust::stops: give your agent a const member stop() that returns a std::optional<joust::certificate>");
}

/// Names what `T` lacks for its arms to come and go.
template <class T>
constexpr void explain_changes_arms() {
  static_assert(
      requires(T & agent) {
        { agent.add_arm() } -> std::same_as<std::size_t>;
      },
      "joust::changes_arms: give your agent a member add_arm() that returns the new arm's index");
  static_assert(
      requires(T & agent, std::size_t arm) { agent.retire(arm); },
      "joust::changes_arms: give your agent a member retire(arm)");
  static_assert(
      requires(T const& agent, std::size_t arm) {
        { agent.in_play(arm) } -> std::same_as<bool>;
        { agent.arms() } -> std::convertible_to<std::size_t>;
      },
      "joust::changes_arms: give your agent const members in_play(arm) and arms()");
}

/// Names what `E` lacks to be an environment.
template <class E, class Stream = stream>
constexpr void explain_environment() {
  static_assert(
      requires(E const& truth) {
        { truth.shape() } -> std::convertible_to<setting>;
      },
      "joust::environment: give your environment a const member shape() that returns a joust::setting");
  static_assert(
      requires(E & e, Stream & g) { e.advance(g); },
      "joust::environment: give your environment a member advance(stream&) that moves to the next round");
  static_assert(
      requires(E & e) {
        { e.features().rows() } -> std::convertible_to<std::ptrdiff_t>;
      },
      "joust::environment: give your environment a member features() that returns a matrix with one row "
      "per candidate");
  static_assert(
      requires(E & e, std::size_t arm, Stream & g) {
        { e.compare(arm, arm, g) } -> std::convertible_to<double>;
      },
      "joust::environment: give your environment a member compare(first, second, stream&) that returns the "
      "outcome");
  static_assert(
      requires(E const& truth, std::size_t arm) {
        { truth.probability(arm, arm) } -> std::convertible_to<double>;
      },
      "joust::environment: give your environment a const member probability(first, second)");
}

}  // namespace joust
