// SPDX-License-Identifier: MIT
//
// Relative upper confidence bound. An arm stays a champion while no other has beaten it beyond doubt; one of
// the champions is put up against the arm that might beat it most often. Once a single champion is left and
// nobody can be hoped to beat it, it duels itself and regret stops.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round, one square root and one logarithm; O(1) per observation, O(K) at worst; three
//           tables of K^2 doubles; no allocation after construction
//   delay   a pair that is being judged counts as not yet duelled: while one champion and one rival lead, a
//           batch names them again and again
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Whiteson, Munos & de Rijke, "Relative Upper Confidence Bound for the K-Armed Dueling
//           Bandit Problem", ICML 2014
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How bold RUCB is.
struct rucb_options {
  double alpha = 0.51;   ///< width of the bounds, above 0; the theorems ask for more than 1/2
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
  friend bool operator==(rucb_options const&, rucb_options const&) = default;
};

/// The RUCB agent. With N_ij duels of i and j, of which i has won the share p_ij, its upper bound in round t
/// is
///
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),     u_ii = 1/2.
///
/// It recommends the champion that was left alone last, as long as it was still one in the last round; else
/// the arm that has beaten the most others (ties: larger mean share, then lower index).
class rucb : public detail::k_armed<rucb, rucb_options> {
 public:
  static constexpr std::string_view name = "rucb";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    double const level = options().alpha * std::log(static_cast<double>(round()));
    std::size_t const first = champion(level, stream);
    return {first, strongest_rival(first, level, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    double const against_i = evidence(i, j);
    double const against_j = evidence(j, i);
    counts_.record(i, j, y);
    refresh(i, j, against_i);
    refresh(j, i, against_j);
  }

  [[nodiscard]] std::size_t best() const noexcept {
    return hypothesis_ != none ? hypothesis_ : counts_.leader();
  }

  // An arm is a champion while all its bounds reach 1/2. For p < 1/2,
  //     p + sqrt(level / N) >= 1/2   is the same as   N (1/2 - p)^2 <= level,
  // and the left side changes only when its pair duels. So each arm keeps the largest of its left sides, and
  // all champions are found by K comparisons instead of K^2 square roots.
  template <class Stream>
  std::size_t champion(double level, Stream& stream) {
    std::size_t champions = 0;
    for (double const refutation : refutation_) champions += refutation <= level ? 1U : 0U;
    if (hypothesis_ != none && refutation_[hypothesis_] > level) hypothesis_ = none;
    if (champions == 0) return draw_index(size(), stream);
    if (champions == 1) {
      hypothesis_ = none;  // found again, whoever it was
      return hypothesis_ = nth_champion(0, level);
    }
    if (hypothesis_ != none) {
      if (draw_bernoulli(0.5, stream) == 1.0) return hypothesis_;
      --champions;  // the other half goes to the rest in equal parts
    }
    return nth_champion(draw_index(champions, stream), level);
  }

  // The champions in order of index, without the hypothesis.
  [[nodiscard]] std::size_t nth_champion(std::size_t n, double level) const noexcept {
    std::size_t i = 0;
    while (refutation_[i] > level || i == hypothesis_ || n-- != 0) ++i;
    return i;
  }

  // The arm with the largest bound against `first`. `first` itself stands at 1/2, and in a tie gives way.
  template <class Stream>
  std::size_t strongest_rival(std::size_t first, double level, Stream& stream) {
    double const radius = std::sqrt(level);
    double const* const share = rival_share_.data() + first * size();
    double const* const inverse_root = inverse_root_.data() + first * size();
    for (std::size_t j = 0; j < size(); ++j) bounds_[j] = share[j] + radius * inverse_root[j];
    std::size_t const rival = argmax(bounds_, stream);
    return bounds_[rival] >= 0.5 ? rival : first;
  }

  // How strongly the duels of i and j speak against i: N_ij (1/2 - p_ij)^2 where p_ij < 1/2, else 0.
  [[nodiscard]] double evidence(std::size_t i, std::size_t j) const noexcept {
    double const share = counts_.share(i, j);
    double const gap = share < 0.5 ? 0.5 - share : 0.0;
    return counts_.duels(i, j) * gap * gap;
  }

  // What a duel of i and j changes on the side of i.
  void refresh(std::size_t i, std::size_t j, double before) noexcept {
    rival_share_[j * size() + i] = counts_.share(i, j);
    inverse_root_[j * size() + i] = 1.0 / std::sqrt(counts_.duels(i, j));
    double const now = evidence(i, j);
    if (now >= refutation_[i]) {
      refutation_[i] = now;
    } else if (before == refutation_[i]) {  // the largest has shrunk: find its successor
      refutation_[i] = 0.0;
      for (std::size_t k = 0; k < size(); ++k) refutation_[i] = std::max(refutation_[i], evidence(i, k));
    }
  }

  void inherit(rucb const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        if (i != j && counts_.duels(i, j) > 0.0) refresh(i, j, 0.0);
      }
      if (kept[i] == from.hypothesis_) hypothesis_ = i;
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("refutation", self.refutation_);
    visit("rival_share", self.rival_share_);
    visit("inverse_root", self.inverse_root_);
    visit("hypothesis", self.hypothesis_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return counts_.sound() && (hypothesis_ == none || hypothesis_ < size());
  }

  detail::pair_counts counts_{size()};
  std::vector<double> refutation_ = row(0.0);  // largest evidence against each arm
  // [c * K + j]: p_jc, the rivals of c side by side. An arm is not its own rival: it competes with the value
  // 1/2, which strongest_rival compares by itself.
  std::vector<double> rival_share_ = square(options().untried, -std::numeric_limits<double>::infinity());
  std::vector<double> inverse_root_ = square(0.0);  // [c * K + j]: 1 / sqrt(N_jc), 0 if they have not met
  std::vector<double> bounds_ = row(0.0);           // work space: u_jc of the round
  std::size_t hypothesis_ = none;                   // the hypothesised Condorcet winner, B in the paper
};

}  // namespace joust
