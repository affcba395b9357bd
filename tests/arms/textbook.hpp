// SPDX-License-Identifier: MIT
//
// The agents on preference matrices as their papers print them: every bound, divergence and sample formed
// anew in every round, O(K^2) and more. They exist to be compared with: the fast agents must make the same
// decisions on the same stream.
//
// What a round takes from the stream, and in which order, is part of the comparison:
//   a choice among n   nothing if n = 1, else draw_index(n), counted in order of index
//   rucb               C empty: choice among K. B in C and others too: draw_bernoulli(1/2) for B, and if it
//                      says no, choice among the others. Else: choice among C. Then a choice among the arms
//                      other than c whose bound is largest.
//   rmed1              nothing in the initial pass; then a choice among the arms of least evidence, and where
//                      the best arm is no opponent, a choice among those the arm did worst against.
//   double_thompson    the literal form: one Beta draw per pair, K (K - 1) / 2 of them, then a choice among
//                      the winners; one Beta draw per possible opponent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include <boost/math/special_functions/beta.hpp>
#include <boost/random/beta_distribution.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>

namespace textbook {

/// A square table; used for wins, bounds, samples and preference matrices alike.
struct table {
  std::size_t arms = 0;
  std::vector<double> cells;

  explicit table(std::size_t k, double fill = 0.0) : arms{k}, cells(k * k, fill) {}
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return cells[i * arms + j]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return cells[i * arms + j]; }
};

/// Yue & Joachims, "Beat the Mean Bandit", ICML 2011: six rankers of arXiv.org compared by clicks. Arm 0 is
/// the Condorcet winner.
[[nodiscard]] inline table arxiv6() {
  table p{6};
  p.cells = {.50, .55, .55, .54, .61, .61,  //
             .45, .50, .55, .55, .58, .60,  //
             .45, .45, .50, .54, .51, .56,  //
             .46, .45, .46, .50, .54, .50,  //
             .39, .42, .49, .46, .50, .51,  //
             .39, .40, .44, .50, .49, .50};
  return p;
}

/// Independent uniform preferences: usually without a Condorcet winner.
[[nodiscard]] inline table random_tournament(std::size_t arms, joust::stream& g) {
  table p{arms, 0.5};
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      p(i, j) = joust::draw_uniform(g);
      p(j, i) = 1.0 - p(i, j);
    }
  }
  return p;
}

/// A random tournament in which one random arm beats every other with 0.55 to 1.
[[nodiscard]] inline table random_condorcet(std::size_t arms, joust::stream& g) {
  table p = random_tournament(arms, g);
  std::size_t const winner = joust::draw_index(arms, g);
  for (std::size_t j = 0; j < arms; ++j) {
    if (j == winner) continue;
    p(winner, j) = 0.55 + 0.45 * joust::draw_uniform(g);
    p(j, winner) = 1.0 - p(winner, j);
  }
  return p;
}

/// What all textbook agents share: the counts.
class counting {
 public:
  explicit counting(std::size_t k) : arms_{k}, wins_{k} {}

  void observe(std::size_t first, std::size_t second, double y) {
    if (first == second) return;
    wins_(first, second) += y;
    wins_(second, first) += 1.0 - y;
  }

 protected:
  [[nodiscard]] double met(std::size_t i, std::size_t j) const { return wins_(i, j) + wins_(j, i); }

  // u_ij = w_ij / N_ij + sqrt(alpha ln t / N_ij), 1/2 on the diagonal
  [[nodiscard]] table upper_bounds(double alpha, double untried) const {
    table u{arms_, 0.5};
    double const level = alpha * std::log(static_cast<double>(round_));
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) {
        if (i == j) continue;
        double const n = met(i, j);
        u(i, j) = n > 0.0 ? wins_(i, j) / n + std::sqrt(level / n) : untried;
      }
    }
    return u;
  }

  template <class Stream>
  [[nodiscard]] static std::size_t any_of(std::vector<std::size_t> const& arms, Stream& g) {
    return arms[joust::draw_index(arms.size(), g)];
  }

  std::size_t arms_;
  table wins_;
  std::uint64_t round_ = 0;
};

/// Zoghi, Whiteson, Munos & de Rijke, ICML 2014, algorithm 1.
class rucb : public counting {
 public:
  explicit rucb(std::size_t k, double alpha = 0.51, double untried = 1.0)
      : counting{k}, alpha_{alpha}, untried_{untried} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    table const u = upper_bounds(alpha_, untried_);
    std::vector<std::size_t> champions;
    for (std::size_t i = 0; i < arms_; ++i) {
      bool all = true;
      for (std::size_t j = 0; j < arms_; ++j) all = all && u(i, j) >= 0.5;
      if (all) champions.push_back(i);
    }
    if (b_ && std::find(champions.begin(), champions.end(), *b_) == champions.end()) b_.reset();
    std::size_t c = 0;
    if (champions.empty()) {
      c = joust::draw_index(arms_, g);
    } else if (champions.size() == 1) {
      b_ = c = champions[0];
    } else if (b_ && joust::draw_bernoulli(0.5, g) == 1.0) {
      c = *b_;
    } else {
      if (b_) champions.erase(std::find(champions.begin(), champions.end(), *b_));
      c = any_of(champions, g);
    }
    double highest = -1.0;
    std::vector<std::size_t> rivals;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == c || u(j, c) < highest) continue;
      if (u(j, c) > highest) rivals.clear();
      highest = u(j, c);
      rivals.push_back(j);
    }
    std::size_t const d = rivals.empty() ? c : any_of(rivals, g);
    return {c, highest >= 0.5 ? d : c};  // c competes with u_cc = 1/2 and loses ties
  }

 private:
  double alpha_;
  double untried_;
  std::optional<std::size_t> b_;
};

