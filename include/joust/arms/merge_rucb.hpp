// SPDX-License-Identifier: MIT
//
// MergeRUCB: many arms in small batches. The batches take turns; in its turn a batch drops the arms that one
// of its other arms has beaten beyond doubt, and an arm picked by chance duels the one that might beat it
// most often. Whenever half of the arms are gone, small batches merge with large ones, until a single arm is
// left.
//
//   needs   the same arms every round, a Condorcet winner, and no two arms that are exactly equal: these
//           would duel forever
//   cost    O(K / p + p^2) per round for batches of about p arms; O(1) per observation; one table of K^2
//           doubles; no allocation after construction
//   delay   turns go round as pairs are selected, so a batch of pairs is spread over all batches of arms; an
//           answer that comes after an arm has been dropped is counted and changes nothing
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Whiteson & de Rijke, "MergeRUCB: A Method for Large-Scale Online Ranker Evaluation", WSDM
//           2015, algorithm 1
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include <joust/arms/detail/merge_tree.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How careful MergeRUCB is. The defaults are what the theorem asks; for large K, alpha = 0.262 (0.8^6),
/// batch_size = 8 and clock_start = 4e5 have far lower regret and no guarantee (Li, Markov, de Rijke &
/// Zoghi, TOIS 2020).
struct merge_rucb_options {
  double alpha = 1.01;         ///< width of the confidence bounds, above 1/2 if clock_start is 0
  std::size_t batch_size = 4;  ///< arms in a batch at the start, at least 2
  double epsilon = 0.01;       ///< chance that the winner is lost, between 0 and 1
  double clock_start = 0.0;    ///< C, added to t in the bounds; 0: C(epsilon) of the theorem

  /// Throws std::invalid_argument for an option out of range.
  void check() const { detail::check_merging(*this); }
  /// Throws std::invalid_argument if C(epsilon) is beyond all numbers for so many arms.
  void check(std::size_t arms) const { detail::check_merging(*this, arms); }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("alpha", self.alpha, "width of the confidence bounds; tuned for many arms: 0.262");
    visit("batch_size", self.batch_size, "arms in a batch at the start; tuned: 8");
    visit("epsilon", self.epsilon, "chance that the winner is lost");
    visit("clock_start", self.clock_start, "added to t in the bounds, 0: C(epsilon); tuned: 4e5");
  }
  friend bool operator==(merge_rucb_options const&, merge_rucb_options const&) = default;
};

/// The MergeRUCB agent. With N_ij duels of i and j, of which i has won the share p_ij, its bounds in round t
/// are
///
///     u_ij = p_ij + sqrt(alpha ln(t + C) / N_ij),     infinite if the two have not met.
///
/// It recommends the surviving arm that has beaten the most others.
class merge_rucb : public detail::merging<merge_rucb, merge_rucb_options> {
 public:
  static constexpr std::string_view name = "merge_rucb";
  using merging::merging;

 private:
  friend k_armed;
  friend merging;
  static constexpr bool lone_arms_join = false;

  template <class Stream>
  pairing duel(std::span<std::size_t const> batch, double level, Stream& stream) {
    std::size_t const c = batch[draw_index(batch.size(), stream)];
    double highest = -1.0;
    std::size_t ties = 0;
    for (std::size_t const i : batch) {
      if (i == c) continue;
      double const bound = upper_bound(i, c, level);
      if (bound < highest) continue;
      if (bound > highest) ties = 0;
      highest = bound;
      losers_[ties++] = i;
    }
    return {c, losers_[draw_index(ties, stream)]};
  }

  [[nodiscard]] double upper_bound(std::size_t i, std::size_t j, double level) const noexcept {
    double const met = counts_.duels(i, j);
    return met > 0.0 ? counts_.share(i, j) + std::sqrt(level / met) : std::numeric_limits<double>::infinity();
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { counts_.record(i, j, y); }
};

}  // namespace joust
