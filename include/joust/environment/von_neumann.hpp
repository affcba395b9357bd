// SPDX-License-Identifier: MIT
//
// The winner that always exists, if it may toss coins: a lottery over the arms that no arm beats with more
// than probability 1/2. It is the optimal mixed strategy of the game in which each side names an arm and the
// gap p_ij - 1/2 goes to the first. With a Condorcet winner it is that arm; in a cycle it spreads.
//
//   needs   preference_matrix (oracle/)
//   cost    O(K^2) if an arm loses to none; else the simplex method, some K steps of O(K^2): about 1 ms for
//           100 arms and 0.1 s for 300; K^2 doubles twice over
//   repeat  draws nothing
//   source  Dudik, Hofmann, Schapire, Slivkins & Zoghi, "Contextual dueling bandits", COLT 2015; the rules
//           against cycling: Dantzig, Orden & Wolfe, Pacific Journal of Mathematics 1955, and Bland,
//           Mathematics of Operations Research 1977
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

namespace detail {

// Finds w on the simplex with sum_j d_ij w_j <= 0 for all i, d antisymmetric with entries in [-1, 1]. With
// a_ij = 2 + d_ij, all positive, that is the linear program
//
//     maximise sum_j y_j   subject to   sum_j a_ij y_j <= 1,  y >= 0,
//
// whose value is 1/2 because the game's is 0, and w = 2 y. y = 0 is feasible, so one phase is enough. The
// tableau is condensed: a column for each variable at 0, a row for each of the others.
class symmetric_game {
 public:
  enum class rule : unsigned char {
    steepest,  // largest coefficient; leaving ties by lexicographic order, which excludes cycles
    bland,     // lowest index in and out: slow, but the other way to exclude cycles
  };

  // What is no larger than `rounding` counts as 0: entries of the tableau are about 1.
  symmetric_game(std::span<double const> gaps, std::size_t arms, double rounding)
      : gaps_{gaps},
        arms_{arms},
        rounding_{rounding},
        table_(arms * arms),
        limit_(arms, 1.0),
        profit_(arms, 1.0),
        at_zero_(arms),
        basic_(arms) {
    for (std::size_t i = 0; i < arms * arms; ++i) table_[i] = 2.0 + gaps[i];
    for (std::size_t i = 0; i < arms; ++i) {
      at_zero_[i] = i;       // the variable y_i
      basic_[i] = arms + i;  // the slack of row i
    }
  }

  // False if there are suspiciously many steps: rounding has defeated the rule.
  bool solve(rule by) {
    std::size_t const most = 50 * arms_ + 1000;
    for (std::size_t step = 0; step < most; ++step) {
      std::size_t const column = entering(by);
      if (column == arms_) return true;
      std::size_t const row = leaving(column, by);
      if (row == arms_) return false;
      pivot(row, column);
    }
    return false;
  }

