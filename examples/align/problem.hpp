// SPDX-License-Identifier: MIT
//
// A problem made of its parts: the law of a world, a policy, and one of four kinds of reward models. Each of
// the sources problem_*.cpp names its parts and makes all aligners over one policy.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/alignment_agents.hpp>
#include <joust/alignment/featured.hpp>
#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/known_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/experiment/align.hpp>
#include <joust/experiment/json_fields.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/rule/any_rule.hpp>

#include "any_run.hpp"
#include "run_settings.hpp"

namespace align_program {

/// Two texts in one, each behind its length.
[[nodiscard]] inline std::string joined(std::string const& first, std::string const& second) {
  return joust::detail::text(first.size()) + '\n' + first + second;
}
[[nodiscard]] inline std::pair<std::string_view, std::string_view> parted(std::string_view text) {
  std::size_t length = 0;
  auto const read = std::from_chars(text.data(), text.data() + text.size(), length);
  auto const used = static_cast<std::size_t>(read.ptr - text.data());
  if (read.ec != std::errc{} || used >= text.size() || text[used] != '\n' ||
      length > text.size() - used - 1) {
    throw std::invalid_argument{"a saved run: is cut short; expected two states"};
  }
  return {text.substr(used + 1, length), text.substr(used + 1 + length)};
}

template <class World, class Policy, class Model>
class run_of final : public any_run {
 public:
  run_of(World world, Policy policy, Model model, joust::alignment_recipe const& recipe,
         joust::align_options const& options)
      : world_{std::move(world)},
        aligner_{std::move(policy), std::move(model), joust::any_rule{recipe.rule}, recipe.loss,
                 recipe.options},
        run_{world_, world_, aligner_, options} {}

  [[nodiscard]] bool finished() const override { return run_.finished(); }
  void step() override { static_cast<void>(run_.step()); }
  [[nodiscard]] std::uint64_t queries() const override { return run_.queries(); }
  [[nodiscard]] std::uint64_t updates() const override { return aligner_.updates(); }
  [[nodiscard]] std::uint64_t rounds() const override { return run_.rounds(); }
  [[nodiscard]] joust::alignment_trace const& trace() const override { return run_.trace(); }

  [[nodiscard]] std::string save() const override { return joined(aligner_.save(), run_.save()); }
  void restore(std::string_view saved) override {
    auto const [aligner, run] = parted(saved);
    aligner_type restored = aligner_;
    restored.restore(aligner);
    joust::align_options const options = run_.options();
    // A run refers to its aligner, so the aligner has to be in its place before the run is read.
    std::swap(aligner_, restored);
    try {
      auto read = run_type::load(run, world_, world_, aligner_);
      if (!(read.options() == options)) {
        throw std::invalid_argument{"a saved run: has other options; expected those of the configuration"};
      }
      run_ = std::move(read);
    } catch (...) {
      std::swap(aligner_, restored);
      throw;
    }
  }

 private:
  using aligner_type = joust::aligner<Policy, Model, joust::any_rule, joust::any_loss>;
  using run_type = joust::alignment_run<World, World, aligner_type>;

  World world_;
  aligner_type aligner_;
  run_type run_;
};

/// Parts has the types world, world_options, policy and policy_options, the constants name and summary, and
///     static world draw(world_options const&, joust::stream const&)
///     static policy make(world const&, policy_options, std::uint64_t seed)
///     static policy_options standard(): a policy that learns well from about 4000 queries, whatever the loss
///     static void settle(world_options const&, policy_options&): what one of them says about the other
template <class Parts>
class problem final : public any_problem {
 public:
  [[nodiscard]] std::string_view name() const override { return Parts::name; }
  [[nodiscard]] std::string_view summary() const override { return Parts::summary; }

  [[nodiscard]] joust::json configuration(std::vector<layer> const& layers) const override {
    return joust::json_of(read(layers));
  }

