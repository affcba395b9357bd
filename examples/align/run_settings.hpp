// SPDX-License-Identifier: MIT
//
// What a configuration file can say: which agent in which problem, how long, and the options of every part.
#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <joust/alignment/alignment_agents.hpp>
#include <joust/core/error.hpp>
#include <joust/experiment/align.hpp>
#include <joust/posterior/ensemble.hpp>

namespace align_program {

/// What a recipe can be asked to differ in, as a part of a configuration.
struct wish_options : joust::recipe_options {
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "of the policy's loss");
    visit("candidates", self.candidates, "per prompt, of agents that choose among many");
    visit("gamma", self.gamma, "share of oracle labels after the burn-in, of agents that mix");
    visit("burn_in", self.burn_in, "oracle queries before the reward model labels any pair");
    visit("best_of", self.best_of, "of agents that choose their answer by the reward model");
    visit("alpha", self.alpha, "optimism, of xpo, selm and vpo");
    visit("iteration", self.iteration, "rounds of one iteration, of iterative agents");
    visit("reward_optimism", self.reward_optimism, "of mex");
  }
};

/// Who learns, and in what its recipe is to differ: what has to be known before the rest can be read, since
/// the rest overlays the recipe.
struct agent_choice {
  std::string agent = "sea-bai";
  wish_options wishes;

  [[nodiscard]] joust::alignment_recipe recipe() const { return joust::alignment_agent(agent, wishes); }

  void check() const {
    if (!(wishes.alpha >= -1e6 && wishes.alpha <= 1e6)) {
      joust::detail::reject("wishes.alpha", joust::detail::text(wishes.alpha), "at most 1e6 in magnitude");
    }
    joust::detail::require_unit_interval("wishes.gamma", wishes.gamma);
    if (agent == "passive-replay" && wishes.gamma < 1e-3) {
      joust::detail::reject("wishes.gamma", joust::detail::text(wishes.gamma),
                            "at least 0.001 for passive-replay, whose replays are (1 - gamma) / gamma");
    }
    joust::detail::require_positive("wishes.beta", wishes.beta);
    joust::detail::require_finite("wishes.reward_optimism", wishes.reward_optimism);
    auto const made = recipe();
    made.options.check();
    made.loss.check();
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("agent", self.agent, "a name that 'joust-align describe agents' lists");
    visit("wishes", self.wishes, "what its recipe is to differ in");
  }
};

/// All of it, but for wishes, which are in the recipe once that is known.
template <class WorldOptions, class PolicyOptions>
struct run_settings {
  std::string problem;
  std::string agent;
  std::uint64_t checkpoint_every = 25;
  joust::align_options run{.queries = 4000, .evaluate_every = 250, .seed = 1};
  WorldOptions world;
  PolicyOptions policy;
  joust::ensemble_options ensemble{.members = 10, .width = 32};  // a laptop's
  joust::alignment_recipe recipe;

  void check() const {
    if (ensemble.dimension != 0) {
      joust::detail::reject("ensemble.dimension", joust::detail::text(ensemble.dimension),
                            "0: the world says how many features there are");
    }
    if (ensemble.cadence != 0) {
      joust::detail::reject("ensemble.cadence", joust::detail::text(ensemble.cadence),
                            "0: the aligner says when to train");
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("problem", self.problem, "a name that 'joust-align describe problems' lists");
    visit("agent", self.agent, "a name that 'joust-align describe agents' lists");
    visit("checkpoint_every", self.checkpoint_every,
          "rounds between checkpoints of 'run'; 0: only when interrupted");
    visit("run", self.run, "how long, how often it is looked at, the seed");
    visit("world", self.world, "the problem");
    visit("policy", self.policy, "what learns");
    visit("ensemble", self.ensemble, "the reward model, if it is an ensemble");
    visit("recipe", self.recipe, "the agent");
  }
};

}  // namespace align_program
