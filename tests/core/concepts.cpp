// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <optional>
#include <string>

#include <joust/core/concepts.hpp>
#include <joust/core/explain.hpp>
#include <joust/laws/agent_prototype.hpp>
#include <joust/laws/belief.hpp>
#include <joust/laws/duel_rule.hpp>
#include <joust/laws/dueling_agent.hpp>
#include <joust/laws/environment.hpp>
#include <joust/laws/feature_map.hpp>
#include <joust/laws/known_preference.hpp>
#include <joust/laws/normal_belief.hpp>
#include <joust/laws/pair_loss.hpp>
#include <joust/laws/policy.hpp>
#include <joust/laws/posterior.hpp>
#include <joust/laws/preference_loss.hpp>
#include <joust/laws/preference_oracle.hpp>
#include <joust/laws/proposer.hpp>
#include <joust/laws/random_stream.hpp>
#include <joust/laws/samples_at_temperature.hpp>
#include <joust/laws/trainable_policy.hpp>

#include "archetypes.hpp"

namespace {

using joust::no_context;
using joust::stream;
using list = std::vector<double>;

// Every archetype is accepted, by the library's stream and by the least one.
template <class Stream>
constexpr bool archetypes_are_models() {
  static_assert(joust::preference_oracle<archetype::preference_oracle, no_context, double, Stream>);
  static_assert(joust::known_preference<archetype::known_preference, no_context, double, Stream>);
  static_assert(joust::belief<archetype::belief, Stream>);
  static_assert(joust::belief<joust::laws::normal_belief, Stream>);
  static_assert(joust::posterior<archetype::posterior, archetype::column, double, Stream>);
  static_assert(joust::duel_rule<archetype::duel_rule, archetype::belief, Stream>);
  static_assert(joust::proposer<archetype::proposer, int, int, Stream>);
  static_assert(joust::policy<archetype::policy, no_context, std::size_t, Stream>);
  static_assert(
      joust::samples_at_temperature<archetype::samples_at_temperature, no_context, std::size_t, Stream>);
  static_assert(joust::trainable_policy<archetype::trainable_policy, no_context, std::size_t, Stream>);
  static_assert(joust::selects_duels<archetype::dueling_agent, no_context, Stream>);
  static_assert(joust::dueling_agent<archetype::dueling_agent, no_context, Stream>);
  static_assert(joust::dueling_agent<archetype::contextual_agent, list, Stream>);
  static_assert(joust::environment<archetype::environment, Stream>);
  return true;
}
static_assert(archetypes_are_models<stream>());
static_assert(archetypes_are_models<archetype::random_stream>());
static_assert(joust::random_stream<stream> && joust::random_stream<archetype::random_stream>);
static_assert(joust::random_stream<stream&>, "a stream is handed down by reference");
static_assert(joust::feature_map<archetype::feature_map, double, list>);
static_assert(joust::preference_loss<archetype::preference_loss>);
static_assert(joust::pair_loss<archetype::pair_loss>);
static_assert(!joust::pair_loss<archetype::preference_loss>, "a margin is not a pair");
static_assert(!joust::preference_loss<archetype::pair_loss>, "a pair is not a margin");
static_assert(joust::learns_from_duels<archetype::dueling_agent>);
static_assert(joust::learns_from_duels<archetype::contextual_agent, list>);
static_assert(joust::recommends<archetype::dueling_agent>);
static_assert(joust::recommends<archetype::contextual_agent, list>);
static_assert(joust::agent_prototype<archetype::agent_prototype>);

// An agent may spell out no_context as its context.
struct explicit_no_context {
  joust::pairing select(no_context, stream&);
  void observe(no_context, std::size_t, std::size_t, double);
  std::size_t recommend(no_context);
};
static_assert(joust::dueling_agent<explicit_no_context>);

// Near misses, each an archetype with one thing wrong.
struct signed_bits : archetype::random_stream {
  using result_type = std::int64_t;
  signed_bits child(std::uint64_t) const;
};
struct unsplittable : archetype::random_stream {  // child gives the base
};
struct narrow_min : archetype::random_stream {
  static constexpr std::uint32_t min() { return 0; }
  narrow_min child(std::uint64_t) const;
};
struct uncopyable : archetype::random_stream {
  uncopyable(uncopyable const&) = delete;
  uncopyable child(std::uint64_t) const;
};
struct good_heir : archetype::random_stream {
  good_heir child(std::uint64_t) const;
};
static_assert(joust::random_stream<good_heir>);
static_assert(!joust::random_stream<signed_bits>);
static_assert(!joust::random_stream<unsplittable>);
static_assert(!joust::random_stream<narrow_min>);
static_assert(!joust::random_stream<uncopyable>);
static_assert(!joust::random_stream<int>);

struct silent_oracle {
  void compare(no_context, double, double, stream&);
};
struct forgetful_oracle {
  double compare(no_context, double, double);
};
struct text_oracle {
  std::string compare(no_context, double, double, stream&);
};
static_assert(!joust::preference_oracle<silent_oracle, no_context, double>);
static_assert(!joust::preference_oracle<forgetful_oracle, no_context, double>);
static_assert(!joust::preference_oracle<text_oracle, no_context, double>);
static_assert(!joust::preference_oracle<archetype::preference_oracle, no_context, std::string>);

struct changing_truth : archetype::preference_oracle {
  double probability(no_context, double, double);  // not const
};
static_assert(!joust::known_preference<archetype::preference_oracle, no_context, double>);
static_assert(!joust::known_preference<changing_truth, no_context, double>);

struct shapeless_map {
  std::size_t dimension() const;
  list operator()(double, list const&) const;
};
struct boundless_map : shapeless_map {
  archetype::column operator()(double, list const&) const;
  std::size_t dimension() const = delete;
};
static_assert(!joust::feature_map<shapeless_map, double, list>);
static_assert(!joust::feature_map<boundless_map, double, list>);

struct float_belief : archetype::belief {
  std::span<float const> mean();
};
struct marginal_belief : archetype::belief {
  double pair_variance(std::size_t) const;
};
static_assert(!joust::belief<float_belief>);
static_assert(!joust::belief<marginal_belief>);
static_assert(!joust::belief<list>);
static_assert(!joust::belief<archetype::belief const>, "a belief fills its buffers");

struct vague_posterior : archetype::posterior {
  list at(archetype::column const&) const;
};
struct unweighted_posterior : archetype::posterior {
  void observe(double, double, double);
};
static_assert(!joust::posterior<vague_posterior, archetype::column, double>);
static_assert(!joust::posterior<unweighted_posterior, archetype::column, double>);

struct unspoken_rule {
  joust::pairing operator()(archetype::belief&, stream&) const;
};
struct undecided_rule : unspoken_rule {
  bool may_self_duel = false;  // of the object, not of the type
};
struct changing_rule {
  [[maybe_unused]] static constexpr bool may_self_duel = true;
  joust::pairing operator()(archetype::belief&, stream&);  // not const
};
struct lone_rule {
  [[maybe_unused]] static constexpr bool may_self_duel = true;
  std::size_t operator()(archetype::belief&, stream&) const;
};
static_assert(!joust::duel_rule<unspoken_rule, archetype::belief>);
static_assert(!joust::duel_rule<undecided_rule, archetype::belief>);
static_assert(!joust::duel_rule<changing_rule, archetype::belief>);
static_assert(!joust::duel_rule<lone_rule, archetype::belief>);
static_assert(!joust::duel_rule<archetype::duel_rule, list>);

struct single_proposer {
  int propose(int, stream&);
};
static_assert(!joust::proposer<single_proposer, int, int>);
static_assert(!joust::proposer<archetype::proposer, int, std::string>);

struct silent_policy : archetype::policy {
  double log_probability(no_context, std::size_t);  // not const
};
static_assert(!joust::policy<silent_policy, no_context, std::size_t>);
static_assert(!joust::samples_at_temperature<archetype::policy, no_context, std::size_t>);
static_assert(!joust::trainable_policy<archetype::policy, no_context, std::size_t>);
struct stepless_policy : archetype::policy {
  void accumulate(no_context, std::size_t, double);
};
static_assert(!joust::trainable_policy<stepless_policy, no_context, std::size_t>);

struct flat_loss {
  double value(double) const;
};
static_assert(!joust::preference_loss<flat_loss>);

struct shy_agent : archetype::dueling_agent {
  void recommend() const;
};
struct deaf_agent : archetype::dueling_agent {
  void observe(std::size_t, std::size_t);
};
struct lone_agent : archetype::dueling_agent {
  std::size_t select(stream&);
};
static_assert(!joust::dueling_agent<shy_agent> && !joust::recommends<shy_agent>);
static_assert(!joust::dueling_agent<deaf_agent> && !joust::learns_from_duels<deaf_agent>);
static_assert(!joust::dueling_agent<lone_agent> && !joust::selects_duels<lone_agent>);
static_assert(!joust::dueling_agent<archetype::dueling_agent, list>, "a context is not ignored");
static_assert(!joust::dueling_agent<archetype::contextual_agent>, "nor is one invented");

struct slicing_prototype : archetype::agent_prototype {};  // fresh gives the base
static_assert(!joust::agent_prototype<slicing_prototype>);

struct shapeless_environment : archetype::environment {
  int shape() const;
};
struct secretive_environment : archetype::environment {
  double probability(std::size_t, std::size_t);  // not const
};
static_assert(!joust::environment<shapeless_environment>);
static_assert(!joust::environment<secretive_environment>);

#define REQUIRE_LAWS(...)              \
  do {                                 \
    auto const report = (__VA_ARGS__); \
    INFO(report.text());               \
    CHECK(static_cast<bool>(report));  \
  } while (false)

}  // namespace

