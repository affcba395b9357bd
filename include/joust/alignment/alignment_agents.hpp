// SPDX-License-Identifier: MIT
//
// The agents of the literature on aligning a policy with comparisons, as choices of an aligner's parts. A
// recipe is data: which reward model, which rule, which loss, which numbers. Reading the table is reading how
// the methods differ.
//
//   source  Liu, Chen, Du, Lee & Lin, "Sample-efficient alignment for LLMs", arXiv 2411.01493 (2024),
//           sections 4 and 5, whose ablation numbers the variants; the others are named at their recipes
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <joust/alignment/aligner_options.hpp>
#include <joust/core/error.hpp>
#include <joust/core/schedule.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/log_likelihood.hpp>
#include <joust/loss/nash_md.hpp>
#include <joust/loss/slic.hpp>
#include <joust/rule/any_rule.hpp>

namespace joust {

/// The kinds of reward models.
enum class critic : unsigned char {
  none,      ///< no_reward_model
  ensemble,  ///< featured, with an ensemble
  implicit,  ///< implicit_reward: the policy's own log-ratios
  truth,     ///< known_reward with the true reward: only simulations have it
};

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(critic) noexcept {
  return {"none", "ensemble", "implicit", "truth"};
}

/// An alignment agent, but for its policy and its features.
struct alignment_recipe {
  critic reward_model = critic::ensemble;
  bool point_estimate = false;   ///< of an ensemble: one member instead of many
  double reward_optimism = 0.0;  ///< of an ensemble: weight of the best candidate's value in its loss (MEX)
  any_rule_options rule{};
  any_loss loss{};  // DPO
  aligner_options options{};

