// SPDX-License-Identifier: MIT
#include <joust/alignment/alignment_agents.hpp>

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/known_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/core/state.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::alignment_agent;
using joust::alignment_agents;
using joust::alignment_recipe;
using joust::critic;
using joust::optimism_samples;
using joust::proposal;
using joust::recipe_options;
using joust::rule_kind;
using joust_test::toy_prompts;
using joust_test::toy_responses;

bool mixes(alignment_recipe const& agent) { return agent.options.oracle_share.at(1'000'000) < 1.0; }

// Twelve rounds of a recipe's agent; the reward model stands for the ensemble.
template <class Model>
joust::round_report play(alignment_recipe const& recipe, Model const& model) {
  joust::aligner agent{joust_test::a_policy(), model, joust::any_rule{recipe.rule}, recipe.loss,
                       recipe.options};
  joust_test::toy_oracle oracle = joust_test::an_oracle();
  joust::round_report sum;
  for (std::size_t r = 0; r < 12; ++r) {
    auto luck = joust::stream{9}.child(r);
    auto const report = agent.round(joust_test::all_prompts(toy_prompts), oracle, luck);
    sum.queries += report.queries;
    sum.own += report.own;
    sum.updates += report.updates;
    CHECK(std::isfinite(report.loss));
  }
  CHECK(agent.queries() == sum.queries);
  joust::stream luck{10};
  CHECK(agent.recommend(0, luck) < toy_responses);
  CHECK((agent.policy() == joust_test::a_policy()) == !recipe.options.learn_policy);
  CHECK((agent.reference() == joust_test::a_policy()) == (recipe.options.refresh_reference_every == 0));
  return sum;
}

joust::round_report play(alignment_recipe const& recipe) {
  switch (recipe.reward_model) {
    case critic::none:
      return play(recipe, joust::no_reward_model{});
    case critic::implicit:
      return play(recipe, joust::implicit_reward{});
    case critic::truth:
      return play(recipe, joust::known_reward{[](std::size_t x, std::size_t a) {
                    return joust_test::an_oracle().rewards[x * toy_responses + a];
                  }});
    case critic::ensemble:
      break;
  }
  return play(recipe, joust_test::a_model(recipe.point_estimate ? 1 : 4));
}

}  // namespace

TEST_CASE("every listed agent has a recipe, a name and a summary of its own", "[alignment_agents]") {
  std::set<std::string_view> names;
  for (auto const& agent : alignment_agents()) {
    INFO(agent.name);
    CHECK(names.insert(agent.name).second);
    CHECK(!agent.summary.empty());
    CHECK_NOTHROW(alignment_agent(agent.name).options.check());
    CHECK_NOTHROW(alignment_agent(agent.name).loss.check());
  }
  CHECK(names.size() == alignment_agents().size());
}

TEST_CASE("an unknown agent is refused, with all names", "[alignment_agents][fault]") {
  for (std::string_view const name : {"", "sea", "SEA-BAI", "online_dpo", "variant-8"}) {
    try {
      static_cast<void>(alignment_agent(name));
      FAIL("accepted");
    } catch (std::invalid_argument const& error) {
      std::string const text = error.what();
      CHECK(text.find("'" + std::string{name} + "'") != std::string::npos);
      for (auto const& agent : alignment_agents()) {
        bool const listed = text.find(" " + std::string{agent.name} + ",") != std::string::npos ||
                            text.ends_with(" " + std::string{agent.name});
        CHECK(listed);
      }
    }
  }
}

TEST_CASE("no two agents are the same, but for those that are said to be", "[alignment_agents]") {
  std::set<std::set<std::string_view>> const twins{{"variant-1", "online-dpo"}, {"variant-3", "sea-bai"}};
  for (auto const& a : alignment_agents()) {
    for (auto const& b : alignment_agents()) {
      if (a.name >= b.name) continue;
      INFO(a.name << " and " << b.name);
      CHECK((alignment_agent(a.name) == alignment_agent(b.name)) == twins.contains({a.name, b.name}));
    }
  }
}

