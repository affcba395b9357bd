// SPDX-License-Identifier: MIT
//
// Double Thompson sampling. Twice per round the agent imagines a preference matrix that fits what it has
// seen. In the first the arm that beats most others becomes the candidate; in the second the arm with the
// best chance against the candidate becomes its opponent, the candidate itself standing at 1/2. Upper and
// lower confidence bounds keep hopeless arms out of both.
//
//   needs   the same arms every round; no Condorcet winner: it looks for a Copeland winner, which always
//           exists
//   cost    O(K) per round with one random number per possible opponent; while several arms lead, also one
//           for each of their duels that can still decide which of them wins. O(1) per observation, O(K) at
//           worst, with one Beta tail. No allocation after construction
//   repeat  the same answers and the same stream give the same pairs
//   source  Wu & Liu, "Double Thompson Sampling for Dueling Bandits", NeurIPS 2016, algorithm 1
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How bold Double Thompson sampling is.
struct double_thompson_options {
  double alpha = 0.51;  ///< width of the confidence bounds, above 0; the theorems ask for more than 1/2

  friend bool operator==(double_thompson_options const&, double_thompson_options const&) = default;
};

/// The D-TS agent. With w_ij what i has won against j, N_ij = w_ij + w_ji and p_ij = w_ij / N_ij, a pair has
/// the posterior Beta(w_ij + 1, w_ji + 1) and the bounds
///
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),     l_ij = 1 - u_ji,     u_ij = 1 if they have not met.
class double_thompson {
 public:
  /// A prototype: it has no arms, and serves to make agents by fresh(setting).
  double_thompson() = default;

  /// A prototype with options.
  explicit double_thompson(double_thompson_options options) : options_{checked(options)} {}

  /// An agent for `arms` >= 1 arms. Throws std::invalid_argument for 0 arms or options out of range.
  explicit double_thompson(std::size_t arms, double_thompson_options options = {})
      : options_{checked(options)},
        counts_{arms},
        evidence_(arms * arms, -1.0),
        refuted_(arms, 0),
        weakest_(arms, std::numeric_limits<double>::infinity()),
        rival_wins_(arms * arms, 0.5),
        imagined_(arms * arms, 0),
        losses_(arms, 0),
        tied_(arms, 0),
        contenders_(arms) {}

