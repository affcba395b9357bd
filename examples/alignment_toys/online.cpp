// SPDX-License-Identifier: MIT
//
// Where pairs come from, and which of them are asked about: Guo et al., "Direct language model alignment from
// online AI feedback", arXiv 2402.04792; Muldrew et al., "Active preference learning for large language
// models", ICML 2024.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/response_world.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/policy/tabular_softmax.hpp>
#include <joust/rule/best_against_worst.hpp>
#include <joust/rule/passive.hpp>

#include "report.hpp"

namespace toys {
namespace {

constexpr double beta = 0.2;
std::vector<std::uint64_t> const labels{200, 500, 1000, 2000, 4000, 8000};

double mean_reward(joust::response_world const& world, joust::tabular_softmax const& policy) {
  double sum = 0.0;
  for (std::size_t x = 0; x < world.prompts(); ++x) {
    auto const pi = policy.probabilities(x);
    for (std::size_t a = 0; a < pi.size(); ++a) sum += pi[a] * world.reward(x, a);
  }
  return sum / static_cast<double>(world.prompts());
}

/// Every prompt `times` over in each round, so that there is a pool to choose from.
template <class Agent>
std::vector<double> learn(joust::response_world const& world, Agent agent, std::size_t times,
                          joust::stream g) {
  std::vector<std::size_t> prompts;
  for (std::size_t n = 0; n < times * world.prompts(); ++n) prompts.push_back(n % world.prompts());
  std::vector<double> result;
  while (result.size() < labels.size()) {
    agent.round(prompts, world, g);
    while (result.size() < labels.size() && agent.queries() >= labels[result.size()]) {
      result.push_back(mean_reward(world, agent.policy()));
    }
  }
  return result;
}

}  // namespace

void online_feedback(report& out) {
  out.title("Whose pairs, and which");
  using joust::acquisition;
  using joust::proposal;
  using rewards_by_seed = std::vector<std::vector<double>>;
  std::uint64_t const seeds = out.seeds(20, 8);
  double rate = 0.0;
  auto const run = [&](auto const& rule, auto const& model, joust::aligner_options options,
                       std::size_t times) {
    options.temperature = 1.0;
    options.equals = joust::equal_candidates::mask;
    rewards_by_seed result;
    for (std::uint64_t n = 0; n < seeds; ++n) {
      auto const g = report::seed("online", n);
      auto const world = joust::response_world::draw(
          {.prompts = 5, .responses = 60, .rarity = 1.5, .logit_noise = 1.5}, g.child("world"));
      joust::tabular_softmax const policy{
          world.initial_logits(), {.optimiser = {.method = joust::descent::sgd, .learning_rate = rate}}};
      joust::aligner agent{policy, model, rule, joust::dpo{{.beta = beta}}, options};
      result.push_back(learn(world, std::move(agent), times, g.child("run")));
    }
    return result;
  };
  joust::passive const passive;
  joust::best_against_worst const margin{{.of = joust::opinion::mean}};
  joust::no_reward_model const none;
  joust::implicit_reward const implicit{{.beta = beta}};
  for (double const chosen_rate : {5.0, 20.0}) {
    rate = chosen_rate;
    joust::aligner_options const pair{.candidates = 2};
    auto offline = pair;
    offline.sync_every = 0;
    auto with_reference = pair;
    with_reference.proposed_by = proposal::policy_and_reference;
    auto quarter = pair;
    quarter.keep = acquisition::certainty;
    quarter.keep_share = 0.25;
    auto undecided = quarter;
    undecided.keep = acquisition::least_margin;
    std::vector<std::pair<std::string, rewards_by_seed>> const results{
        {"offline, pairs (pi_ref, pi_ref)", run(passive, none, offline, 1)},
        {"pairs (pi, pi_ref)", run(passive, none, with_reference, 1)},
        {"online, pairs (pi, pi)", run(passive, none, pair, 1)},
        {"APL, largest margin among 8 samples", run(margin, implicit, {.candidates = 8}, 1)},
        {"APL, quarter of largest margin", run(passive, implicit, quarter, 4)},
        {"quarter of least margin", run(passive, implicit, undecided, 4)}};
    std::vector<std::vector<std::string>> rows{{"labels, at rate " + text(rate, 0)}};
    for (auto const count : labels) rows[0].push_back(std::to_string(count));
    for (auto const& [name, by_seed] : results) {
      rows.push_back({name});
      for (std::size_t i = 0; i < labels.size(); ++i) {
        average reward;
        for (auto const& rewards : by_seed) reward.add(rewards[i]);
        rows.back().push_back(text(reward, 2));
      }
    }
    out.table(rows);
    // Differences on the same worlds, in standard errors.
    auto const ahead = [&](std::size_t a, std::size_t b, std::size_t i) {
      average difference;
      for (std::size_t n = 0; n < seeds; ++n)
        difference.add(results[a].second[n][i] - results[b].second[n][i]);
      return difference.mean() / difference.error();
    };
    if (rate == 5.0) {
      out.holds("online > (pi, pi_ref) > offline after 8000 labels, by 3 standard errors",
                ahead(2, 1, 5) > 3.0 && ahead(1, 0, 5) > 3.0);
      out.holds("online after 4000 labels > offline after 8000, by 3 standard errors", [&] {
        average difference;
        for (std::size_t n = 0; n < seeds; ++n)
          difference.add(results[2].second[n][4] - results[0].second[n][5]);
        return difference.mean() > 3.0 * difference.error();
      }());
      out.holds(
          "APL's largest margin is ahead of online after 500 labels, and behind after 8000, by 3 standard "
          "errors",
          ahead(3, 2, 1) > 3.0 && ahead(2, 3, 5) > 3.0);
      out.end();
    }
  }
}

}  // namespace toys
