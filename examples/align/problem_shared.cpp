// SPDX-License-Identifier: MIT
#include <memory>
#include <string_view>

#include <joust/alignment/response_world.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/shared_softmax.hpp>

#include "any_run.hpp"
#include "problem.hpp"

namespace align_program {

namespace {

struct shared_parts {
  using world = joust::response_world;
  using world_options = joust::response_world_options;
  using policy = joust::shared_softmax;
  using policy_options = joust::shared_softmax_options;
  static constexpr std::string_view name = "shared";
  static constexpr std::string_view summary =
      "finite responses, a shared direction in feature space and a table";

  // Adam: one rate serves losses whose gradients differ in size, as those of DPO and IPO do a hundredfold.
  static policy_options standard() {
    return {.features = {.learning_rate = 0.01}, .table = {.learning_rate = 0.05}};
  }

  static world draw(world_options const& options, joust::stream const& chance) {
    return world::draw(options, chance);
  }
  static policy make(world const& w, policy_options const& options, joust::stream const&) {
    return policy{w.initial_logits(), w.policy_features(), options};
  }
  static void settle(world_options const&, policy_options&) {}
};

}  // namespace

std::unique_ptr<any_problem> make_shared_softmax() { return std::make_unique<problem<shared_parts>>(); }

}  // namespace align_program
