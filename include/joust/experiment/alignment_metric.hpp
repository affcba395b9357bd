// SPDX-License-Identifier: MIT
//
// What is said of an alignment run, by name: a closed list, each with its unit, its definition and whether
// more of it is better. A share of wins, a probability of winning and a reward are three things, and none
// stands for another.
//
//   source  Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493, sections 2 and 6 (win rates,
//           regret); Rafailov et al., "Direct preference optimization", NeurIPS 2023 (log-ratios, KL)
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace joust {

/// A number that an alignment run is judged by. "Reference" is the policy that the run began with; prompts
/// count alike.
enum class alignment_metric : unsigned char {
  win_probability,              ///< E P(a beats b), a a sample of the policy, b one of the reference
  win_rate,                     ///< share of these pairs with P(a beats b) > 1/2; equality counts one half
  greedy_win_probability,       ///< the same, a the policy's likeliest response
  greedy_win_rate,              ///< the same, a the policy's likeliest response
  recommended_win_probability,  ///< the same, a what the agent recommends
  recommended_win_rate,         ///< the same, a what the agent recommends
  online_win_probability,       ///< the same, a either response of a duel, over all duels so far
  online_win_rate,              ///< the same, a either response of a duel, over all duels so far
  reward,                       ///< E r(x, a), a a sample of the policy
  greedy_reward,                ///< r(x, a), a the policy's likeliest response
  best_share,                   ///< probability that the policy says a response of largest reward
  policy_regret,                ///< max r(x, .) - E r(x, a), a a sample of the policy
  simple_regret,                ///< max r(x, .) - r(x, a), a what the agent recommends
  cumulative_regret,            ///< sum over all duels so far of max r(x, .) - (r(x, a) + r(x, b)) / 2
  kl,                           ///< KL(policy || the aligner's reference, which some agents renew)
  chosen_log_ratio,             ///< mean log [pi / pi_ref] of the preferred responses of the last round
  rejected_log_ratio,           ///< and of the others
  loss,                         ///< of the policy in the last round
  reward_model_accuracy,        ///< share of held-out pairs that the reward model orders as the truth does
  prediction_accuracy,          ///< share of answers, all so far, that came as the reward model expected
  clash_ratio,      ///< share of prompts, all so far, on which all of an ensemble name one favourite
  duplicate_ratio,  ///< share of prompts, all so far, without two different responses to compare
  own_share,        ///< share of the training pairs, all so far, that the reward model labelled
};

/// The number of metrics; static_cast<std::size_t>(metric) is below it.
inline constexpr std::size_t alignment_metric_count = 23;

/// Whether more is better.
enum class preferred : unsigned char { more, less, neither };

namespace detail {

struct alignment_metric_words {
  std::string_view name;
  std::string_view unit;
  preferred direction;
  std::string_view definition;
};

inline constexpr std::array<alignment_metric_words, alignment_metric_count> alignment_metric_lexicon{{
    {"win_probability", "probability", preferred::more,
     "mean probability that a sample of the policy beats one of the reference"},
    {"win_rate", "share of pairs", preferred::more,
     "share of pairs of samples in which the policy's is likelier to win; equal ones count one half"},
    {"greedy_win_probability", "probability", preferred::more,
     "mean probability that the policy's likeliest response beats a sample of the reference"},
    {"greedy_win_rate", "share of pairs", preferred::more,
     "share of reference samples that the policy's likeliest response is likelier to beat; equal ones half"},
    {"recommended_win_probability", "probability", preferred::more,
     "mean probability that the recommended response beats a sample of the reference"},
    {"recommended_win_rate", "share of pairs", preferred::more,
     "share of reference samples that the recommended response is likelier to beat; equal ones half"},
    {"online_win_probability", "probability", preferred::more,
     "mean probability that a dueling response beats a sample of the reference, over all duels so far"},
    {"online_win_rate", "share of pairs", preferred::more,
     "share of reference samples that a dueling response is likelier to beat, over all duels so far"},
    {"reward", "reward", preferred::more, "mean reward of a sample of the policy"},
    {"greedy_reward", "reward", preferred::more, "mean reward of the policy's likeliest response"},
    {"best_share", "probability", preferred::more, "probability that the policy says a best response"},
    {"policy_regret", "reward", preferred::less,
     "largest reward minus the mean reward of a sample of the policy"},
    {"simple_regret", "reward", preferred::less, "largest reward minus that of the recommended response"},
    {"cumulative_regret", "reward", preferred::less,
     "largest reward minus the mean of both responses' rewards, summed over all duels so far"},
    {"kl", "nats", preferred::neither,
     "KL divergence of the policy from the reference of the agent, which some agents renew"},
    {"chosen_log_ratio", "nats", preferred::neither,
     "mean log-ratio of policy to reference of the preferred responses of the last round"},
    {"rejected_log_ratio", "nats", preferred::neither,
     "mean log-ratio of policy to reference of the other responses of the last round"},
    {"loss", "the loss's own", preferred::less, "mean loss of the policy in the last round, before its step"},
    {"reward_model_accuracy", "share of pairs", preferred::more,
     "share of held-out pairs that the reward model orders as the true reward does; equal ones half"},
    {"prediction_accuracy", "share of answers", preferred::more,
     "share of answers that came as the reward model expected, of all so far"},
    {"clash_ratio", "share of prompts", preferred::neither,
     "share of prompts on which all members of an ensemble name one favourite, of all so far"},
    {"duplicate_ratio", "share of prompts", preferred::less,
     "share of prompts without two different responses to compare, of all so far"},
    {"own_share", "share of pairs", preferred::neither,
     "share of training pairs that the reward model labelled, of all so far"},
}};

}  // namespace detail

/// All names, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, alignment_metric_count> names_of(
    alignment_metric) noexcept {
  std::array<std::string_view, alignment_metric_count> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = detail::alignment_metric_lexicon[i].name;
  return names;
}

/// The metric's name, as spelt in the enumeration.
[[nodiscard]] constexpr std::string_view metric_name(alignment_metric metric) noexcept {
  return detail::alignment_metric_lexicon[static_cast<std::size_t>(metric)].name;
}

/// Its unit. Rewards are log-odds wherever the oracle is Bradley-Terry.
[[nodiscard]] constexpr std::string_view metric_unit(alignment_metric metric) noexcept {
  return detail::alignment_metric_lexicon[static_cast<std::size_t>(metric)].unit;
}

/// Whether more of it is better.
[[nodiscard]] constexpr preferred metric_direction(alignment_metric metric) noexcept {
  return detail::alignment_metric_lexicon[static_cast<std::size_t>(metric)].direction;
}

/// Its definition in a line.
[[nodiscard]] constexpr std::string_view metric_definition(alignment_metric metric) noexcept {
  return detail::alignment_metric_lexicon[static_cast<std::size_t>(metric)].definition;
}

}  // namespace joust
