// SPDX-License-Identifier: MIT
//
// Who is best, when "best" has more than one meaning. The Condorcet winner beats every other arm and may not
// exist; Copeland winners beat the most arms, Borda winners have the best chance against a random opponent,
// and both always exist. Under a random-utility model all of them are the arm of largest utility. Where one
// arm is not enough, the best few by either score; where chance may decide, the von Neumann winner, which has
// a header of its own (von_neumann.hpp).
//
//   needs   preference_matrix (oracle/)
//   cost    O(K^2) each; the best few O(K log K) more
//   source  Zoghi, Karnin, Whiteson & de Rijke, "Copeland dueling bandits", NeurIPS 2015; Jamieson, Katariya,
//           Deshpande & Nowak, "Sparse dueling bandits", AISTATS 2015
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

/// The arm that beats every other one with probability above 1/2, if there is one.
[[nodiscard]] inline std::optional<std::size_t> condorcet_winner(preference_matrix const& p) {
  // An arm that loses or ties is not it, so one pass leaves a single candidate, to be checked in a second.
  std::size_t candidate = 0;
  for (std::size_t i = 1; i < p.size(); ++i) {
    if (!(p(candidate, i) > 0.5)) candidate = i;
  }
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (i != candidate && !(p(candidate, i) > 0.5)) return std::nullopt;
  }
  return candidate;
}

/// Each arm's share of the other arms that it beats, in [0, 1]; a probability of exactly 1/2 does not beat.
[[nodiscard]] inline std::vector<double> copeland_scores(preference_matrix const& p) {
  std::vector<double> scores(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    auto const beaten = std::ranges::count_if(p.row(i), [](double chance) { return chance > 0.5; });
    scores[i] = static_cast<double>(beaten) / static_cast<double>(p.size() - 1);
  }
  return scores;
}

/// Each arm's probability of beating an opponent drawn uniformly from the other arms.
[[nodiscard]] inline std::vector<double> borda_scores(preference_matrix const& p) {
  std::vector<double> scores(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    // Summed as gaps to 1/2, which are exact and small: scores that tie on paper then tie here more often.
    double gaps = 0.0;
    for (double const chance : p.row(i)) gaps += chance - 0.5;
    scores[i] = 0.5 + gaps / static_cast<double>(p.size() - 1);
  }
  return scores;
}

/// The best few arms by a score.
struct top_arms {
  std::vector<std::size_t> arms;  ///< best first; of equal scores the lower index first
  bool unique = true;             ///< false if an arm left out scores as much as the last one taken

  friend bool operator==(top_arms const&, top_arms const&) = default;
};

namespace detail {

inline constexpr double score_rounding = 1e-12;  // scores this close count as equal

[[nodiscard]] inline top_arms arms_of_top_scores(std::vector<double> const& scores, std::size_t count) {
  if (count == 0 || count > scores.size()) {
    reject("count", text(count), "a number of arms from 1 to " + text(scores.size()));
  }
  // Runs of scores that are equal up to rounding are put in the order of their indices afterwards: near
  // equality is not transitive, so it cannot serve as an order itself.
  std::vector<std::size_t> order(scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return scores[i] > scores[j]; });
  for (std::size_t begin = 0, end = 1; begin < order.size(); begin = end++) {
    while (end < order.size() && scores[order[end]] >= scores[order[begin]] - score_rounding) ++end;
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(begin),
              order.begin() + static_cast<std::ptrdiff_t>(end));
    if (count > begin && count < end) {
      return {{order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)}, false};
    }
  }
  return {{order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)}, true};
}

[[nodiscard]] inline std::vector<std::size_t> arms_scoring_best(std::vector<double> const& scores) {
  double const best = *std::ranges::max_element(scores);
  std::vector<std::size_t> arms;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] >= best - score_rounding) arms.push_back(i);
  }
  return arms;
}

}  // namespace detail

/// The arms of largest Copeland score, in ascending order; never empty.
[[nodiscard]] inline std::vector<std::size_t> copeland_winners(preference_matrix const& p) {
  return detail::arms_scoring_best(copeland_scores(p));
}

/// The arms of largest Borda score, in ascending order; never empty. Scores within 1e-12 count as equal.
[[nodiscard]] inline std::vector<std::size_t> borda_winners(preference_matrix const& p) {
  return detail::arms_scoring_best(borda_scores(p));
}

/// The `count` arms of largest Copeland score. Throws std::invalid_argument for 0 or more than there are.
[[nodiscard]] inline top_arms copeland_top(preference_matrix const& p, std::size_t count) {
  return detail::arms_of_top_scores(copeland_scores(p), count);
}

/// The `count` arms of largest Borda score. Scores within 1e-12 count as equal. Throws std::invalid_argument
/// for 0 or more than there are.
[[nodiscard]] inline top_arms borda_top(preference_matrix const& p, std::size_t count) {
  return detail::arms_of_top_scores(borda_scores(p), count);
}

}  // namespace joust
