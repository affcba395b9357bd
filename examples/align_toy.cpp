// SPDX-License-Identifier: MIT
//
// A policy learns from comparisons of its own samples, and chooses which comparisons to pay for: SEA beside
// passive online DPO, with the same budget of answers. Ten prompts of 200 responses each stand for language,
// a table of logits for the model, and a hidden reward answers in place of people.
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/featured.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/response_world.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/oracle/counted.hpp>
#include <joust/policy/tabular_softmax.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/passive.hpp>

namespace {

// The reward that the policy can expect, on average over prompts. Only simulations know it.
double value(joust::tabular_softmax const& policy, joust::response_world const& world) {
  double sum = 0.0;
  for (std::size_t x = 0; x < world.prompts(); ++x) {
    std::vector<double> const p = policy.probabilities(x);
    sum += std::inner_product(p.begin(), p.end(), world.rewards(x).begin(), 0.0);
  }
  return sum / static_cast<double>(world.prompts());
}

// Rounds of one question per prompt until the budget is spent. A policy that has made up its mind proposes
// nothing to ask about, so rounds are limited as well.
template <class Agent>
void align(std::string const& name, Agent agent, joust::response_world const& world) {
  constexpr std::uint64_t budget = 600;
  std::vector<std::size_t> prompts(world.prompts());
  std::iota(prompts.begin(), prompts.end(), std::size_t{0});
  joust::counted oracle{world};
  joust::stream const luck{42};
  double const before = value(agent.policy(), world);
  while (agent.queries() + prompts.size() <= budget && agent.rounds() < 120) {
    auto random = luck.child(agent.rounds());
    agent.round(prompts, oracle, random);
  }
  std::cout << std::left << std::setw(12) << name << std::right << std::fixed << std::setprecision(1)
            << std::setw(7) << before << std::setw(9) << value(agent.policy(), world) << std::setw(10)
            << oracle.answered() << std::setw(11) << agent.own_labels() << '\n';
}

}  // namespace

int main() {
  auto const world =
      joust::response_world::draw({.prompts = 10, .responses = 200, .reward_spread = 1.5}, joust::stream{7});
  joust::tabular_softmax const policy{world.initial_logits(),
                                      {.optimiser = {.method = joust::descent::sgd, .learning_rate = 30.0}}};

  // SEA: an ensemble of reward models doubts, best_arm asks where it doubts most; once 200 answers are in,
  // the ensemble labels three pairs in ten itself.
  auto const features = world.features();
  joust::featured critic{
      features, joust::ensemble<float>{{.dimension = features.dimension(), .members = 10, .width = 32}}};
  joust::aligner sea{policy,
                     critic,
                     joust::best_arm{},
                     joust::dpo{},
                     {.oracle_share = joust::schedule::step(1.0, 200, 0.7)}};

  // Passive online DPO: two samples of the policy, whatever they are.
  joust::aligner passive{policy, joust::no_reward_model{}, joust::passive{}, joust::dpo{}, {.candidates = 2}};

  std::cout << "             reward of the policy   answers   own labels\n"
            << "             before   after\n";
  align("passive", passive, world);
  align("SEA", sea, world);
  double best = 0.0;
  for (std::size_t x = 0; x < world.prompts(); ++x) best += world.best_reward(x) / 10.0;
  std::cout << "best possible: " << std::setprecision(1) << best << '\n';
}
