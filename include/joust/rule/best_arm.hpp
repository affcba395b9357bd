// SPDX-License-Identifier: MIT
//
// To find the best, doubt a likely best. One draw of the belief nominates a favourite; its rival is the
// candidate against which the outcome is most uncertain, however poor it looks: the duel is there to learn
// from.
//
//   needs   a belief over at least two candidates; uses its preference_variance(i, j) if it has one, else
//           takes reward differences as Gaussian
//   cost    one draw and M - 1 pair variances, with a quadrature for those that can still win; no allocation
//   repeat  same belief and same stream give the same pair
//   source  SEA, arXiv 2411.01493, algorithm 1 (BAI), after Gonzalez et al., "Preferential Bayesian
//           optimization", ICML 2017
//
// The paper's criterion is the variance of sigmoid(r_first - r_j); its code compares the variance of the
// logit r_first - r_j. Both are offered. If all variances are zero the belief has no question left, and any
// other candidate is as good as the next: the rival is then uniform among them.
#pragma once

#include <cstddef>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>
#include <joust/rule/variance_of.hpp>

namespace joust {

struct best_arm_options {
  variance_of criterion = variance_of::preference;

  friend bool operator==(best_arm_options const&, best_arm_options const&) = default;
};

/// SEA's rule for best-arm identification: what the duel costs does not count, only what it teaches.
class best_arm {
 public:
  static constexpr bool may_self_duel = false;

  constexpr explicit best_arm(best_arm_options options = {}) : options_{options} {}

  /// Ties are broken uniformly. Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    std::size_t const candidates = rewards.size();
    detail::require_rivals(candidates);
    std::size_t const first = argmax(rewards.draw(stream), stream);
    detail::expect_pairs_with(rewards, first);
    detail::champion rival;
    for (std::size_t j = 0; j < candidates; ++j) {
      if (j == first) continue;
      rival.offer(j, variance(rewards, first, j, rival.value()), stream);
    }
    return {first, rival.candidate()};
  }

  [[nodiscard]] constexpr best_arm_options const& options() const noexcept { return options_; }

  friend bool operator==(best_arm const&, best_arm const&) = default;

 private:
  template <class Belief>
  JOUST_HOST_DEVICE double variance(Belief& rewards, std::size_t i, std::size_t j, double incumbent) const {
    return options_.criterion == variance_of::reward ? rewards.pair_variance(i, j)
                                                     : detail::preference_variance(rewards, i, j, incumbent);
  }

  best_arm_options options_;
};

}  // namespace joust
