// SPDX-License-Identifier: MIT
//
// Relative confidence sampling. The agent imagines a tournament that fits what it has seen. If one arm beats
// all others there, it is the champion of the round, else the arm that has been champion least often. The
// champion meets the arm that might beat it most often.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round: at most 2 K - 3 random numbers for the tournament, one square root and one
//           logarithm; O(1) per observation, with one Beta tail; three tables of K^2 doubles; no allocation
//           after construction
//   delay   the champion is drawn anew for every question; against the same champion a batch names the same
//           opponent
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Whiteson, de Rijke & Munos, "Relative Confidence Sampling for Efficient On-Line Ranker
//           Evaluation", WSDM 2014
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How bold RCS is.
struct rcs_options {
  double alpha = 0.501;  ///< width of the bounds, above 0; a value just above 1/2, as in RUCB's theorems
  double untried = 1.0;  ///< upper bound of a pair that has never met, at least 1/2 (0/0 in the formula)

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(alpha > 0.0 && alpha <= 1e100)) {  // beyond, alpha * log(t) is no number to reckon with
      detail::reject("alpha", detail::text(alpha), "a number above 0, at most 1e100");
    }
    if (!(untried >= 0.5 && std::isfinite(untried))) {
      detail::reject("untried", detail::text(untried), "a finite number of at least 1/2");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("alpha", self.alpha, "width of the confidence bounds");
    visit("untried", self.untried, "upper bound of a pair that has never met");
  }
  friend bool operator==(rcs_options const&, rcs_options const&) = default;
};

/// The RCS agent. With w_ij what i has won against j, N_ij = w_ij + w_ji and p_ij = w_ij / N_ij, the imagined
/// chance of i against j and its upper bound in round t are
///
///     theta_ij ~ Beta(w_ij + 1, w_ji + 1),  theta_ji = 1 - theta_ij,
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),  u_ii = 1/2.
///
/// It recommends the arm that has beaten the most others (ties: larger mean share, then lower index).
class rcs : public detail::k_armed<rcs, rcs_options> {
 public:
  static constexpr std::string_view name = "rcs";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    std::size_t first = tournament_winner(stream);
    if (first == none) first = least_often_champion(stream);
    ++crowned_[first];
    return {first, strongest_rival(first, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) {
    // The smaller of the two tails, since the other follows from it without loss; before any change, since it
    // is the one step that could fail.
    double const alpha = counts_.wins(i, j) + y + 1.0;
    double const beta = counts_.wins(j, i) + (1.0 - y) + 1.0;
    double const smaller =
        alpha < beta ? detail::beta_tail(alpha, beta, 0.5) : detail::beta_tail(beta, alpha, 0.5);
    counts_.record(i, j, y);
    loses_[j * size() + i] = alpha < beta ? smaller : 1.0 - smaller;
    loses_[i * size() + j] = alpha < beta ? 1.0 - smaller : smaller;
    inverse_root_[i * size() + j] = inverse_root_[j * size() + i] = 1.0 / std::sqrt(counts_.duels(i, j));
  }

  [[nodiscard]] std::size_t best() const noexcept { return counts_.leader(); }

  // The arm that beats all others in the imagined tournament, or none. All that matters of theta_ij is which
  // side of 1/2 it is on, and at most one arm has no loss. So the arms are sent through in turn, and whoever
  // loses makes room for the one it lost to: only the last one can be the winner, and it still has to beat
  // those who had gone before it came. No pair is imagined twice, and pairs that decide nothing not at all.
  template <class Stream>
  std::size_t tournament_winner(Stream& stream) const {
    // Begin with an arm that is likely to stay.
    std::size_t favourite = 0;
    for (std::size_t i = 1; i < size(); ++i) {
      if (counts_.beaten(i) > counts_.beaten(favourite)) favourite = i;
    }
    std::size_t standing = favourite;
    std::size_t dethroned = none;  // by the one standing: the only earlier arm that it has met
    for (std::size_t j = 0; j < size(); ++j) {
      if (j == favourite || !imagined_loss(standing, j, stream)) continue;
      dethroned = standing;
      standing = j;
    }
    if (standing == favourite) return standing;
    if (dethroned != favourite && imagined_loss(standing, favourite, stream)) return none;
    for (std::size_t j = 0; j < standing; ++j) {
      if (j == favourite || j == dethroned) continue;
      if (imagined_loss(standing, j, stream)) return none;
    }
    return standing;
  }
  template <class Stream>
  [[nodiscard]] bool imagined_loss(std::size_t i, std::size_t j, Stream& stream) const {
    return draw_uniform(stream) < loses_[i * size() + j];
  }

  template <class Stream>
  std::size_t least_often_champion(Stream& stream) const {
    std::uint64_t const fewest = *std::min_element(crowned_.begin(), crowned_.end());
    auto const ties = static_cast<std::size_t>(std::count(crowned_.begin(), crowned_.end(), fewest));
    std::size_t n = draw_index(ties, stream);
    std::size_t i = 0;
    while (crowned_[i] != fewest || n-- != 0) ++i;
    return i;
  }

  // The arm with the largest bound against `first`. `first` itself stands at 1/2, and in a tie gives way.
  template <class Stream>
  std::size_t strongest_rival(std::size_t first, Stream& stream) {
    double const radius = std::sqrt(options().alpha * std::log(static_cast<double>(round())));
    double const* const inverse_root = inverse_root_.data() + first * size();
    for (std::size_t j = 0; j < size(); ++j) {
      double const share = 1.0 - counts_.wins(first, j) * inverse_root[j] * inverse_root[j];  // p_j,first
      bounds_[j] = inverse_root[j] > 0.0 ? share + radius * inverse_root[j] : options().untried;
    }
    bounds_[first] = -std::numeric_limits<double>::infinity();
    std::size_t const rival = argmax(bounds_, stream);
    return bounds_[rival] >= 0.5 ? rival : first;
  }

  // A new arm counts as champion as often as the one that has been it least often: else it would be crowned
  // in every undecided round until it has caught up.
  void inherit(rcs const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        inverse_root_[i * size() + j] = from.inverse_root_[kept[i] * from.size() + kept[j]];
        loses_[i * size() + j] = from.loses_[kept[i] * from.size() + kept[j]];
      }
      crowned_[i] = from.crowned_[kept[i]];
      fewest = std::min(fewest, crowned_[i]);
    }
    for (std::size_t i = kept.size(); i < size(); ++i) crowned_[i] = fewest;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("inverse_root", self.inverse_root_);
    visit("loses", self.loses_);
    visit("crowned", self.crowned_);
  }
  [[nodiscard]] bool sound() const noexcept { return counts_.sound(); }

  detail::pair_counts counts_{size()};
  std::vector<double> inverse_root_ = square(0.0);  // [i * K + j]: 1 / sqrt(N_ij), 0 if they have not met
  std::vector<double> loses_ = square(0.5);         // [i * K + j]: P(theta_ij < 1/2)
  std::vector<std::uint64_t> crowned_ = row<std::uint64_t>(0);  // how often each arm has been champion
  std::vector<double> bounds_ = row(0.0);                       // work space: u_j,first of the round
};

}  // namespace joust