  /// The next pair: the candidate and its opponent, who may be the candidate itself. Advances the round. A
  /// pair whose answer never comes does no harm.
  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    counts_.require_arms("double_thompson");
    level_ = options_.alpha * std::log(static_cast<double>(++round_));
    std::size_t const first = candidate(stream);
    return {first, opponent(first, stream)};
  }

  /// Learns from a duel. A self-duel is accepted and teaches nothing. Throws std::invalid_argument for an
  /// unknown arm or an outcome outside [0, 1], and then changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    counts_.require_duel("double_thompson", first, second, y);
    if (first == second) return;
    // The smaller of the two tails, since the other follows from it without loss; before any change, since it
    // is the one step that could fail.
    double const first_alpha = counts_.wins(first, second) + y + 1.0;
    double const second_alpha = counts_.wins(second, first) + (1.0 - y) + 1.0;
    double const smaller = first_alpha < second_alpha ? detail::beta_tail(first_alpha, second_alpha, 0.5)
                                                      : detail::beta_tail(second_alpha, first_alpha, 0.5);
    counts_.record(first, second, y);
    rival_wins_[second * arms() + first] = first_alpha < second_alpha ? smaller : 1.0 - smaller;
    rival_wins_[first * arms() + second] = first_alpha < second_alpha ? 1.0 - smaller : smaller;
    refresh(first, second);
    refresh(second, first);
  }

  /// The arm that has beaten the most others: the empirical Copeland winner. Ties go to the larger mean
  /// share, then to the lower index.
  [[nodiscard]] std::size_t recommend() const {
    counts_.require_arms("double_thompson");
    return counts_.leader();
  }

  /// The number of arms; 0 for a prototype.
  [[nodiscard]] std::size_t arms() const noexcept { return counts_.arms(); }

  [[nodiscard]] double_thompson_options const& options() const noexcept { return options_; }

  /// A new agent of the same options, without experience. Refuses changing arms: an index must mean the same
  /// arm in every round.
  [[nodiscard]] double_thompson fresh(setting const& s) const {
    return double_thompson{detail::require_fixed_arms("double_thompson", s), options_};
  }

  /// Equal in behaviour: the same options, the same experience, the same round.
  friend bool operator==(double_thompson const& a, double_thompson const& b) {
    return a.options_ == b.options_ && a.counts_ == b.counts_ && a.round_ == b.round_;
  }

 private:
  static double_thompson_options checked(double_thompson_options options) {
    if (!(options.alpha > 0.0 &&
          options.alpha <= 1e100)) {  // beyond, alpha * log(t) is no number to reckon with
      detail::reject("alpha", detail::text(options.alpha), "a number above 0, at most 1e100");
    }
    return options;
  }

  // First stage: among the arms with the largest optimistic Copeland score #{j : u_ij > 1/2}, the one that
  // beats most others in an imagined matrix. u_ij > 1/2 fails exactly where
  //     p_ij <= 1/2   and   N_ij (1/2 - p_ij)^2 >= level,
  // whose left side changes only when the pair duels. The level rises, so an arm's count of such pairs falls
  // only when the weakest evidence among them is overtaken.
  template <class Stream>
  std::size_t candidate(Stream& stream) {
    for (std::size_t i = 0; i < arms(); ++i) {
      if (weakest_[i] < level_) recount(i);
    }
    std::uint32_t const fewest = *std::min_element(refuted_.begin(), refuted_.end());
    std::size_t leaders = 0;
    std::size_t favourite = 0;
    for (std::size_t i = 0; i < arms(); ++i) {
      if (refuted_[i] != fewest) continue;
      if (leaders++ == 0 || counts_.beaten(i) > counts_.beaten(favourite)) favourite = i;
    }
    if (leaders == 1) return favourite;
    // The most losses an arm can have and still win is known once one row is imagined in full; so begin with
    // a row likely to have few, and give up on others as soon as they exceed it: often at once, by what
    // earlier rows have told.
    std::fill(losses_.begin(), losses_.end(), 0U);
    std::size_t best = imagined_losses(favourite, arms(), stream);
    std::size_t ties = 0;
    tied_[ties++] = favourite;
    for (std::size_t i = 0; i < arms(); ++i) {
      if (refuted_[i] != fewest || i == favourite) continue;
      std::size_t const losses = imagined_losses(i, best, stream);
      if (losses > best) continue;
      if (losses < best) ties = 0;
      best = losses;
      tied_[ties++] = i;
    }
    return tied_[draw_index(ties, stream)];
  }

  // How many arms beat `i` in the imagined matrix, or some number above `most` if more do. Only the event
  // theta_ji > 1/2 matters, so a uniform number against its probability is all that is drawn; and since the
  // two arms of a pair share it, a win of i is booked as a loss of j.
  template <class Stream>
  std::size_t imagined_losses(std::size_t i, std::size_t most, Stream& stream) {
    std::size_t losses = losses_[i];
    for (std::size_t j = 0; j < arms() && losses <= most; ++j) {
      if (j == i || imagined_[i * arms() + j] == round_) continue;
      bool const loses = draw_uniform(stream) < rival_wins_[i * arms() + j];
      losses += loses ? 1U : 0U;
      losses_[j] += loses ? 0U : 1U;
      imagined_[j * arms() + i] = round_;
    }
    return losses;
  }

  // Second stage: among the arms i with l_i,first <= 1/2, the largest theta_i,first of a fresh sample, where
  // `first` itself stands at 1/2. l_i,first <= 1/2 is u_first,i >= 1/2. Only an arm above 1/2 can win, and
  // only if there are several need they be compared.
  template <class Stream>
  std::size_t opponent(std::size_t first, Stream& stream) {
    double const* const rival_wins = rival_wins_.data() + first * arms();
    double const* const evidence = evidence_.data() + first * arms();
    std::size_t above = 0;
    for (std::size_t i = 0; i < arms(); ++i) {
      if (i == first || evidence[i] > level_) continue;
      double const u = draw_uniform(stream);
      if (u < rival_wins[i]) {
        contenders_[above++] = {i, counts_.wins(i, first) + 1.0, counts_.wins(first, i) + 1.0, u};
      }
    }
    return above == 0 ? first : detail::race({contenders_.data(), above});
  }

  // What a duel of i and j changes on the side of i.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double const gap = 0.5 - counts_.share(i, j);
    double& kept = evidence_[i * arms() + j];
    bool const counted = kept >= level_;
    kept = gap >= 0.0 ? counts_.duels(i, j) * gap * gap : -1.0;
    if (counted) {
      recount(i);
    } else if (kept >= level_) {
      ++refuted_[i];
      weakest_[i] = std::min(weakest_[i], kept);
    }
  }

  // Counts the arms whose lead over i exceeds the bounds, and notes the weakest evidence among them.
  void recount(std::size_t i) noexcept {
    refuted_[i] = 0;
    weakest_[i] = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < arms(); ++j) {
      double const evidence = evidence_[i * arms() + j];
      if (evidence < level_) continue;
      ++refuted_[i];
      weakest_[i] = std::min(weakest_[i], evidence);
    }
  }

  double_thompson_options options_;
  detail::pair_counts counts_;
  std::vector<double> evidence_;        // [i * K + j]: N_ij (1/2 - p_ij)^2 where met and p_ij <= 1/2, else -1
  std::vector<std::uint32_t> refuted_;  // per arm i: how many j have evidence at or above the level
  std::vector<double> weakest_;         // per arm i: the least evidence among those
  std::vector<double> rival_wins_;      // [a * K + i]: P(theta_ia > 1/2), the rivals of a side by side
  std::vector<std::uint64_t> imagined_;  // [j * K + i]: the round in which row i last imagined the pair
  std::vector<std::uint32_t> losses_;    // work space: what earlier rows tell about later ones
  std::vector<std::size_t> tied_;        // work space
  std::vector<detail::beta_contender> contenders_;  // work space
  double level_ = 0.0;                              // alpha ln t
  std::uint64_t round_ = 0;
};

}  // namespace joust
