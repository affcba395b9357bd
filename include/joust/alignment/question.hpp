// SPDX-License-Identifier: MIT
//
// What an aligner asks, and what became of a round: the words that it shares with those who answer and those
// who measure.
#pragma once

#include <cstddef>
#include <cstdint>

#include <joust/core/vocabulary.hpp>

namespace joust {

/// One pair of actions whose order somebody is to tell: an oracle, or the reward model that has already done
/// so.
template <class Context, class Action>
struct question {
  Context context{};
  Action first{};
  Action second{};
  std::size_t prompt = 0;        ///< the context's place in the round
  bool own = false;              ///< labelled by the reward model; not to be asked
  joust::outcome outcome = tie;  ///< the label, once there is one
  double weight = 1.0;           ///< 0 for two equal actions: paid for, but nothing to learn
  double lead = 0.0;             ///< expected reward of the first minus the second's, when it was asked

  friend bool operator==(question const&, question const&) = default;
};

/// A round in numbers.
struct round_report {
  std::uint64_t prompts = 0;     ///< contexts that were offered
  std::uint64_t queries = 0;     ///< answers of the oracle, every one paid for
  std::uint64_t own = 0;         ///< pairs that the reward model labelled itself
  std::uint64_t duplicates = 0;  ///< prompts whose candidates, or chosen pair, were all the same
  std::uint64_t unanimous = 0;  ///< prompts on whose best candidate all members of an ensemble agree: clashes
  std::uint64_t predicted = 0;  ///< answers other than ties for which the reward model had expected something
  std::uint64_t agreed = 0;     ///< of these, answers that came as expected
  std::uint64_t updates = 0;    ///< steps of the policy
  double loss = 0.0;            ///< mean over the duels of the last policy step, before it, optimism included
  double chosen_log_ratio = 0.0;    ///< mean log [pi / pi_ref] of the preferred actions, before the step
  double rejected_log_ratio = 0.0;  ///< and of the others; both may fall while their difference grows

  friend bool operator==(round_report const&, round_report const&) = default;
};

}  // namespace joust