TEST_CASE("the ablation's variants differ as its table says", "[alignment_agents]") {
  // Liu et al. 2024, section 5.3: inference, exploration, learning.
  auto const variant = [](int n) { return alignment_agent("variant-" + std::to_string(n)); };
  auto const with_best_of = [](alignment_recipe agent) {
    agent.options.best_of = recipe_options{}.best_of;
    return agent;
  };
  CHECK(variant(1).reward_model == critic::none);
  CHECK(variant(1).rule.rule == rule_kind::passive);
  CHECK(variant(2).reward_model == critic::ensemble);
  CHECK(variant(2).rule.rule == rule_kind::best_arm);
  CHECK(variant(4).rule.rule == rule_kind::passive);
  for (int const n : {1, 2, 3, 4, 5, 6, 7}) {
    CHECK(mixes(variant(n)) == (n == 3 || n == 6));
    CHECK((variant(n).options.best_of != 0) == (n >= 4));
    CHECK(variant(n).options.learn_policy == (n != 7));
    CHECK((variant(n).options.proposed_by == proposal::reference) == (n == 7));
  }
  CHECK(variant(4) == with_best_of(alignment_agent("passive-ensemble")));
  CHECK(variant(5) == with_best_of(variant(2)));
  CHECK(variant(6) == with_best_of(variant(3)));
  auto mixed = variant(2);
  mixed.options.oracle_share = joust::schedule::step(1.0, 1000, 0.7);
  CHECK(mixed == variant(3));
}

TEST_CASE("the agents of the literature are what their papers say", "[alignment_agents]") {
  CHECK(alignment_agent("sea-ee").rule.rule == rule_kind::thompson);
  CHECK(alignment_agent("sea-bai").rule.rule == rule_kind::best_arm);
  CHECK(alignment_agent("sea-bai").rule.criterion == joust::variance_of::preference);
  CHECK(alignment_agent("uncertainty").rule.rule == rule_kind::largest_pair_variance);
  CHECK(alignment_agent("passive-synthetic").rule.rule == rule_kind::passive);
  for (std::string_view const name : {"sea-ee", "sea-bai", "uncertainty", "passive-synthetic"}) {
    auto const agent = alignment_agent(name);
    CHECK(agent.reward_model == critic::ensemble);
    CHECK(agent.options.candidates == 20);
    CHECK(agent.options.oracle_share.at(999) == 1.0);
    CHECK(agent.options.oracle_share.at(1000) == 0.7);
    CHECK(agent.loss.name() == "dpo");
  }
  for (std::string_view const name :
       {"online-dpo", "online-ipo", "online-slic", "offline-dpo", "iterative-dpo"}) {
    auto const agent = alignment_agent(name);
    CHECK(agent.reward_model == critic::none);
    CHECK(agent.options.candidates == 2);
    CHECK(!mixes(agent));
  }
  CHECK(alignment_agent("online-ipo").loss.name() == "ipo_sum");
  CHECK(alignment_agent("online-slic").loss.name() == "slic");
  CHECK(alignment_agent("online-dpo").options.sync_every == 1);
  CHECK(alignment_agent("offline-dpo").options.sync_every == 0);
  CHECK(alignment_agent("iterative-dpo").options.sync_every == 50);

  CHECK(alignment_agent("apl").reward_model == critic::implicit);
  CHECK(alignment_agent("apl").rule.rule == rule_kind::best_against_worst);
  CHECK(alignment_agent("apl").rule.of == joust::opinion::mean);
  CHECK(alignment_agent("apl-certainty").options.keep == joust::acquisition::certainty);
  CHECK(alignment_agent("apl-certainty").options.keep_share < 1.0);
  CHECK(alignment_agent("xpo").options.proposed_by == proposal::policy_and_reference);
  CHECK(alignment_agent("xpo").options.optimistic_about == optimism_samples::second);
  CHECK(alignment_agent("selm").options.optimistic_about == optimism_samples::reference);
  CHECK(alignment_agent("selm").options.refresh_reference_every != 0);
  CHECK(alignment_agent("vpo").options.optimistic_about == optimism_samples::reference);
  CHECK(alignment_agent("vpo").options.refresh_reference_every == 0);
  for (std::string_view const name : {"xpo", "selm", "vpo"}) {
    CHECK(alignment_agent(name).options.optimism.sign == joust::optimism::optimistic);
    CHECK(joust::optimism_term{alignment_agent(name).options.optimism}.coefficient() > 0.0);
  }
  CHECK(alignment_agent("nash-md").options.proposed_by == proposal::policy_and_mixture);
  CHECK(alignment_agent("nash-md").loss.name() == "nash_md");
  CHECK(alignment_agent("ee4llm").rule.rule == rule_kind::thompson);
  CHECK(alignment_agent("ee4llm").options.proposed_by == proposal::reference);
  CHECK(!alignment_agent("ee4llm").options.learn_policy);
  CHECK(alignment_agent("ee4llm").options.best_of != 0);
  CHECK(alignment_agent("mex").point_estimate);
  CHECK(alignment_agent("mex").reward_optimism > 0.0);
  CHECK(alignment_agent("mex").rule.rule == rule_kind::greedy);
  CHECK(alignment_agent("best-worst").rule.of == joust::opinion::mean);
  CHECK(alignment_agent("oracle-best-worst").reward_model == critic::truth);
  CHECK(alignment_agent("passive-replay").options.replay_steps == 1);
}

