// SPDX-License-Identifier: MIT
//
// The policy is its own reward model. A policy trained by a direct preference loss stands for the reward
// beta log [pi(a | x) / pi_ref(a | x)]: no second model is needed to say which candidates it would rank far
// apart. There is no doubt in it, so it can tell margins, not uncertainties.
//
//   needs   a policy and a reference with log_probability
//   cost    two log-probabilities per candidate
//   repeat  uses no randomness
//   source  Rafailov et al., "Direct preference optimization", NeurIPS 2023, equation 5; as an acquisition
//           score: Muldrew et al., "Active preference learning for large language models", ICML 2024
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <joust/alignment/detail/log_probabilities.hpp>
#include <joust/alignment/detail/scored_sets.hpp>
#include <joust/core/error.hpp>

namespace joust {

struct implicit_reward_options {
  double beta = 0.1;  ///< the policy's loss's; scales all rewards alike, so no ranking depends on it

  void check() const { detail::require_positive("beta", beta); }

  friend bool operator==(implicit_reward_options const&, implicit_reward_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "scale of the rewards: the loss's beta");
  }
};

/// A reward model that reads the policy's own log-ratios.
class implicit_reward {
 public:
  /// Throws std::invalid_argument unless beta is finite and positive.
  explicit implicit_reward(implicit_reward_options options = {}) : options_{options} { options_.check(); }

  /// Computes the log-ratios of all candidates.
  template <class Contexts, class Sets, class Policy, class Reference>
  void consider(Contexts const& xs, Sets const& sets, Policy const& policy, Reference const& reference) {
    scores_.clear();
    for (std::size_t i = 0; i < sets.size(); ++i) {
      scores_.append(expected(xs[i], sets[i], policy, reference));
    }
  }

  /// The implicit rewards of the i-th set. `i` is below the number of sets considered (unchecked).
  [[nodiscard]] point_belief belief(std::size_t i) const noexcept { return scores_.belief(i); }

  /// Nothing: the policy learns elsewhere.
  void observe(std::size_t, std::size_t, std::size_t, double, double) const noexcept {}
  void train() const noexcept {}

  /// beta (log pi - log pi_ref) of each candidate.
  template <class Context, class Action, class Policy, class Reference>
  [[nodiscard]] std::vector<double> expected(Context const& x, std::vector<Action> const& candidates,
                                             Policy const& policy, Reference const& reference) const {
    std::vector<double> rewards = detail::log_probabilities(policy, x, candidates);
    std::vector<double> const base = detail::log_probabilities(reference, x, candidates);
    for (std::size_t a = 0; a < rewards.size(); ++a) rewards[a] = options_.beta * (rewards[a] - base[a]);
    return rewards;
  }

  [[nodiscard]] implicit_reward_options const& options() const noexcept { return options_; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
  }

  friend bool operator==(implicit_reward const& a, implicit_reward const& b) noexcept {
    return a.options_ == b.options_;
  }

 private:
  implicit_reward_options options_;
  detail::scored_sets scores_;
};

}  // namespace joust
