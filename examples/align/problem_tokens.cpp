// SPDX-License-Identifier: MIT
#include <memory>
#include <string_view>

#include <joust/alignment/token_world.hpp>
#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/token_policy.hpp>

#include "any_run.hpp"
#include "problem.hpp"

namespace align_program {

namespace {

struct tokens_parts {
  using world = joust::token_world;
  using world_options = joust::token_world_options;
  using policy = joust::token_policy;
  using policy_options = joust::token_policy_options;
  static constexpr std::string_view name = "tokens";
  static constexpr std::string_view summary = "answers of tokens, an autoregressive policy";

  static policy_options standard() { return {}; }

  static world draw(world_options const& options, joust::stream const& chance) {
    return world::draw(options, chance);
  }
  static policy make(world const& w, policy_options options, joust::stream const& root) {
    options.seed = root.child("policy").child(options.seed)();
    return w.initial_policy(options);
  }
  // The world says how much can be said; a policy that is told otherwise is a mistake.
  static void settle(world_options const& world, policy_options& policy) {
    policy_options const plain;
    if (policy.vocabulary != plain.vocabulary && policy.vocabulary != world.vocabulary) {
      joust::detail::reject("policy.vocabulary", joust::detail::text(policy.vocabulary),
                            "the world's, " + joust::detail::text(world.vocabulary));
    }
    if (policy.max_length != plain.max_length && policy.max_length != world.max_length) {
      joust::detail::reject("policy.max_length", joust::detail::text(policy.max_length),
                            "the world's, " + joust::detail::text(world.max_length));
    }
    policy.vocabulary = world.vocabulary;
    policy.max_length = world.max_length;
  }
};

}  // namespace

std::unique_ptr<any_problem> make_tokens() { return std::make_unique<problem<tokens_parts>>(); }

}  // namespace align_program