TEST_CASE("wishes reach the recipes", "[alignment_agents]") {
  recipe_options const wish{.beta = 0.3,
                            .candidates = 7,
                            .gamma = 0.4,
                            .burn_in = 77,
                            .best_of = 5,
                            .alpha = 0.2,
                            .iteration = 9,
                            .reward_optimism = 0.5};
  auto const sea = alignment_agent("sea-bai", wish);
  CHECK(sea.options.candidates == 7);
  CHECK(sea.options.oracle_share == joust::schedule::step(1.0, 77, 0.4));
  CHECK(alignment_agent("ee4llm", wish).options.best_of == 5);
  CHECK(alignment_agent("iterative-dpo", wish).options.sync_every == 9);
  CHECK(alignment_agent("selm", wish).options.refresh_reference_every == 9);
  CHECK(alignment_agent("mex", wish).reward_optimism == 0.5);
  CHECK(joust::optimism_term{alignment_agent("xpo", wish).options.optimism}.coefficient() ==
        Approx(0.2 * 0.3));
  for (auto const& agent : alignment_agents()) {
    double beta = 0.0;
    alignment_agent(agent.name, wish).loss.visit([&](auto const& loss) {
      if constexpr (requires { loss.options().beta; }) beta = loss.options().beta;
    });
    INFO(agent.name);
    CHECK(beta == 0.3);
  }
}

TEST_CASE("a recipe can be written down and read back", "[alignment_agents]") {
  for (auto const& agent : alignment_agents()) {
    auto const recipe = alignment_agent(agent.name, {.beta = 0.7});
    joust::state_writer writer{"recipe", 1};
    alignment_recipe::fields(recipe, writer);
    std::string const text = std::move(writer).finish();
    alignment_recipe read;
    joust::state_reader reader{text, "recipe", 1};
    alignment_recipe::fields(read, reader);
    reader.finish();
    INFO(agent.name);
    CHECK(read == recipe);
  }
}

TEST_CASE("every agent plays", "[alignment_agents]") {
  for (auto const& agent : alignment_agents()) {
    INFO(agent.name);
    auto const recipe = alignment_agent(agent.name, {.gamma = 0.5, .burn_in = 20, .iteration = 5});
    auto const sum = play(recipe);
    CHECK(sum.queries > 0);
    CHECK((sum.own > 0) == mixes(recipe));
    CHECK((sum.updates > 0) == recipe.options.learn_policy);
  }
}