  // The weights of the final basis, from the gaps themselves, so that the rounding of the steps is gone: the
  // arms with weight leave all binding rows at the same value v = 0.
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<std::size_t> support;
    std::vector<std::size_t> binding;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (basic_[i] < arms_) support.push_back(basic_[i]);
      if (at_zero_[i] >= arms_) binding.push_back(at_zero_[i] - arms_);
    }
    std::sort(support.begin(), support.end());
    std::sort(binding.begin(), binding.end());
    std::size_t const n = support.size();
    // Rows: sum_j d_ij w_j - v = 0 for the binding i, and sum_j w_j = 1; columns: w, v, right side.
    std::size_t const width = n + 2;
    std::vector<double> system((n + 1) * width, 0.0);
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) system[r * width + c] = gaps_[binding[r] * arms_ + support[c]];
      system[r * width + n] = -1.0;
      system[n * width + r] = 1.0;
    }
    system[n * width + n + 1] = 1.0;
    std::vector<double> result(arms_, 0.0);
    if (!eliminate(system, n + 1)) return result;
    double sum = 0.0;
    for (std::size_t c = 0; c < n; ++c) {
      double const w = std::max(0.0, system[c * width + n + 1]);  // rounding of a weight that is 0
      result[support[c]] = w;
      sum += w;
    }
    for (double& w : result) w /= sum;
    return result;
  }

 private:
  [[nodiscard]] std::size_t entering(rule by) const noexcept {
    std::size_t chosen = arms_;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (!(profit_[j] > rounding_)) continue;
      bool const better = chosen == arms_ ||
                          (by == rule::bland ? at_zero_[j] < at_zero_[chosen] : profit_[j] > profit_[chosen]);
      if (better) chosen = j;
    }
    return chosen;
  }

  [[nodiscard]] std::size_t leaving(std::size_t column, rule by) const noexcept {
    std::size_t chosen = arms_;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (table_[i * arms_ + column] <= 100.0 * rounding_) continue;
      if (chosen == arms_ || leaves_before(i, chosen, column, by)) chosen = i;
    }
    return chosen;
  }

  [[nodiscard]] bool leaves_before(std::size_t i, std::size_t k, std::size_t column, rule by) const noexcept {
    double const of_i = table_[i * arms_ + column];
    double const of_k = table_[k * arms_ + column];
    double const difference = limit_[i] / of_i - limit_[k] / of_k;
    if (std::fabs(difference) > rounding_) return difference < 0.0;
    if (by == rule::bland) return basic_[i] < basic_[k];
    // Rows of the inverse basis, which stand in the columns of the slacks, in the order of the slacks; a
    // basic slack's column is a unit vector.
    for (std::size_t slack = arms_; slack < 2 * arms_; ++slack) {
      auto const found = std::find(at_zero_.begin(), at_zero_.end(), slack);
      double entry_i = basic_[i] == slack ? 1.0 : 0.0;
      double entry_k = basic_[k] == slack ? 1.0 : 0.0;
      if (found != at_zero_.end()) {
        auto const at = static_cast<std::size_t>(found - at_zero_.begin());
        entry_i = table_[i * arms_ + at];
        entry_k = table_[k * arms_ + at];
      }
      double const apart = entry_i / of_i - entry_k / of_k;
      if (std::fabs(apart) > rounding_) return apart < 0.0;
    }
    return basic_[i] < basic_[k];
  }

  void pivot(std::size_t row, std::size_t column) noexcept {
    double* const pivot_row = table_.data() + row * arms_;
    double const inverse = 1.0 / pivot_row[column];
    pivot_row[column] = 1.0;
    for (std::size_t j = 0; j < arms_; ++j) pivot_row[j] *= inverse;
    limit_[row] *= inverse;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (i == row) continue;
      double* const other = table_.data() + i * arms_;
      double const factor = other[column];
      if (factor == 0.0) continue;
      other[column] = 0.0;
      for (std::size_t j = 0; j < arms_; ++j) other[j] -= factor * pivot_row[j];
      limit_[i] = std::max(0.0, limit_[i] - factor * limit_[row]);
    }
    double const factor = profit_[column];
    profit_[column] = 0.0;
    for (std::size_t j = 0; j < arms_; ++j) profit_[j] -= factor * pivot_row[j];
    std::swap(basic_[row], at_zero_[column]);
  }

  // Gauss and Jordan with row pivots; false if singular. The right side is the last of n + 1 columns.
  [[nodiscard]] static bool eliminate(std::vector<double>& system, std::size_t n) {
    std::size_t const width = n + 1;
    for (std::size_t c = 0; c < n; ++c) {
      std::size_t largest = c;
      for (std::size_t r = c + 1; r < n; ++r) {
        if (std::fabs(system[r * width + c]) > std::fabs(system[largest * width + c])) largest = r;
      }
      if (system[largest * width + c] == 0.0) return false;
      std::swap_ranges(system.begin() + static_cast<std::ptrdiff_t>(c * width),
                       system.begin() + static_cast<std::ptrdiff_t>((c + 1) * width),
                       system.begin() + static_cast<std::ptrdiff_t>(largest * width));
      for (std::size_t r = c + 1; r < n; ++r) {
        double const factor = system[r * width + c] / system[c * width + c];
        if (factor == 0.0) continue;
        for (std::size_t j = c; j < width; ++j) system[r * width + j] -= factor * system[c * width + j];
      }
    }
    for (std::size_t c = n; c-- > 0;) {
      double value = system[c * width + n];
      for (std::size_t j = c + 1; j < n; ++j) value -= system[c * width + j] * system[j * width + n];
      system[c * width + n] = value / system[c * width + c];
    }
    return true;
  }

  std::span<double const> gaps_;  // row-major
  std::size_t arms_;
  double rounding_;
  std::vector<double> table_;
  std::vector<double> limit_;   // right sides: the values of the basic variables
  std::vector<double> profit_;  // what a unit of each variable at 0 would add
  std::vector<std::size_t> at_zero_;
  std::vector<std::size_t> basic_;
};

