// SPDX-License-Identifier: MIT
//
// What aligners ask of policies, through the batched forms where a policy has them: a finite softmax computes
// its normaliser once for all candidates, a language model its prompt.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <joust/core/concepts.hpp>

namespace joust::detail {

// log pi(a | x) of each action.
template <class Policy, class Context, class Action>
[[nodiscard]] std::vector<double> log_probabilities(Policy const& policy, Context const& x,
                                                    std::vector<Action> const& actions) {
  if constexpr (requires { policy.log_probabilities(x, std::span<Action const>{actions}); }) {
    return policy.log_probabilities(x, std::span<Action const>{actions});
  } else {
    std::vector<double> result;
    result.reserve(actions.size());
    for (Action const& action : actions) result.push_back(policy.log_probability(x, action));
    return result;
  }
}

// The number of parts of an action, 1 if the policy does not say.
template <class Policy, class Context, class Action>
[[nodiscard]] double length_of(Policy const& policy, Context const& x, Action const& action) {
  if constexpr (requires { policy.length(x, action); }) {
    return static_cast<double>(policy.length(x, action));
  } else {
    return 1.0;
  }
}

}  // namespace joust::detail
