// SPDX-License-Identifier: MIT
//
// Pure exploration: the two candidates whose difference is most uncertain, whoever they are. It learns the
// whole ranking evenly and wastes duels on candidates that are surely bad.
//
//   needs   a belief over at least two candidates; for the preference criterion uses its
//           preference_variance(i, j) if it has one, else takes reward differences as Gaussian
//   cost    M (M - 1) / 2 pair variances; no allocation
//   repeat  same belief and same stream give the same pair
//   source  "EnnUncertainty" of sail-sg/oat; with unweighted features the width rule of MaxInP (Saha,
//           "Optimal algorithms for stochastic contextual preference bandits", NeurIPS 2021)
#pragma once

#include <cstddef>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>
#include <joust/rule/variance_of.hpp>

namespace joust {

struct largest_pair_variance_options {
  variance_of criterion = variance_of::reward;

  friend bool operator==(largest_pair_variance_options const&,
                         largest_pair_variance_options const&) = default;
};

/// The pair of largest variance, equal ones drawn from uniformly. Which of the two is first is a coin flip,
/// so that an oracle with a preference for positions favours neither.
class largest_pair_variance {
 public:
  static constexpr bool may_self_duel = false;

  constexpr explicit largest_pair_variance(largest_pair_variance_options options = {}) : options_{options} {}

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    std::size_t const candidates = rewards.size();
    detail::require_rivals(candidates);
    detail::champion widest;
    for (std::size_t i = 0; i < candidates; ++i) {
      for (std::size_t j = i + 1; j < candidates; ++j) {
        widest.offer(i * candidates + j, variance(rewards, i, j, widest.value()), stream);
      }
    }
    std::size_t const i = widest.candidate() / candidates;
    std::size_t const j = widest.candidate() % candidates;
    return draw_index(2, stream) == 0 ? pairing{i, j} : pairing{j, i};
  }

  [[nodiscard]] constexpr largest_pair_variance_options const& options() const noexcept { return options_; }

  friend bool operator==(largest_pair_variance const&, largest_pair_variance const&) = default;

 private:
  template <class Belief>
  JOUST_HOST_DEVICE double variance(Belief& rewards, std::size_t i, std::size_t j, double incumbent) const {
    return options_.criterion == variance_of::reward ? rewards.pair_variance(i, j)
                                                     : detail::preference_variance(rewards, i, j, incumbent);
  }

  largest_pair_variance_options options_;
};

}  // namespace joust