  [[nodiscard]] run_plan plan(joust::json const& configuration) const override {
    settings const s = read({{configuration, "configuration"}});
    return {.problem = s.problem,
            .agent = s.agent,
            .seed = s.run.seed,
            .budget = s.run.queries,
            .evaluate_every = s.run.evaluate_every,
            .prompts_per_round = s.run.prompts_per_round,
            .checkpoint_every = s.checkpoint_every};
  }

  [[nodiscard]] std::vector<joust::described_field> keys(std::string const& agent) const override {
    auto rows = joust::fields_of(read({{joust::json{{"agent", agent}}, "--agent"}}));
    auto wishes = joust::fields_of(agent_choice{});
    for (auto const& row : wishes) {
      if (row.path.starts_with("wishes.")) rows.push_back(row);
    }
    return rows;
  }

  [[nodiscard]] std::unique_ptr<any_run> start(joust::json const& configuration) const override {
    settings s = read({{configuration, "configuration"}});
    joust::stream const root{s.run.seed};
    auto world = Parts::draw(s.world, root.child("world"));
    auto policy = Parts::make(world, s.policy, root);
    s.recipe.options.seed = root.child("aligner").child(s.recipe.options.seed)();
    switch (s.recipe.reward_model) {
      case joust::critic::none:
        return started(std::move(world), std::move(policy), joust::no_reward_model{}, s);
      case joust::critic::implicit:
        return started(std::move(world), std::move(policy), joust::implicit_reward{}, s);
      case joust::critic::truth: {
        auto const reward = [world](std::size_t x, typename Parts::world::action const& a) {
          return world.reward(x, a);
        };
        return started(std::move(world), std::move(policy), joust::known_reward{reward}, s);
      }
      case joust::critic::ensemble:
        break;
    }
    joust::ensemble_options options = s.ensemble;
    auto features = world.features();
    options.dimension = features.dimension();
    options.seed = root.child("ensemble").child(options.seed)();
    if (s.recipe.point_estimate) options.members = 1;
    if (s.recipe.reward_optimism != 0.0) options.optimism = s.recipe.reward_optimism;
    return started(std::move(world), std::move(policy),
                   joust::featured{std::move(features), joust::ensemble<float>{options}}, s);
  }

 private:
  using settings = run_settings<typename Parts::world_options, typename Parts::policy_options>;

  // Who learns is read first, from all layers; then the rest overlays that recipe.
  static settings read(std::vector<layer> const& layers) {
    agent_choice choice;
    for (layer const& l : layers) {
      joust::json chosen = joust::json::object();
      for (char const* const key : {"agent", "wishes"}) {
        if (l.given.is_object() && l.given.contains(key)) chosen[key] = l.given[key];
      }
      joust::from_json(chosen, choice, l.source);
    }
    settings s;
    s.problem = Parts::name;
    s.agent = choice.agent;
    s.recipe = choice.recipe();
    s.policy = Parts::standard();
    for (layer const& l : layers) {
      joust::json rest = l.given;
      if (rest.is_object()) {
        // Who and what is settled; later layers have had their say.
        for (char const* const key : {"agent", "wishes", "problem"}) rest.erase(key);
      }
      settings next = s;
      joust::from_json(rest, next, l.source);
      try {
        Parts::settle(next.world, next.policy);
      } catch (std::invalid_argument const& refused) {
        throw std::invalid_argument{l.source + ": " + refused.what()};
      }
      s = std::move(next);
    }
    Parts::settle(s.world, s.policy);
    return s;
  }

  template <class Model>
  static std::unique_ptr<any_run> started(typename Parts::world world, typename Parts::policy policy,
                                          Model model, settings const& s) {
    using run = run_of<typename Parts::world, typename Parts::policy, Model>;
    return std::make_unique<run>(std::move(world), std::move(policy), std::move(model), s.recipe, s.run);
  }
};

}  // namespace align_program
