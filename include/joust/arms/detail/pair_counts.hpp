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
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class pair_counts {
 public:
  /// No arms: the table of a prototype, which has options but nothing to play with.
  pair_counts() = default;

  explicit pair_counts(std::size_t arms) {
    // More arms would wrap the size of the table around instead of running out of memory.
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (arms == 0 || arms > most) reject("arms", text(arms), "a number of arms from 1 to " + text(most));
    wins_.assign(arms * arms, 0.0);
    beaten_.assign(arms, 0);
  }

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

  /// A prototype has no arms to choose from.
  void require_arms(std::string_view agent) const {
    if (arms() == 0) {
      throw std::invalid_argument{std::string{agent} +
                                  ": is a prototype without arms; expected a number of arms at construction, "
                                  "or an agent made by fresh(setting)"};
    }
  }

  /// Both arms exist and the outcome is one.
  void require_duel(std::string_view agent, std::size_t first, std::size_t second, outcome y) const {
    require_arms(agent);
    require_index("first", first, arms());
    require_index("second", second, arms());
    require_unit_interval("outcome", y);
  }

  friend bool operator==(pair_counts const&, pair_counts const&) = default;

 private:
  std::vector<double> wins_;  // row-major: [i * K + j] is what i has won against j
  std::vector<std::uint32_t> beaten_;
};

/// The number of arms of a setting in which an agent of fixed arms can work.
[[nodiscard]] inline std::size_t require_fixed_arms(std::string_view agent, setting const& s) {
  if (!s.fixed_arms) {
    throw std::invalid_argument{std::string{agent} +
                                ": needs the same arms every round; the setting's fixed_arms is false"};
  }
  if (s.arms == 0) reject("setting.arms", text(s.arms), "a number of arms above 0");
  return s.arms;
}

}  // namespace joust::detail
