// SPDX-License-Identifier: MIT
//
// Everything about an alignment run that is a number or a choice, not a part: where candidates come from, how
// many pairs the reward model labels itself, what becomes of duplicates, and in which order things are
// updated. The defaults are online learning as the SEA paper runs it; the named agents
// (alignment/alignment_agents.hpp) say where each differs.
//
//   source  Liu, Chen, Du, Lee & Lin, "Sample-efficient alignment for LLMs", arXiv 2411.01493 (2024),
//           algorithm 2
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/schedule.hpp>
#include <joust/loss/optimism_term.hpp>

namespace joust {

/// Who proposes candidates.
enum class proposal : unsigned char {
  policy,                ///< the current policy
  reference,             ///< the reference, for ever: EE4LLM
  policy_and_reference,  ///< the first by the policy, the others by the reference: XPO
  policy_and_mixture,    ///< the first by the policy, the others by its mixture with the reference: Nash-MD
};

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(proposal) noexcept {
  return {"policy", "reference", "policy_and_reference", "policy_and_mixture"};
}

/// What becomes of equal candidates.
enum class equal_candidates : unsigned char {
  merge,  ///< the rule sees each distinct candidate once; a prompt with only one is not asked about
  mask,   ///< all are kept; a pair of equal ones is paid for and teaches nothing: the released code
};

[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(equal_candidates) noexcept {
  return {"merge", "mask"};
}

/// Whose opinion labels the reward model's own pairs, always its best candidate against its worst.
enum class own_label : unsigned char {
  draw,  ///< one draw of the belief, of an ensemble one member: what that member would like to see proposed
  mean,  ///< the belief's mean
};

[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(own_label) noexcept {
  return {"draw", "mean"};
}

/// How many prompts of a round are labelled by the reward model.
enum class mixing : unsigned char {
  coin,   ///< each by a coin of its own: the paper
  exact,  ///< the same number every round, rounded down, in random places: the released code
};

[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(mixing) noexcept {
  return {"coin", "exact"};
}

/// What learns first from a round's answers. Both are taught on the same pairs, so it matters only to what a
/// policy loss that reads the reward model would see.
enum class update_order : unsigned char {
  reward_first,  ///< the paper
  policy_first,  ///< the released code
};

[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(update_order) noexcept {
  return {"reward_first", "policy_first"};
}

/// Which prompts of a round are worth asking about.
enum class acquisition : unsigned char {
  all,           ///< all of them
  certainty,     ///< those whose chosen pair has the largest difference of expected rewards: APL
  least_margin,  ///< those with the smallest: the opposite, for comparison
  entropy,       ///< those whose candidates are least likely on average: the policy is undecided there
};

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(acquisition) noexcept {
  return {"all", "certainty", "least_margin", "entropy"};
}

/// Optimism in the policy's loss: a multiple of the mean log-ratio of extra samples is added to it (loss/
/// optimism_term.hpp), so that what the reference already says becomes less likely. These are the samples.
enum class optimism_samples : unsigned char {
  none,       ///< no such term
  reference,  ///< a fresh sample of the reference per question
  second,     ///< the second action of each duel, which the reference proposed (XPO)
};

[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(optimism_samples) noexcept {
  return {"none", "reference", "second"};
}

struct aligner_options {
  std::size_t candidates = 20;  ///< proposed per prompt, M
  schedule temperature = 0.7;   ///< of the proposals, over rounds; 1 is the policy itself
  proposal proposed_by = proposal::policy;
  double mixture_share = 0.5;  ///< of policy_and_mixture: the reference's share, in [0, 1]
  equal_candidates equals = equal_candidates::merge;

  schedule oracle_share =
      1.0;  ///< gamma, over oracle queries: the share of pairs that the oracle labels. SEA:
            ///< schedule::step(1.0, 1000, 0.7), the first 1000 all by the oracle
  joust::mixing mixing = joust::mixing::coin;
  joust::own_label own_label = joust::own_label::draw;
  double own_weight = 1.0;  ///< of the reward model's own pairs in the policy's loss

  acquisition keep = acquisition::all;
  double keep_share = 1.0;  ///< of a round's prompts, in (0, 1], at least one prompt

  update_order order = update_order::reward_first;
  bool learn_policy = true;   ///< false: only the reward model learns
  std::size_t epochs = 1;     ///< passes over a round's pairs
  std::size_t minibatch = 0;  ///< pairs per policy step; 0: all of a round's
  std::size_t replay_steps =
      0;  ///< further policy steps per round, on duels that the oracle answered earlier
  std::size_t replay_batch = 128;        ///< duels per such step
  std::size_t replay_capacity = 50'000;  ///< duels kept for them, the newest
  std::uint64_t sync_every = 1;  ///< rounds until proposals come from the newest policy; 0: never (offline)
  std::uint64_t refresh_reference_every = 0;  ///< rounds until the reference becomes the policy; 0: never

  optimism_samples optimistic_about = optimism_samples::none;
  optimism_options optimism{};  ///< how much, over policy steps; read only with samples

  std::size_t best_of =
      0;  ///< candidates that a recommendation is the best of, by expected reward; 0: the policy's
          ///< likeliest action
  std::uint64_t seed = 0;  ///< of replayed minibatches

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (candidates < 2)
      detail::reject("candidates", detail::text(candidates), "at least 2, a duel needs two");
    positive("temperature", temperature);
    detail::require_unit_interval("mixture_share", mixture_share);
    oracle_share.check("oracle_share");
    detail::require_unit_interval("oracle_share", oracle_share.lowest());
    detail::require_unit_interval("oracle_share", oracle_share.highest());
    if (!(own_weight >= 0.0)) detail::reject("own_weight", detail::text(own_weight), "a number, at least 0");
    detail::require_finite("own_weight", own_weight);
    if (!(keep_share > 0.0 && keep_share <= 1.0)) {
      detail::reject("keep_share", detail::text(keep_share), "a number in (0, 1]");
    }
    if (epochs == 0) detail::reject("epochs", "0", "at least 1");
    if (replay_batch == 0) detail::reject("replay_batch", "0", "at least 1");
    if (replay_capacity == 0) detail::reject("replay_capacity", "0", "at least 1");
    optimism.check();
    if (optimistic_about == optimism_samples::second && proposed_by != proposal::policy_and_reference) {
      detail::reject("optimistic_about", "second", "another unless proposed_by is policy_and_reference");
    }
    if (optimistic_about == optimism_samples::second && candidates != 2) {
      detail::reject("candidates", detail::text(candidates), "2 where the second is the reference's sample");
    }
  }

  friend bool operator==(aligner_options const&, aligner_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("candidates", self.candidates, "proposed per prompt, at least 2");
    visit("temperature", self.temperature, "of the proposals, over rounds");
    visit("proposed_by", self.proposed_by, "policy, reference, policy_and_reference or policy_and_mixture");
    visit("mixture_share", self.mixture_share, "of policy_and_mixture: the reference's share");
    visit("equals", self.equals, "what becomes of equal candidates: merge or mask");
    visit("oracle_share", self.oracle_share, "gamma, over oracle queries");
    visit("mixing", self.mixing, "coin or exact");
    visit("own_label", self.own_label, "draw or mean");
    visit("own_weight", self.own_weight, "of the reward model's own pairs");
    visit("keep", self.keep, "all, certainty, least_margin or entropy");
    visit("keep_share", self.keep_share, "of a round's prompts that are asked about");
    visit("order", self.order, "reward_first or policy_first");
    visit("learn_policy", self.learn_policy, "0: only the reward model learns");
    visit("epochs", self.epochs, "passes over a round's pairs");
    visit("minibatch", self.minibatch, "pairs per policy step; 0: all");
    visit("replay_steps", self.replay_steps, "further policy steps per round, on earlier duels");
    visit("replay_batch", self.replay_batch, "duels per such step");
    visit("replay_capacity", self.replay_capacity, "duels kept for them");
    visit("sync_every", self.sync_every, "rounds until proposals come from the newest policy; 0: never");
    visit("refresh_reference_every", self.refresh_reference_every,
          "rounds until the reference becomes the policy; 0: never");
    visit("optimistic_about", self.optimistic_about, "none, reference or second");
    visit("optimism", self.optimism, "how much, over policy steps");
    visit("best_of", self.best_of, "candidates that a recommendation is the best of; 0: greedy");
    visit("seed", self.seed, "of replayed minibatches");
  }

 private:
  static void positive(std::string_view name, schedule const& values) {
    values.check(name);
    if (!(values.lowest() > 0.0)) detail::reject(name, detail::text(values.lowest()), "always above 0");
  }
};

}  // namespace joust
