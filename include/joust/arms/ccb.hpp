// SPDX-License-Identifier: MIT
//
// Copeland confidence bound. The candidate is an arm that, seen with optimism, beats the most others; its
// opponent is the one that might still beat it most often. Arms that have been shown to lose too often keep a
// short list of arms that beat them, and only those duels are repeated from time to time: enough to be sure
// that the arm is no winner, without learning the rest of the matrix.
//
//   needs   the same arms every round, and no exact ties; no Condorcet winner: a Copeland winner always
//           exists
//   cost    O(K) per round, one square root and one logarithm, and O(K) more for each arm whose pairs have
//           crossed their bounds; O(1) per observation; three tables of K^2 doubles and one of bytes; no
//           allocation after construction
//   delay   a pair that is being judged counts as not yet duelled: while one candidate and one opponent lead,
//           a batch names them again and again
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Karnin, Whiteson & de Rijke, "Copeland Dueling Bandits", NeurIPS 2015, algorithm 1
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
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

/// How bold CCB is.
struct ccb_options {
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
  friend bool operator==(ccb_options const&, ccb_options const&) = default;
};

/// The CCB agent. With N_ij duels of i and j, of which i has won the share p_ij, the bounds in round t are
///
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),     l_ij = 1 - u_ji,     u_ii = l_ii = 1/2,
///
/// and an arm beats at most C_hi(i) = #{k : u_ik >= 1/2} others, at least C_lo(i) = #{k : l_ik >= 1/2}.
///
/// It recommends the arm that has beaten the most others (ties: larger mean share, then lower index).
class ccb : public detail::k_armed<ccb, ccb_options> {
 public:
  static constexpr std::string_view name = "ccb";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    double const level = options().alpha * std::log(static_cast<double>(round()));
    for (std::size_t i = 0; i < size(); ++i) {
      if (weakest_[i] <= level) recount(i, level);
    }
    revise_hypotheses(level, stream);

    std::size_t open = 0;
    for (std::size_t const pairs : open_) open += pairs;
    if (open != 0 && draw_bernoulli(0.25, stream) == 1.0) {
      return open_pair(draw_index(open, stream), level);
    }
    std::size_t const first = candidate(stream);
    return {first, opponent(first, level, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    counts_.record(i, j, y);
    // N (p - 1/2)^2 in the form that gives both arms of the pair the same number
    double const lead = counts_.wins(i, j) - counts_.wins(j, i);
    double const met = counts_.duels(i, j);
    double const evidence = 0.25 * lead * lead / met;
    evidence_[i * size() + j] = lead < 0.0 ? -evidence : evidence;
    evidence_[j * size() + i] = lead < 0.0 ? evidence : -evidence;
    inverse_root_[i * size() + j] = inverse_root_[j * size() + i] = 1.0 / std::sqrt(met);
    weakest_[i] = weakest_[j] = stale;
  }

  [[nodiscard]] std::size_t best() const noexcept { return counts_.leader(); }

  // For p < 1/2, u < 1/2 is the same as N (1/2 - p)^2 > level, whose left side changes only when the pair
  // duels; for p >= 1/2, l >= 1/2 is N (p - 1/2)^2 >= level, and l > 1/2 the same with >. So each arm keeps
  // how many of its pairs are beyond their bounds, and is counted again only after a duel of its own or when
  // the level overtakes the weakest evidence among them.
  void recount(std::size_t i, double level) noexcept {
    refuted_[i] = won_[i] = open_[i] = disproved_[i] = 0;
    weakest_[i] = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < size(); ++j) {
      double const evidence = evidence_[i * size() + j];
      double const strength = std::fabs(evidence);
      bool const met = inverse_root_[i * size() + j] > 0.0;
      if (met && strength >= level) {
        refuted_[i] += evidence < -level ? 1U : 0U;
        won_[i] += evidence >= level ? 1U : 0U;
        weakest_[i] = std::min(weakest_[i], strength);
      }
      if (superior_[i * size() + j] != 0) {
        open_[i] += strength <= level ? 1U : 0U;
        disproved_[i] += evidence > level ? 1U : 0U;
      }
    }
  }