// By how much the weights fail to be optimal: the largest probability above 1/2 with which an arm beats the
// lottery. They must be a distribution.
[[nodiscard]] inline double best_answer(preference_matrix const& p, std::span<double const> weights) {
  double worst = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    double gain = 0.0;
    for (std::size_t j = 0; j < p.size(); ++j) gain += weights[j] * (p(i, j) - 0.5);
    worst = std::max(worst, gain);
  }
  return worst;
}

// Nothing if a game of more than `most_arms` would have to be solved, or if rounding got the better of every
// attempt.
[[nodiscard]] inline std::optional<std::vector<double>> solve_game(
    preference_matrix const& p, std::size_t most_arms = std::numeric_limits<std::size_t>::max()) {
  constexpr double certain = 1e-12;
  std::size_t const arms = p.size();
  double largest = 0.0;
  for (std::size_t i = 0; i < arms; ++i) {
    bool unbeaten = true;
    for (double const chance : p.row(i)) {
      unbeaten = unbeaten && chance >= 0.5;
      largest = std::max(largest, chance - 0.5);
    }
    if (!unbeaten) continue;
    std::vector<double> alone(arms, 0.0);
    alone[i] = 1.0;
    return alone;
  }
  if (arms > most_arms) return std::nullopt;
  // Scaled, so that rounding is small beside the gaps, however small they are.
  std::vector<double> gaps(arms * arms);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) gaps[i * arms + j] = (p(i, j) - 0.5) / largest;
  }
  // Nearly equal gaps can be ties or not: where taking them for ties fails, less and less is taken for one.
  for (double const rounding : {1e-11, 1e-13, 1e-15, 0.0}) {
    for (auto const rule : {symmetric_game::rule::steepest, symmetric_game::rule::bland}) {
      symmetric_game game{gaps, arms, rounding};
      if (!game.solve(rule)) continue;
      std::vector<double> weights = game.weights();
      double sum = 0.0;
      for (double const w : weights) sum += w;
      if (std::fabs(sum - 1.0) <= certain && best_answer(p, weights) <= certain) return weights;
    }
  }
  return std::nullopt;
}

}  // namespace detail

/// The von Neumann winner: a weight for each arm, at least 0 and of sum 1, such that an arm drawn with these
/// weights beats every arm with probability of at least 1/2 (checked before it is returned, to within 1e-12).
///
/// If an arm loses to none, the lowest such arm has weight 1. Else, if ties between arms leave several
/// optima, the one returned is a corner of their set, so that twins of an arm (equal rows) have no weight
/// beside it. Throws std::runtime_error if rounding keeps the check from passing: seen only of matrices with
/// many ties whose other gaps span eight orders of magnitude or more, and seldom there.
[[nodiscard]] inline std::vector<double> von_neumann_winner(preference_matrix const& p) {
  auto weights = detail::solve_game(p);
  if (!weights) {
    throw std::runtime_error{"von_neumann_winner: rounding keeps a game of " + detail::text(p.size()) +
                             " arms from being solved to within 1e-12"};
  }
  return *std::move(weights);
}

}  // namespace joust