  friend bool operator==(alignment_recipe const&, alignment_recipe const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("reward_model", self.reward_model, "none, ensemble, implicit or truth");
    visit("point_estimate", self.point_estimate, "of an ensemble: one member");
    visit("reward_optimism", self.reward_optimism, "of an ensemble: weight of the best candidate's value");
    visit("rule", self.rule, "which pair is asked about");
    visit("loss", self.loss, "how the policy learns");
    visit("aligner", self.options, "everything else");
  }
};

/// A recipe's name and what it stands for.
struct named_recipe {
  std::string_view name;
  std::string_view summary;
};

/// What a recipe may be asked to differ in from the outset. The defaults are the SEA paper's.
struct recipe_options {
  double beta = 0.1;             ///< of the policy's loss
  std::size_t candidates = 20;   ///< per prompt, of agents that choose among many
  double gamma = 0.7;            ///< share of oracle labels after the burn-in, of agents that mix
  std::uint64_t burn_in = 1000;  ///< oracle queries before the reward model labels any pair
  std::size_t best_of = 10;      ///< of agents that choose their answer by the reward model
  double alpha = 0.05;  ///< optimism: added to the loss as alpha beta E[log pi / pi_ref] (alpha beta is
                        ///< the whole coefficient, also of XPO)
  std::uint64_t iteration = 50;   ///< rounds of one iteration, of iterative agents
  double reward_optimism = 0.01;  ///< of mex
};

/// The names of all agents, in the order of the documentation.
[[nodiscard]] constexpr std::array<named_recipe, 32> alignment_agents() noexcept {
  return {{
      {"sea-ee", "SEA, explore and exploit: two posterior draws duel; labels mixed"},
      {"sea-bai", "SEA, best-arm identification: a draw against its most uncertain rival; labels mixed"},
      {"uncertainty", "the pair of largest variance; labels mixed"},
      {"passive-ensemble", "the policy's first two samples; the ensemble learns beside it"},
      {"online-dpo", "OAIF: two samples of the policy, DPO"},
      {"online-ipo", "OAIF with IPO"},
      {"online-slic", "OAIF with SLiC"},
      {"offline-dpo", "pairs from the initial policy, for ever"},
      {"iterative-dpo", "pairs from the policy of the last iteration"},
      {"apl", "active preference learning: the pair of largest implicit margin"},
      {"apl-certainty", "APL's other form: the prompts of largest implicit margin between two samples"},
      {"xpo", "one sample of the policy, one of the reference, optimism on the latter"},
      {"selm", "two samples of the policy, optimism, and a reference that follows"},
      {"vpo", "two samples of the policy, optimism towards a fixed reference"},
      {"nash-md", "a sample of the policy against its mixture with the reference, policy gradient"},
      {"ee4llm", "two posterior draws among the reference's samples; best-of-N, no learning of the policy"},
      {"mex", "maximise to explore: one optimistic reward model, its two favourites duel"},
      {"variant-1", "ablation: passive, policy alone (online-dpo)"},
      {"variant-2", "ablation: active, policy and ensemble, oracle labels only"},
      {"variant-3", "ablation: active, labels mixed (sea-bai)"},
      {"variant-4", "ablation: as passive-ensemble, answers best of N by the ensemble"},
      {"variant-5", "ablation: as 2, answers best of N"},
      {"variant-6", "ablation: as 3, answers best of N"},
      {"variant-7",
       "ablation: active, ensemble alone, best of N of the reference (ee4llm with another rule)"},
      {"passive-synthetic", "control: passive duels, and labels mixed"},
      {"best-worst", "control: best against worst by the ensemble's mean"},
      {"best-worst-mixed", "ours: best against worst by the ensemble's mean, and labels mixed"},
      {"sea-ee-mixture", "ours: sea-ee among samples of the policy's mixture with the reference"},
      {"sea-bai-mixture", "ours: sea-bai among samples of the policy's mixture with the reference"},
      {"online-dpo-mixture", "control: a sample of the policy against one of its mixture with the reference"},
      {"passive-replay", "control: online-dpo with a further step a round, on old duels"},
      {"oracle-best-worst", "cheating: best against worst by the true reward"},
  }};
}

/// The recipe of a name. Throws std::invalid_argument for a name that alignment_agents() does not list.
[[nodiscard]] inline alignment_recipe alignment_agent(std::string_view name,
                                                      recipe_options const& wish = {}) {
  alignment_recipe agent;
  aligner_options& o = agent.options;
  agent.loss = dpo{{.beta = wish.beta}};
  auto const passive = [&] {
    agent.reward_model = critic::none;
    agent.rule.rule = rule_kind::passive;
    o.candidates = 2;
  };
  auto const active = [&](rule_kind rule) {
    agent.reward_model = critic::ensemble;
    agent.rule.rule = rule;
    o.candidates = wish.candidates;
  };
  auto const mixed = [&] { o.oracle_share = schedule::step(1.0, wish.burn_in, wish.gamma); };
  auto const optimistic = [&](optimism_samples samples) {
    o.optimistic_about = samples;
    o.optimism = {.alpha = wish.alpha, .scale_by_beta = true, .beta = wish.beta};
  };

  if (name == "sea-bai" || name == "sea-bai-mixture" || name == "variant-3") {
    active(rule_kind::best_arm);
    mixed();
  } else if (name == "sea-ee" || name == "sea-ee-mixture") {
    active(rule_kind::thompson);
    mixed();
  } else if (name == "uncertainty") {
    active(rule_kind::largest_pair_variance);
    agent.rule.criterion = variance_of::preference;
    mixed();
  } else if (name == "passive-ensemble") {
    active(rule_kind::passive);
  } else if (name == "online-dpo" || name == "online-dpo-mixture" || name == "variant-1") {
    passive();
  } else if (name == "online-ipo") {
    passive();
    agent.loss = ipo{{.beta = wish.beta, .likelihood = log_likelihood::sum}};
  } else if (name == "online-slic") {
    passive();
    agent.loss = slic{{.beta = wish.beta}};
  } else if (name == "offline-dpo") {
    passive();
    o.sync_every = 0;
  } else if (name == "iterative-dpo") {
    passive();
    o.sync_every = wish.iteration;
  } else if (name == "apl") {
    // Muldrew, Hayes, Zhang & Barber, ICML 2024: the largest margin of implicit rewards among the samples.
    active(rule_kind::best_against_worst);
    agent.reward_model = critic::implicit;
    o.candidates = 8;
  } else if (name == "apl-certainty") {
    passive();
    agent.reward_model = critic::implicit;
    o.keep = acquisition::certainty;
    o.keep_share = 0.25;
  } else if (name == "xpo") {
    // Xie et al., "Exploratory preference optimization", ICLR 2025.
    passive();
    o.proposed_by = proposal::policy_and_reference;
    optimistic(optimism_samples::second);
  } else if (name == "selm") {
    // Zhang et al., "Self-exploring language models", TMLR 2025.
    passive();
    optimistic(optimism_samples::reference);
    o.refresh_reference_every = wish.iteration;
  } else if (name == "vpo") {
    // Cen et al., "Value-incentivized preference optimization", ICLR 2025.
    passive();
    optimistic(optimism_samples::reference);
  } else if (name == "nash-md") {
    // Munos et al., "Nash learning from human feedback", ICML 2024.
    passive();
    o.proposed_by = proposal::policy_and_mixture;
    agent.loss = nash_md{{.beta = wish.beta}};
  } else if (name == "ee4llm" || name == "variant-7") {
    // Dwaracherla et al., "Efficient exploration for LLMs", ICML 2024.
    active(name == "ee4llm" ? rule_kind::thompson : rule_kind::best_arm);
    o.proposed_by = proposal::reference;
    o.learn_policy = false;
    o.best_of = wish.best_of;
  } else if (name == "mex") {
    // Liu et al., "Maximize to explore", NeurIPS 2023.
    active(rule_kind::greedy);
    agent.point_estimate = true;
    agent.reward_optimism = wish.reward_optimism;
  } else if (name == "variant-2") {
    active(rule_kind::best_arm);
  } else if (name == "variant-4") {
    active(rule_kind::passive);
    o.best_of = wish.best_of;
  } else if (name == "variant-5") {
    active(rule_kind::best_arm);
    o.best_of = wish.best_of;
  } else if (name == "variant-6") {
    active(rule_kind::best_arm);
    mixed();
    o.best_of = wish.best_of;
  } else if (name == "passive-synthetic") {
    active(rule_kind::passive);
    mixed();
  } else if (name == "best-worst" || name == "best-worst-mixed") {
    active(rule_kind::best_against_worst);
    agent.rule.of = opinion::mean;
    if (name == "best-worst-mixed") mixed();
  } else if (name == "passive-replay") {
    // Mixing makes (1 - gamma) / gamma own pairs per answered one; in rounds of 32 as many old duels are
    // learnt again, in a step of their own.
    passive();
    detail::require_positive("gamma", wish.gamma);
    o.replay_batch = static_cast<std::size_t>(32.0 * std::fmax(1.0 - wish.gamma, 0.0) / wish.gamma + 0.5);
    o.replay_steps = o.replay_batch == 0 ? 0 : 1;
    o.replay_batch = std::max<std::size_t>(o.replay_batch, 1);
  } else if (name == "oracle-best-worst") {
    active(rule_kind::best_against_worst);
    agent.reward_model = critic::truth;
  } else {
    std::string known;
    for (auto const& agent_name : alignment_agents()) {
      known += (known.empty() ? "" : ", ") + std::string{agent_name.name};
    }
    detail::reject("agent", "'" + std::string{name} + "'", "one of " + known);
  }
  // A policy that has nearly made up its mind proposes copies of one answer, and there is nothing left to ask
  // about. Its mixture with the reference, pi^(1/2) ref^(1/2), keeps half of the reference's doubts.
  if (name.ends_with("-mixture")) o.proposed_by = proposal::policy_and_mixture;
  return agent;
}

}  // namespace joust