  // B, the arms that may be winners; for each arm the superiors, arms that are believed to beat it; and how
  // many losses a winner has. What the bounds now contradict is forgotten.
  template <class Stream>
  void revise_hypotheses(double level, Stream& stream) {
    if (std::any_of(disproved_.begin(), disproved_.end(), [](std::uint32_t n) { return n != 0; })) forget();

    std::uint32_t const most_won = *std::max_element(won_.begin(), won_.end());
    std::size_t promising = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (promising_[i] == 0) continue;
      if (most_possible(i) >= most_won) {
        ++promising;
        continue;
      }
      promising_[i] = 0;
      if (superiors_[i] != losses_ + 1) believe_the_bounds(i, level);
    }
    if (promising == 0) forget();

    std::uint32_t const fewest = *std::min_element(refuted_.begin(), refuted_.end());
    bool settled = false;
    for (std::size_t i = 0; i < size(); ++i) {
      if (refuted_[i] != fewest || most_possible(i) != won_[i]) continue;
      settled = true;  // a winner, and its score is known
      promising_[i] = 1;
      if (superiors_[i] != 0) believe_nothing(i);
    }
    if (!settled) return;
    // To rule an arm out it takes one loss more than a winner has: fewer superiors do not, more are not
    // needed. An arm just settled has no more than that.
    losses_ = fewest;
    for (std::size_t j = 0; j < size(); ++j) {
      if (superiors_[j] > losses_ + 1) {
        thin(j, level, stream);
      } else if (superiors_[j] < losses_ + 1 && superiors_[j] != 0) {
        believe_nothing(j);
      }
    }
  }

  /// C_hi
  [[nodiscard]] std::size_t most_possible(std::size_t i) const noexcept { return size() - 1 - refuted_[i]; }

  void forget() noexcept {
    std::fill(promising_.begin(), promising_.end(), static_cast<unsigned char>(1));
    losses_ = size();
    for (std::size_t i = 0; i < size(); ++i) {
      if (superiors_[i] != 0) believe_nothing(i);
    }
  }
  void believe_nothing(std::size_t i) noexcept {
    std::fill_n(superior_.begin() + static_cast<std::ptrdiff_t>(i * size()), size(),
                static_cast<unsigned char>(0));
    superiors_[i] = open_[i] = disproved_[i] = 0;
  }
  void believe_the_bounds(std::size_t i, double level) noexcept {
    for (std::size_t k = 0; k < size(); ++k) {
      superior_[i * size() + k] = evidence_[i * size() + k] < -level ? 1 : 0;
    }
    superiors_[i] = refuted_[i];
    open_[i] = disproved_[i] = 0;  // the bounds leave none of them in doubt
  }

  // Keeps losses + 1 of the superiors of j, every choice of that many equally likely.
  template <class Stream>
  void thin(std::size_t j, double level, Stream& stream) {
    std::size_t left = superiors_[j];
    std::size_t wanted = losses_ + 1;
    for (std::size_t k = 0; k < size(); ++k) {
      unsigned char& superior = superior_[j * size() + k];
      if (superior == 0) continue;
      if (draw_index(left--, stream) < wanted) {
        --wanted;
      } else {
        superior = 0;
      }
    }
    superiors_[j] = static_cast<std::uint32_t>(losses_ + 1);
    recount(j, level);
  }

  // The n-th pair of an arm and a superior whose bounds leave open which of them wins.
  [[nodiscard]] pairing open_pair(std::size_t n, double level) const noexcept {
    std::size_t i = 0;
    while (n >= open_[i]) n -= open_[i++];
    std::size_t j = 0;
    while (!(superior_[i * size() + j] != 0 && in_doubt(i, j, level)) || n-- != 0) ++j;
    return {i, j};
  }
  [[nodiscard]] bool in_doubt(std::size_t i, std::size_t j, double level) const noexcept {
    return std::fabs(evidence_[i * size() + j]) <= level;
  }

  // One of the arms with the largest C_hi; with probability 2/3 one that may be a winner, if there is one.
  template <class Stream>
  std::size_t candidate(Stream& stream) {
    std::uint32_t const fewest = *std::min_element(refuted_.begin(), refuted_.end());
    std::size_t leading = 0;
    std::size_t both = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      leading += refuted_[i] == fewest ? 1U : 0U;
      both += refuted_[i] == fewest && promising_[i] != 0 ? 1U : 0U;
    }
    bool const narrow = both != 0 && both != leading && draw_bernoulli(2.0 / 3.0, stream) == 1.0;
    std::size_t n = draw_index(narrow ? both : leading, stream);
    std::size_t i = 0;
    while (refuted_[i] != fewest || (narrow && promising_[i] == 0) || n-- != 0) ++i;
    return i;
  }

  // The largest bound against `first` among the arms that have neither been shown to beat it nor to lose to
  // it: those who lose stay below the 1/2 of `first` itself. Half of the time among its superiors, if one of
  // them is in doubt.
  template <class Stream>
  std::size_t opponent(std::size_t first, double level, Stream& stream) {
    std::size_t const row = first * size();
    bool const narrow = open_[first] != 0 && draw_bernoulli(0.5, stream) == 1.0;
    double const radius = std::sqrt(level);
    std::size_t rivals = 0;
    for (std::size_t j = 0; j < size(); ++j) {
      bool const rival = j != first && in_doubt(first, j, level) && (!narrow || superior_[row + j] != 0);
      rivals += rival ? 1U : 0U;
      double const inverse_root = inverse_root_[row + j];
      double const share = 1.0 - counts_.wins(first, j) * inverse_root * inverse_root;  // p_j,first
      bounds_[j] = !rival               ? -std::numeric_limits<double>::infinity()
                   : inverse_root > 0.0 ? share + radius * inverse_root
                                        : options().untried;
    }
    return rivals == 0 ? first : argmax(bounds_, stream);
  }

  // The counts stay. The hypotheses are about scores, which change with the arms: they start anew.
  void inherit(ccb const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        evidence_[i * size() + j] = from.evidence_[kept[i] * from.size() + kept[j]];
        inverse_root_[i * size() + j] = from.inverse_root_[kept[i] * from.size() + kept[j]];
      }
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("evidence", self.evidence_);
    visit("inverse_root", self.inverse_root_);
    visit("superior", self.superior_);
    visit("superiors", self.superiors_);
    visit("promising", self.promising_);
    visit("losses", self.losses_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool sums_agree = losses_ <= size();
    for (std::size_t i = 0; i < size(); ++i) {
      std::size_t count = 0;
      for (std::size_t j = 0; j < size(); ++j) count += superior_[i * size() + j] != 0 ? 1U : 0U;
      sums_agree = sums_agree && count == superiors_[i] && superior_[i * size() + i] == 0;
    }
    return sums_agree && counts_.sound();
  }

  static constexpr double stale = -1.0;  // below every level: the arm is counted again

  detail::pair_counts counts_{size()};
  std::vector<double> evidence_ = square(0.0);  // [i * K + j]: N_ij (p_ij - 1/2)^2, negative where p_ij < 1/2
  std::vector<double> inverse_root_ = square(0.0);  // [i * K + j]: 1 / sqrt(N_ij), 0 if they have not met
  std::vector<unsigned char> superior_ = square<unsigned char>(0);  // [i * K + j]: j is in B_i
  std::vector<std::uint32_t> superiors_ = row(0U);                  // #B_i
  std::vector<unsigned char> promising_ = row<unsigned char>(1);    // whether i is in B
  std::size_t losses_ = size();                                     // of a winner; L_C in the paper
  // What recount finds; not saved, since a restored agent, being stale, counts all arms again.
  std::vector<std::uint32_t> refuted_ = row(0U);    // #{k : u_ik < 1/2}
  std::vector<std::uint32_t> won_ = row(0U);        // C_lo
  std::vector<std::uint32_t> open_ = row(0U);       // superiors of which the bounds are in doubt
  std::vector<std::uint32_t> disproved_ = row(0U);  // superiors that the arm has been shown to beat
  std::vector<double> weakest_ = row(stale);        // the least evidence counted in refuted_ and won_
  std::vector<double> bounds_ = row(0.0);           // work space: u_j,first of the round
};

}  // namespace joust
