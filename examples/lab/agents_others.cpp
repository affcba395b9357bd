// SPDX-License-Identifier: MIT
#include <cstddef>
#include <vector>

#include <joust/agent/constant_policies.hpp>
#include <joust/agent/contextual.hpp>
#include <joust/agent/dbgd.hpp>
#include <joust/agent/random_linear_policies.hpp>
#include <joust/agent/sparring_exp4.hpp>
#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/thompson.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

namespace {

std::vector<parameter> const of_ensembles{
    {"members", "10", "networks"},
    {"width", "32", "units of a hidden layer"},
    {"depth", "1", "hidden layers; 0: linear rewards"},
    {"rate", "0.01", "learning rate of Adam"},
    {"cadence", "4", "duels between trainings of as many steps"},
    {"batch", "32", "duels of a training step"},
    {"anchor", "prior", "what holds members at their start: prior, published or none"},
    {"bootstrap", "none", "how often each member counts a duel: none (once), poisson or double-or-nothing"},
    {"prior", "0", "factor of the fixed random network added to each member"}};

joust::ensemble<> ensemble_of(typed_name const& typed) {
  std::size_t const cadence = typed.count("cadence", 4);
  return joust::ensemble<>{
      {.members = typed.count("members", 10),
       .width = typed.count("width", 32),
       .depth = typed.count("depth", 1),
       .optimiser = {.learning_rate = typed.number("rate", 0.01)},
       .steps = cadence,
       .batch = typed.count("batch", 32),
       .cadence = cadence,
       .anchor = static_cast<joust::anchor_scale>(typed.choice("anchor", {"prior", "published", "none"})),
       .bootstrap = static_cast<joust::bootstrap_weights>(
           typed.choice("bootstrap", {"none", "poisson", "double-or-nothing"})),
       .prior_scale = typed.number("prior", 0.0)}};
}

}  // namespace

std::vector<made_agent> other_agents() {
  return {
      k_armed_entry<joust::winner_stays_weak>(
          "winner-stays-weak",
          "the two best scores duel, ties stay (Chen & Frazier 2017); weak regret, with a Condorcet winner"),
      k_armed_entry<joust::winner_stays_strong>(
          "winner-stays-strong",
          "the same, with growing series of self-duels (Chen & Frazier 2017); with a Condorcet winner"),
      {{"dbgd",
        "dueling bandit gradient descent (Yue & Joachims 2009) on a linear score; candidates with features",
        {{"exploration", "1", "length of the change that a probe makes to the weights"},
         {"step", "0.1", "length of the change that a winning probe leaves behind"}}},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::dbgd{
             {.exploration = typed.number("exploration", 1.0), .step = typed.number("step", 0.1)}};
       }},
      {{"sparring-exp4",
        "two EXP4.P spar over random linear policies (Dudik et al. 2015), or over constant ones",
        {{"policies", "128",
          "number of random linear policies; 0: one for each arm, as for arms without features"},
         {"exploration", "0", "least chance of each candidate; 0: sqrt(ln N / (K T))"}}},
       [](typed_name const& typed, joust::setting const& shape) -> joust::any_agent {
         joust::sparring_exp4_options const options{.exploration = typed.number("exploration", 0.0)};
         std::size_t const policies = typed.count("policies", 128);
         // Arms without features stand on unit vectors.
         if (policies == 0 || (shape.fixed_arms && shape.dimension == shape.arms)) {
           return joust::sparring_exp4{joust::constant_policies{}, options};
         }
         return joust::sparring_exp4{joust::random_linear_policies{policies}, options};
       }},
      {{"sea-ee-ensemble",
        "SEA, explore and exploit, on an ensemble of networks as in its paper; candidates with features",
        of_ensembles},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::contextual{ensemble_of(typed), joust::thompson{}};
       }},
      {{"sea-bai-ensemble",
        "SEA, best-arm identification, on an ensemble of networks as in its paper; candidates with features",
        of_ensembles},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::contextual{ensemble_of(typed), joust::best_arm{}};
       }},
  };
}

}  // namespace lab
