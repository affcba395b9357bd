// SPDX-License-Identifier: MIT
#include <memory>
#include <string_view>

#include <joust/alignment/response_world.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/mlp_softmax.hpp>

#include "any_run.hpp"
#include "problem.hpp"

namespace align_program {

namespace {

struct mlp_parts {
  using world = joust::response_world;
  using world_options = joust::response_world_options;
  using policy = joust::mlp_softmax;
  using policy_options = joust::mlp_softmax_options;
  static constexpr std::string_view name = "mlp";
  static constexpr std::string_view summary =
      "finite responses, a policy that is a small network on features";

  static policy_options standard() {
    policy_options options;
    options.optimiser.learning_rate = 0.005;
    return options;
  }

  static world draw(world_options const& options, joust::stream const& chance) {
    return world::draw(options, chance);
  }
  static policy make(world const& w, policy_options options, joust::stream const& root) {
    options.seed = root.child("policy").child(options.seed)();
    return policy{w.initial_logits(), w.policy_features(), options};
  }
  static void settle(world_options const&, policy_options&) {}
};

}  // namespace

std::unique_ptr<any_problem> make_mlp() { return std::make_unique<problem<mlp_parts>>(); }

}  // namespace align_program