TEMPLATE_TEST_CASE("every archetype keeps its laws", "[concepts][laws]", joust::stream,
                   archetype::random_stream) {
  namespace laws = joust::laws;
  TestType const random{42};
  std::vector<double> const utilities{1.0, 0.0, -0.5};
  std::vector<std::size_t> const actions{0, 1, 2};
  REQUIRE_LAWS(laws::random_stream(random));
  archetype::preference_oracle oracle;
  REQUIRE_LAWS(laws::preference_oracle(oracle, no_context{}, utilities, random));
  archetype::known_preference truth;
  REQUIRE_LAWS(laws::known_preference(truth, no_context{}, utilities, random));
  REQUIRE_LAWS(laws::feature_map(archetype::feature_map{}, 2.0, utilities, random));
  archetype::belief belief{utilities};
  REQUIRE_LAWS(laws::belief(belief, random));
  REQUIRE_LAWS(laws::posterior(archetype::posterior{}, archetype::column{utilities}, random));
  REQUIRE_LAWS(laws::duel_rule(archetype::duel_rule{}, random));
  REQUIRE_LAWS(laws::proposer(archetype::proposer{}, 3, random));
  REQUIRE_LAWS(laws::policy(archetype::policy{}, no_context{}, actions, random));
  REQUIRE_LAWS(
      laws::samples_at_temperature(archetype::samples_at_temperature{}, no_context{}, actions, random));
  REQUIRE_LAWS(laws::trainable_policy(archetype::trainable_policy{}, no_context{}, actions, random));
  REQUIRE_LAWS(laws::preference_loss(archetype::preference_loss{}));
  REQUIRE_LAWS(laws::pair_loss(archetype::pair_loss{}));
  REQUIRE_LAWS(laws::dueling_agent(archetype::dueling_agent{std::vector<double>(5)}, 5, random));
  REQUIRE_LAWS(laws::dueling_agent(archetype::contextual_agent{}, utilities, 3, random));
  REQUIRE_LAWS(laws::agent_prototype(archetype::agent_prototype{}, {.arms = 5}, random, {.refused = {{}}}));
  REQUIRE_LAWS(laws::environment(archetype::environment{}, random));
}

