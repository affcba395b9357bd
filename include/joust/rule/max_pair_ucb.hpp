// SPDX-License-Identifier: MIT
//
// Optimism about pairs: the two candidates whose rewards together could be largest, the doubt being that
// about their difference. Two likely winners that are hard to tell apart come first; two copies of one winner
// have no doubt between them, and a doubtful rival is preferred to either.
//
//   needs   a belief over at least two candidates, of which it reads the mean and pair variances
//   cost    M (M - 1) / 2 pair variances; no draw, no allocation
//   repeat  same belief and same stream give the same pair
//   source  "MaxPairUCB" in the experiments of Di et al., "Variance-aware regret bounds for stochastic
//           contextual dueling bandits", ICLR 2024; with a Hessian-weighted posterior the choice of GINOP
//           (Ben Yahmed et al., 2026), linear case
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

struct max_pair_ucb_options {
  /// What a standard deviation of reward_i - reward_j is worth, in rewards: finite, at least 0. 0 is greedy
  /// but for the order of the two. One deviation, since the theory's factor, which grows with sqrt(d log T),
  /// covers the worst case and explores far longer than a posterior that is right about itself needs.
  double beta = 1.0;

  constexpr void check() const {
    if (beta >= 0.0 && beta <= (std::numeric_limits<double>::max)()) return;
    detail::reject("beta", detail::text(beta), "a finite number of at least 0");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "how much a standard deviation of a difference is worth, in rewards");
  }
  friend bool operator==(max_pair_ucb_options const&, max_pair_ucb_options const&) = default;
};

/// The pair of largest mean_i + mean_j + beta sqrt(pair_variance(i, j)), equal ones drawn from uniformly.
/// Which of the two is first is a coin flip: the index is symmetric, so the rule has no favourite of its own.
class max_pair_ucb {
 public:
  static constexpr bool may_self_duel = false;

  /// Throws std::invalid_argument for a beta that is negative or not finite.
  constexpr explicit max_pair_ucb(max_pair_ucb_options options = {}) : options_{options} { options.check(); }

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    std::size_t const candidates = rewards.size();
    detail::require_rivals(candidates);
    detail::champion best;
    for (std::size_t i = 0; i < candidates; ++i) {
      for (std::size_t j = i + 1; j < candidates; ++j) {
        best.offer(i * candidates + j, index(rewards, i, j), stream);
      }
    }
    std::size_t const i = best.candidate() / candidates;
    std::size_t const j = best.candidate() % candidates;
    return draw_index(2, stream) == 0 ? pairing{i, j} : pairing{j, i};
  }

  [[nodiscard]] constexpr max_pair_ucb_options const& options() const noexcept { return options_; }

  friend bool operator==(max_pair_ucb const&, max_pair_ucb const&) = default;

 private:
  template <class Belief>
  JOUST_HOST_DEVICE double index(Belief& rewards, std::size_t i, std::size_t j) const {
    std::span<double const> const mean = rewards.mean();
    double const both = mean[i] + mean[j];
    double const variance = rewards.pair_variance(i, j);  // after the mean's last use: it may overwrite it
    // Fused by name, and so rounded once on every machine: some compilers fuse by themselves, others do not.
    return std::fma(options_.beta, std::sqrt(variance > 0.0 ? variance : 0.0), both);
  }

  max_pair_ucb_options options_;
};

}  // namespace joust
