// SPDX-License-Identifier: MIT
//
// MergeDTS: MergeRUCB's batches, with double Thompson sampling inside. In the batch whose turn it is, the arm
// that beats most others in an imagined matrix duels the one that, in a second imagination, it beats most
// clearly: not to earn much, but to knock out an arm soon, which is what pays where arms are many.
//
//   needs   the same arms every round, a Condorcet winner, and no two arms that are exactly equal: these
//           would duel forever
//   cost    O(K / p + p^2) per round for batches of about p arms, p^2 / 2 random numbers and p Beta draws;
//           O(1) per observation with one Beta tail; two tables of K^2 doubles; no allocation after
//           construction
//   delay   turns go round as pairs are selected, so a batch of pairs is spread over all batches of arms; an
//           answer that comes after an arm has been dropped is counted and changes nothing
//   repeat  the same answers and the same stream give the same pairs
//   source  Li, Markov, de Rijke & Zoghi, "MergeDTS: A Method for Effective Large-Scale Online Ranker
//           Evaluation", ACM Transactions on Information Systems 2020, algorithms 1 to 3
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <boost/random/beta_distribution.hpp>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/merge_tree.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How careful MergeDTS is. The defaults are what the theorem asks; for large K, alpha = 0.262 (0.8^6),
/// batch_size = 16 and clock_start = 4e5 have far lower regret and no guarantee (Li, Markov, de Rijke &
/// Zoghi, TOIS 2020).
struct merge_dts_options {
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
    visit("batch_size", self.batch_size, "arms in a batch at the start; tuned: 16");
    visit("epsilon", self.epsilon, "chance that the winner is lost");
    visit("clock_start", self.clock_start, "added to t in the bounds, 0: C(epsilon); tuned: 4e5");
  }
  friend bool operator==(merge_dts_options const&, merge_dts_options const&) = default;
};

/// The MergeDTS agent. With w_ij what i has won against j, a pair has the posterior Beta(w_ij + 1, w_ji + 1);
/// an arm i is dropped when u_ij < 1/2 for some j of its batch, with u_ij as in MergeRUCB. It recommends the
/// surviving arm that has beaten the most others.
class merge_dts : public detail::merging<merge_dts, merge_dts_options> {
 public:
  static constexpr std::string_view name = "merge_dts";
  using merging::merging;

 private:
  friend k_armed;
  friend merging;
  static constexpr bool lone_arms_join = true;

  // Of the first sample only theta_ij > 1/2 matters: a uniform number against its chance, which changes only
  // when the pair duels.
  template <class Stream>
  pairing duel(std::span<std::size_t const> batch, double, Stream& stream) {
    for (std::size_t const i : batch) score_[i] = 0;
    for (std::size_t n = 0; n < batch.size(); ++n) {
      for (std::size_t k = n + 1; k < batch.size(); ++k) {
        bool const wins = draw_uniform(stream) < winning_[batch[n] * size() + batch[k]];
        ++score_[wins ? batch[n] : batch[k]];
      }
    }
    std::size_t most = 0;
    std::size_t ties = 0;
    for (std::size_t const i : batch) {
      if (score_[i] < most) continue;
      if (score_[i] > most) ties = 0;
      most = score_[i];
      losers_[ties++] = i;
    }
    std::size_t const c = losers_[draw_index(ties, stream)];
    return {c, weakest_against(c, batch, stream)};
  }

  // The arm with the least sampled chance to beat c.
  template <class Stream>
  std::size_t weakest_against(std::size_t c, std::span<std::size_t const> batch, Stream& stream) {
    std::size_t weakest = c;
    double least = 2.0;
    for (std::size_t const i : batch) {
      if (i == c) continue;
      double const alpha = counts_.wins(i, c) + 1.0;
      double const beta = counts_.wins(c, i) + 1.0;
      double const chance = boost::random::beta_distribution<double>{alpha, beta}(stream);
      if (chance < least) {
        least = chance;
        weakest = i;
      }
    }
    return weakest;
  }

  void learn(std::size_t i, std::size_t j, outcome y) {
    double const i_alpha = counts_.wins(i, j) + y + 1.0;
    double const j_alpha = counts_.wins(j, i) + (1.0 - y) + 1.0;
    double const smaller = detail::chance_of_trailing(i_alpha, j_alpha);  // before any change: it could fail
    counts_.record(i, j, y);
    winning_[i * size() + j] = i_alpha < j_alpha ? smaller : 1.0 - smaller;
    winning_[j * size() + i] = i_alpha < j_alpha ? 1.0 - smaller : smaller;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    merging::fields(self, visit);
    visit("winning", self.winning_);
  }

  std::vector<double> winning_ = square(0.5);             // [i * K + j]: P(theta_ij > 1/2)
  std::vector<std::size_t> score_ = row<std::size_t>(0);  // work space
};

}  // namespace joust
