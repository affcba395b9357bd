// SPDX-License-Identifier: MIT
//
// What K arms have done to each other: how much of its duels with j arm i has won. The one table that every
// agent on a preference matrix keeps, whatever else it derives from it.
//
//   cost    record, share, beaten: O(1); leader: O(K), and O(K) more for each arm that ties for the lead; no
//           allocation after construction
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <joust/core/vocabulary.hpp>

namespace joust::detail {

/// 2^53, the most that a sum of outcomes can come to: from there on, one more changes nothing.
inline constexpr double most_wins = 9007199254740992.0;

class pair_counts {
 public:
  /// No arms: the table of a prototype, which has options but nothing to play with.
  pair_counts() = default;

  explicit pair_counts(std::size_t arms) : wins_(arms * arms, 0.0), beaten_(arms, 0) {}

  [[nodiscard]] std::size_t arms() const noexcept { return beaten_.size(); }

  /// The sum of i's outcomes against j.
  [[nodiscard]] double wins(std::size_t i, std::size_t j) const noexcept { return wins_[i * arms() + j]; }

  /// How often i and j have met: every duel hands out outcomes that sum to 1.
  [[nodiscard]] double duels(std::size_t i, std::size_t j) const noexcept { return wins(i, j) + wins(j, i); }

  /// i's share of its duels with j; 1/2 if they have not met.
  [[nodiscard]] double share(std::size_t i, std::size_t j) const noexcept {
    double const met = duels(i, j);
    return met > 0.0 ? wins(i, j) / met : 0.5;
  }

  /// How many arms i has won more than half of the duels against.
  [[nodiscard]] std::size_t beaten(std::size_t i) const noexcept { return beaten_[i]; }

  /// Adds one duel of two different arms. Unchecked: see require_duel.
  void record(std::size_t first, std::size_t second, outcome y) noexcept {
    beaten_[first] -= share(first, second) > 0.5 ? 1U : 0U;
    beaten_[second] -= share(second, first) > 0.5 ? 1U : 0U;
    wins_[first * arms() + second] += y;
    wins_[second * arms() + first] += 1.0 - y;
    beaten_[first] += share(first, second) > 0.5 ? 1U : 0U;
    beaten_[second] += share(second, first) > 0.5 ? 1U : 0U;
  }

  /// The mean share of i over all opponents: its empirical Borda score. O(K).
  [[nodiscard]] double borda(std::size_t i) const noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < arms(); ++j) {
      if (j != i) sum += share(i, j);
    }
    return arms() > 1 ? sum / static_cast<double>(arms() - 1) : 0.5;
  }

  /// The arm that has beaten the most others; among those the largest Borda score, then the lowest index.
  [[nodiscard]] std::size_t leader() const noexcept {
    std::size_t best = 0;
    double best_borda = -1.0;  // not computed yet
    for (std::size_t i = 1; i < arms(); ++i) {
      if (beaten_[i] < beaten_[best]) continue;
      if (beaten_[i] > beaten_[best]) {
        best = i;
        best_borda = -1.0;
        continue;
      }
      if (best_borda < 0.0) best_borda = borda(best);
      if (double const rival = borda(i); rival > best_borda) {
        best = i;
        best_borda = rival;
      }
    }
    return best;
  }

  /// Takes over what `from` knows about the arms `kept`: they are the first ones here.
  void inherit(pair_counts const& from, std::span<std::size_t const> kept) noexcept {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) { wins_[i * arms() + j] = from.wins(kept[i], kept[j]); }
    }
    for (std::size_t i = 0; i < arms(); ++i) {
      beaten_[i] = 0;
      for (std::size_t j = 0; j < arms(); ++j) beaten_[i] += share(i, j) > 0.5 ? 1U : 0U;
    }
  }

  /// Whether these can be sums of outcomes, none of an arm against itself.
  [[nodiscard]] bool sound() const noexcept {
    for (std::size_t i = 0; i < arms(); ++i) {
      std::uint32_t beaten = 0;
      for (std::size_t j = 0; j < arms(); ++j) {
        double const won = wins(i, j);
        if (!(won >= 0.0 && won <= (i == j ? 0.0 : most_wins))) return false;
        beaten += share(i, j) > 0.5 ? 1U : 0U;
      }
      if (beaten != beaten_[i]) return false;
    }
    return true;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("beaten", self.beaten_);
  }

  friend bool operator==(pair_counts const&, pair_counts const&) = default;

 private:
  std::vector<double> wins_;  // row-major: [i * K + j] is what i has won against j
  std::vector<std::uint32_t> beaten_;
};

}  // namespace joust::detail
