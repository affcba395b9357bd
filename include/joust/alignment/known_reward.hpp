// SPDX-License-Identifier: MIT
//
// A reward that is given: a fixed scorer, or in simulations the truth itself, which lets an aligner
// cheat: a yardstick for honest ones that choose pairs in the same way. It never learns.
//
//   needs   a copyable function reward(x, a) -> double
//   cost    one call per candidate
//   repeat  as the function
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <joust/alignment/detail/scored_sets.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// A reward model from a function:
///
///     joust::known_reward truth{[&](std::size_t x, std::size_t a) { return world.reward(x, a); }};
template <class Function>
class known_reward {
 public:
  explicit known_reward(Function reward) : reward_{std::move(reward)} {}

  known_reward(known_reward const&) = default;
  known_reward(known_reward&&) = default;
  ~known_reward() = default;

  /// Assignable even where the function is not, as no lambda with a capture is.
  known_reward& operator=(known_reward const& other) {
    if (this != &other) {
      reward_.emplace(*other.reward_);
      scores_ = other.scores_;
    }
    return *this;
  }

  /// Scores all candidates. Throws std::invalid_argument for a reward that is not finite.
  template <class Contexts, class Sets, class Policy, class Reference>
  void consider(Contexts const& xs, Sets const& sets, Policy const& policy, Reference const& reference) {
    scores_.clear();
    for (std::size_t i = 0; i < sets.size(); ++i) {
      scores_.append(expected(xs[i], sets[i], policy, reference));
    }
  }

  /// The rewards of the i-th set. `i` is below the number of sets considered (unchecked).
  [[nodiscard]] point_belief belief(std::size_t i) const noexcept { return scores_.belief(i); }

  /// Nothing.
  void observe(std::size_t, std::size_t, std::size_t, double, double) const noexcept {}
  void train() const noexcept {}

  /// The rewards themselves. Throws std::invalid_argument for one that is not finite.
  template <class Context, class Action, class Policy, class Reference>
  [[nodiscard]] std::vector<double> expected(Context const& x, std::vector<Action> const& candidates,
                                             Policy const&, Reference const&) const {
    std::vector<double> rewards;
    rewards.reserve(candidates.size());
    for (Action const& candidate : candidates) {
      rewards.push_back(static_cast<double>((*reward_)(x, candidate)));
      detail::require_finite("reward", rewards.back());
    }
    return rewards;
  }

  template <class Self, class Visit>
  static void fields(Self&, Visit&) {}

 private:
  std::optional<Function> reward_;  // always holds one; for the sake of assignment
  detail::scored_sets scores_;
};

}  // namespace joust
