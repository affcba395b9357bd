// SPDX-License-Identifier: MIT
//
// Relative upper confidence bound. An arm stays a champion while no other has beaten it beyond doubt; one of
// the champions is put up against the arm that might beat it most often. Once a single champion is left and
// nobody can be hoped to beat it, it duels itself and regret stops.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round, one square root and one logarithm; O(1) per observation, O(K) at worst; no
//           allocation after construction
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Whiteson, Munos & de Rijke, "Relative Upper Confidence Bound for the K-Armed Dueling
//           Bandit Problem", ICML 2014
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

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

  friend bool operator==(rucb_options const&, rucb_options const&) = default;
};

/// The RUCB agent. With N_ij duels of i and j, of which i has won the share p_ij, its upper bound in round t
/// is
///
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),     u_ii = 1/2.
class rucb {
 public:
  /// A prototype: it has no arms, and serves to make agents by fresh(setting).
  rucb() = default;

  /// A prototype with options.
  explicit rucb(rucb_options options) : options_{checked(options)} {}

  /// An agent for `arms` >= 1 arms. Throws std::invalid_argument for 0 arms or options out of range.
  explicit rucb(std::size_t arms, rucb_options options = {})
      : options_{checked(options)},
        counts_{arms},
        evidence_(arms * arms, 0.0),
        refutation_(arms, 0.0),
        rival_share_(arms * arms, options.untried),
        inverse_root_(arms * arms, 0.0),
        bounds_(arms, 0.0) {
    // An arm is not its own rival: it competes with the value 1/2, which select() compares by itself.
    for (std::size_t i = 0; i < arms; ++i) {
      rival_share_[i * arms + i] = -std::numeric_limits<double>::infinity();
    }
  }

  /// The next pair: a champion, and its strongest possible rival. Advances the round. A pair whose answer
  /// never comes does no harm.
  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    counts_.require_arms("rucb");
    double const level = options_.alpha * std::log(static_cast<double>(++round_));
    std::size_t const first = champion(level, stream);
    return {first, strongest_rival(first, level, stream)};
  }

  /// Learns from a duel. A self-duel is accepted and teaches nothing. Throws std::invalid_argument for an
  /// unknown arm or an outcome outside [0, 1], and then changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    counts_.require_duel("rucb", first, second, y);
    if (first == second) return;
    counts_.record(first, second, y);
    refresh(first, second);
    refresh(second, first);
  }

  /// The champion that was left alone last, as long as it was still one in the last round; else the arm that
  /// has beaten the most others (ties: larger mean share, then lower index).
  [[nodiscard]] std::size_t recommend() const {
    counts_.require_arms("rucb");
    return hypothesis_ != none ? hypothesis_ : counts_.leader();
  }

  /// The number of arms; 0 for a prototype.
  [[nodiscard]] std::size_t arms() const noexcept { return counts_.arms(); }

  [[nodiscard]] rucb_options const& options() const noexcept { return options_; }

  /// A new agent of the same options, without experience. Refuses changing arms: an index must mean the same
  /// arm in every round.
  [[nodiscard]] rucb fresh(setting const& s) const {
    return rucb{detail::require_fixed_arms("rucb", s), options_};
  }

  /// Equal in behaviour: the same options, the same experience, the same round.
  friend bool operator==(rucb const& a, rucb const& b) {
    return a.options_ == b.options_ && a.counts_ == b.counts_ && a.hypothesis_ == b.hypothesis_ &&
           a.round_ == b.round_;
  }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  static rucb_options checked(rucb_options options) {
    if (!(options.alpha > 0.0 &&
          options.alpha <= 1e100)) {  // beyond, alpha * log(t) is no number to reckon with
      detail::reject("alpha", detail::text(options.alpha), "a number above 0, at most 1e100");
    }
    if (!(options.untried >= 0.5 && std::isfinite(options.untried))) {
      detail::reject("untried", detail::text(options.untried), "a finite number of at least 1/2");
    }
    return options;
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
    if (champions == 0) return draw_index(arms(), stream);
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
    double const* const share = rival_share_.data() + first * arms();
    double const* const inverse_root = inverse_root_.data() + first * arms();
    for (std::size_t j = 0; j < arms(); ++j) bounds_[j] = share[j] + radius * inverse_root[j];
    std::size_t const rival = argmax(bounds_, stream);
    return bounds_[rival] >= 0.5 ? rival : first;
  }

  // What a duel of i and j changes on the side of i.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double const met = counts_.duels(i, j);
    double const share = counts_.share(i, j);
    rival_share_[j * arms() + i] = share;
    inverse_root_[j * arms() + i] = 1.0 / std::sqrt(met);
    double const gap = share < 0.5 ? 0.5 - share : 0.0;
    double& kept = evidence_[i * arms() + j];
    double const before = kept;
    kept = met * gap * gap;
    if (kept >= refutation_[i]) {
      refutation_[i] = kept;
    } else if (before == refutation_[i]) {  // the largest has shrunk: find its successor
      auto const row = evidence_.begin() + static_cast<std::ptrdiff_t>(i * arms());
      refutation_[i] = *std::max_element(row, row + static_cast<std::ptrdiff_t>(arms()));
    }
  }

  rucb_options options_;
  detail::pair_counts counts_;
  std::vector<double> evidence_;      // [i * K + j]: N_ij (1/2 - p_ij)^2 where p_ij < 1/2, else 0
  std::vector<double> refutation_;    // largest evidence against each arm
  std::vector<double> rival_share_;   // [c * K + j]: p_jc, the rivals of c side by side
  std::vector<double> inverse_root_;  // [c * K + j]: 1 / sqrt(N_jc), 0 if they have not met
  std::vector<double> bounds_;        // work space: u_jc of the round
  std::size_t hypothesis_ = none;     // the hypothesised Condorcet winner, B in the paper
  std::uint64_t round_ = 0;
};

}  // namespace joust