/// Komiyama, Honda, Kashima & Nakagawa, COLT 2015, algorithms 1 and 2.
class rmed1 : public counting {
 public:
  explicit rmed1(std::size_t k, double factor = 0.3, double exponent = 1.01)
      : counting{k}, f_{factor * std::pow(static_cast<double>(k), exponent)} {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = i + 1; j < k; ++j) initial_.push_back({i, j});
      remaining_.insert(i);
    }
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    while (next_initial_ < initial_.size()) {
      joust::pairing const pair = initial_[next_initial_++];
      if (met(pair.first, pair.second) == 0.0) return pair;
    }
    std::vector<double> const evidence = divergences();
    double const least = *std::min_element(evidence.begin(), evidence.end());
    if (turn_) {  // the duel of the previous round has been answered, or never will be
      remaining_.erase(*turn_);
      double const slack = std::log(static_cast<double>(round_ - 1)) + f_;
      for (std::size_t j = 0; j < arms_; ++j) {
        if (remaining_.count(j) == 0 && evidence[j] - least <= slack) next_.insert(j);
      }
    }
    if (remaining_.empty()) {
      remaining_ = next_;
      next_.clear();
    }
    std::size_t const l = *remaining_.begin();
    turn_ = l;
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (evidence[i] == least) best.push_back(i);
    }
    std::size_t const i_star = any_of(best, g);
    std::vector<std::size_t> opponents;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != l && share(l, j) <= 0.5) opponents.push_back(j);
    }
    bool const eligible = std::find(opponents.begin(), opponents.end(), i_star) != opponents.end();
    if (eligible || opponents.empty()) return {l, i_star};
    double lowest = 2.0;
    for (std::size_t const j : opponents) lowest = std::min(lowest, share(l, j));
    std::vector<std::size_t> worst;
    for (std::size_t const j : opponents) {
      if (share(l, j) == lowest) worst.push_back(j);
    }
    return {l, any_of(worst, g)};
  }

  /// I_i for every arm.
  [[nodiscard]] std::vector<double> divergences() const {
    std::vector<double> sums(arms_, 0.0);
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) {
        double const p = share(i, j);
        if (j == i || p > 0.5) continue;
        double const d = (p > 0.0 ? p * std::log(2.0 * p) : 0.0) + (1.0 - p) * std::log(2.0 * (1.0 - p));
        sums[i] += met(i, j) * std::max(d, 0.0);
      }
    }
    return sums;
  }

 private:
  [[nodiscard]] double share(std::size_t i, std::size_t j) const {
    return met(i, j) > 0.0 ? wins_(i, j) / met(i, j) : 0.5;
  }

  double f_;
  std::vector<joust::pairing> initial_;
  std::size_t next_initial_ = 0;
  std::set<std::size_t> remaining_;  // L_R; what has left it of L_C needs no name
  std::set<std::size_t> next_;       // L_N
  std::optional<std::size_t> turn_;
};

/// Wu & Liu, NeurIPS 2016, algorithm 1: two Beta samples, the first of the whole matrix.
class double_thompson : public counting {
 public:
  explicit double_thompson(std::size_t k, double alpha = 0.51) : counting{k}, alpha_{alpha} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    table const u = upper_bounds(alpha_, 1.0);
    table theta{arms_, 0.5};
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = i + 1; j < arms_; ++j) {
        theta(i, j) = boost::random::beta_distribution<double>{wins_(i, j) + 1.0, wins_(j, i) + 1.0}(g);
        theta(j, i) = 1.0 - theta(i, j);
      }
    }
    std::size_t const a = any_of(winners(optimistic(u), theta), g);
    std::size_t b = a;
    double highest = 0.5;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (i == a || 1.0 - u(a, i) > 0.5) continue;  // l_ia = 1 - u_ai
      double const sample = boost::random::beta_distribution<double>{wins_(i, a) + 1.0, wins_(a, i) + 1.0}(g);
      if (sample > highest) {
        highest = sample;
        b = i;
      }
    }
    return {a, b};
  }

 protected:
  // The arms with the largest optimistic Copeland score.
  [[nodiscard]] std::vector<std::size_t> optimistic(table const& u) const {
    std::vector<std::size_t> all(arms_);
    for (std::size_t i = 0; i < arms_; ++i) all[i] = i;
    return winners(all, u);
  }

  // Those of `arms` that have most entries above 1/2 in their row.
  [[nodiscard]] std::vector<std::size_t> winners(std::vector<std::size_t> const& arms, table const& m) const {
    std::vector<std::size_t> best;
    std::size_t most = 0;
    for (std::size_t const i : arms) {
      std::size_t score = 0;
      for (std::size_t j = 0; j < arms_; ++j) score += m(i, j) > 0.5 ? 1U : 0U;
      if (best.empty() || score > most) {
        best.clear();
        most = score;
      }
      if (score == most) best.push_back(i);
    }
    return best;
  }

  double alpha_;
};

}  // namespace textbook