TEST_CASE("the explanation of a model is silent", "[concepts]") {
  joust::explain_random_stream<archetype::random_stream>();
  joust::explain_preference_oracle<archetype::preference_oracle, no_context, double>();
  joust::explain_known_preference<archetype::known_preference, no_context, double>();
  joust::explain_feature_map<archetype::feature_map, double, list>();
  joust::explain_belief<archetype::belief>();
  joust::explain_posterior<archetype::posterior, archetype::column, double>();
  joust::explain_duel_rule<archetype::duel_rule, archetype::belief>();
  joust::explain_proposer<archetype::proposer, int, int>();
  joust::explain_policy<archetype::policy, no_context, std::size_t>();
  joust::explain_samples_at_temperature<archetype::samples_at_temperature, no_context, std::size_t>();
  joust::explain_trainable_policy<archetype::trainable_policy, no_context, std::size_t>();
  joust::explain_preference_loss<archetype::preference_loss>();
  joust::explain_pair_loss<archetype::pair_loss>();
  joust::explain_selects_duels<archetype::dueling_agent>();
  joust::explain_learns_from_duels<archetype::dueling_agent>();
  joust::explain_recommends<archetype::dueling_agent>();
  joust::explain_dueling_agent<archetype::dueling_agent>();
  joust::explain_dueling_agent<archetype::contextual_agent, list>();
  joust::explain_agent_prototype<archetype::agent_prototype>();
  joust::explain_environment<archetype::environment>();
  SUCCEED("it compiles");
}
