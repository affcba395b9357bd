// SPDX-License-Identifier: MIT
//
// The duels of K arms as evidence about who beats the most others. With N_ij duels of i and j, of which i has
// won the share p_ij, and d the Bernoulli divergence, N_ij d(p_ij, 1/2) is what it costs to believe the
// opposite of what the pair shows. L_i is the number of arms that i has lost to (p_ij < 1/2); the arms with
// the smallest are the candidates. A share so near 1/2 that the divergence rounds to 0 counts as a tie.
//
//   cost    record: O(1), two logarithms; price_of_rival, cheapest_cover: O(K log K); price_of_plan:
//           O(K^2 log K); three tables of K^2 doubles; no allocation after construction
//   source  Komiyama, Honda & Nakagawa, "Copeland Dueling Bandit Problem: Regret Lower Bound, Optimal
//           Algorithm, and Computationally Efficient Algorithm", ICML 2016
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class copeland_table {
 public:
  copeland_table() = default;

  explicit copeland_table(std::size_t arms)
      : counts_{arms},
        duels_(arms * arms, 0.0),
        signed_divergence_(arms * arms, 0.0),
        losses_(arms, 0),
        prices_(2 * arms),
        superiors_(arms) {}

  [[nodiscard]] std::size_t arms() const noexcept { return losses_.size(); }
  [[nodiscard]] pair_counts const& counts() const noexcept { return counts_; }

  /// N_ij.
  [[nodiscard]] double duels(std::size_t i, std::size_t j) const noexcept { return duels_[cell(i, j)]; }

  /// Whether i has lost to j.
  [[nodiscard]] bool loses(std::size_t i, std::size_t j) const noexcept {
    return signed_divergence_[cell(i, j)] < 0.0;
  }

  /// L_i of all arms.
  [[nodiscard]] std::vector<std::uint32_t> const& losses() const noexcept { return losses_; }

  /// N_ij d(p_ij, 1/2).
  [[nodiscard]] double price_of_opposite(std::size_t i, std::size_t j) const noexcept {
    return duels_[cell(i, j)] * std::fabs(signed_divergence_[cell(i, j)]);
  }

  /// What the cheapest set of opposites costs by which `rival` ends with fewer losses than candidate c. Each
  /// pair that c has not lost brings the rival nearer by one, as does each of the rival's losses; the duel of
  /// the two, if c has won it, counts for both.
  [[nodiscard]] double price_of_rival(std::size_t c, std::size_t rival) {
    std::size_t const needed = losses_[rival] - losses_[c] + 1U;
    std::size_t count = 0;
    for (std::size_t j = 0; j < arms(); ++j) {
      if (j == c || j == rival) continue;
      if (!loses(c, j)) prices_[count++] = price_of_opposite(c, j);
      if (loses(rival, j)) prices_[count++] = price_of_opposite(rival, j);
    }
    double const between = signed_divergence_[cell(c, rival)];
    if (between == 0.0) prices_[count++] = 0.0;  // a tie that becomes a loss of c
    std::size_t const used = std::min(needed, count);
    auto const begin = prices_.begin();
    std::partial_sort(begin, begin + static_cast<std::ptrdiff_t>(used),
                      begin + static_cast<std::ptrdiff_t>(count));
    double one_by_one = 0.0;
    double others = 0.0;  // besides the duel of the two
    for (std::size_t n = 0; n < used; ++n) {
      one_by_one += prices_[n];
      if (n + 2 < needed) others += prices_[n];
    }
    constexpr double never = std::numeric_limits<double>::infinity();
    return std::min(needed <= count ? one_by_one : never,
                    between > 0.0 ? others + price_of_opposite(c, rival) : never);
  }

  /// An arm of a cover, and the regret per unit of evidence of its duel with the rival.
  struct superior {
    double price;
    std::size_t arm;
    bool operator<(superior const& other) const noexcept {
      return price < other.price || (price == other.price && arm < other.arm);
    }
  };

  /// Which superiors of a rival must be known to beat it: each of `arms` has its x, all others have 0.
  struct cover {
    std::span<superior const> arms;  ///< until the next call
    double x = 0.0;
    double price = 0.0;
  };

  /// The cheapest x >= 0 over the set S of arms but c that have beaten the rival, such that any
  /// m = L_rival - L_c + 1 of them sum to at least 1. At the optimum x is the same for the h cheapest, for
  /// some h, and 0 for the others: of the m smallest #S - h are then 0, so x = 1 / (m - (#S - h)).
  [[nodiscard]] cover cheapest_cover(std::size_t rival, std::size_t c) {
    std::size_t const needed = losses_[rival] - losses_[c] + 1U;
    std::size_t const count = losses_[rival] - (loses(rival, c) ? 1U : 0U);
    if (needed > count) return {};  // the rival must beat c, and that pair is to be confirmed anyway
    for (std::size_t j = 0, n = 0; j < arms(); ++j) {
      if (j == c || !loses(rival, j)) continue;
      superiors_[n++] = {regret(c, j, rival) / -signed_divergence_[cell(rival, j)], j};
    }
    std::sort(superiors_.begin(), superiors_.begin() + static_cast<std::ptrdiff_t>(count));
    std::size_t const spared = count - needed;
    std::size_t size = 0;
    cover best{{}, 0.0, std::numeric_limits<double>::infinity()};
    double sum = 0.0;
    for (std::size_t h = 1; h <= count; ++h) {
      sum += superiors_[h - 1].price;
      if (h <= spared) continue;
      double const x = 1.0 / static_cast<double>(h - spared);
      if (sum * x >= best.price) continue;
      best.x = x;
      best.price = sum * x;
      size = h;
    }
    best.arms = {superiors_.data(), size};
    return best;
  }

  /// The regret, over ln t, of confirming all that candidate c has won, and the covers of all its rivals.
  /// Ties are left out: confirming them has no price that could be compared.
  [[nodiscard]] double price_of_plan(std::size_t c) {
    double price = 0.0;
    for (std::size_t j = 0; j < arms(); ++j) {
      double const divergence = signed_divergence_[cell(c, j)];
      if (divergence > 0.0) price += regret(c, c, j) / divergence;
    }
    for (std::size_t rival = 0; rival < arms(); ++rival) {
      if (rival != c) price += cheapest_cover(rival, c).price;
    }
    return price;
  }

  void record(std::size_t i, std::size_t j, outcome y) noexcept {
    counts_.record(i, j, y);
    refresh(std::min(i, j), std::max(i, j));
  }

  void inherit(copeland_table const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = i + 1; j < kept.size(); ++j) {
        if (counts_.duels(i, j) > 0.0) refresh(i, j);
      }
    }
  }

  [[nodiscard]] bool sound() const noexcept {
    bool fine = counts_.sound();
    for (std::size_t i = 0; i < arms(); ++i) {
      std::size_t lost = 0;
      for (std::size_t j = 0; j < arms(); ++j) {
        lost += loses(i, j) ? 1U : 0U;
        fine = fine && duels(i, j) == counts_.duels(i, j) && std::fabs(signed_divergence_[cell(i, j)]) < 1.0;
      }
      fine = fine && lost == losses_[i];
    }
    return fine;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("duels", self.duels_);
    visit("signed_divergence", self.signed_divergence_);
    visit("losses", self.losses_);
  }

 private:
  [[nodiscard]] std::size_t cell(std::size_t i, std::size_t j) const noexcept { return i * arms() + j; }

  // r_ij, the Copeland regret of a duel, where c is a candidate.
  [[nodiscard]] double regret(std::size_t c, std::size_t i, std::size_t j) const noexcept {
    double const excess =
        static_cast<double>(losses_[i]) + static_cast<double>(losses_[j]) - 2.0 * losses_[c];
    return excess / (2.0 * static_cast<double>(arms() - 1));
  }

  // Takes over the counts of the pair i < j. Both sides get the same divergence, to the last bit.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double const share = counts_.share(i, j);
    double const divergence = bernoulli_kl_to_half(share);
    losses_[i] -= loses(i, j) ? 1U : 0U;
    losses_[j] -= loses(j, i) ? 1U : 0U;
    duels_[cell(i, j)] = duels_[cell(j, i)] = counts_.duels(i, j);
    signed_divergence_[cell(i, j)] = share > 0.5 ? divergence : -divergence;
    signed_divergence_[cell(j, i)] = -signed_divergence_[cell(i, j)];
    losses_[i] += loses(i, j) ? 1U : 0U;
    losses_[j] += loses(j, i) ? 1U : 0U;
  }

  pair_counts counts_;
  std::vector<double> duels_;              // [i * K + j]: N_ij, so that a row lies side by side
  std::vector<double> signed_divergence_;  // [i * K + j]: d(p_ij, 1/2), negative if i has lost
  std::vector<std::uint32_t> losses_;      // L_i
  std::vector<double> prices_;             // work space
  std::vector<superior> superiors_;        // work space
};

}  // namespace joust::detail
