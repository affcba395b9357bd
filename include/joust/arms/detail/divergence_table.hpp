// SPDX-License-Identifier: MIT
//
// The duels of K arms, and how unlikely each arm's losses would be if it were the Condorcet winner. With N_ij
// duels of i and j, of which i has won the share p_ij (1/2 if they have not met), O_i the arms j with
// p_ij <= 1/2 and d the Bernoulli divergence, the evidence against arm i is
//
//     I_i = sum over j in O_i of N_ij d(p_ij, 1/2).
//
//   cost    record: O(K) additions and two logarithms; likeliest, opponent: O(K); three tables of K^2 doubles
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class divergence_table {
 public:
  divergence_table() = default;

  explicit divergence_table(std::size_t arms)
      : counts_{arms},
        duels_(arms * arms, 0.0),
        divergence_(arms * arms, 0.0),
        log_likelihood_(arms, 0.0),
        values_(arms, 0.0) {}

  [[nodiscard]] std::size_t arms() const noexcept { return counts_.arms(); }

  /// N_ij.
  [[nodiscard]] double duels(std::size_t i, std::size_t j) const noexcept { return duels_[i * arms() + j]; }

  /// p_ij.
  [[nodiscard]] double share(std::size_t i, std::size_t j) const noexcept {
    double const met = duels(i, j);
    return met > 0.0 ? counts_.wins(i, j) / met : 0.5;
  }

  /// d(p_ij, 1/2) where p_ij <= 1/2, else 0.
  [[nodiscard]] double divergence(std::size_t i, std::size_t j) const noexcept {
    return divergence_[i * arms() + j];
  }

  /// I_i of all arms, negative: the logarithms of how likely it is that they are the winner, up to constants.
  [[nodiscard]] std::span<double const> log_likelihoods() const noexcept { return log_likelihood_; }

  /// Whether j is in O_i: i has not beaten it.
  [[nodiscard]] bool unbeaten(std::size_t i, std::size_t j) const noexcept {
    return i != j && share(i, j) <= 0.5;
  }

  /// The arm with the least evidence against it; ties by the stream.
  template <class Stream>
  [[nodiscard]] std::size_t likeliest(Stream& stream) const {
    return argmax(log_likelihood_, stream);
  }

  /// The same with ties to the larger mean share, then to the lower index.
  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t best = 0;
    for (std::size_t i = 1; i < arms(); ++i) {
      if (log_likelihood_[i] > log_likelihood_[best] ||
          (log_likelihood_[i] == log_likelihood_[best] && counts_.borda(i) > counts_.borda(best))) {
        best = i;
      }
    }
    return best;
  }

  /// Who may show that `arm` is no winner: `best`, the likeliest one, if it is in O_arm, or if O_arm is empty
  /// (then `arm` is the best itself, and duels itself); else the arm that `arm` did worst against.
  template <class Stream>
  [[nodiscard]] std::size_t opponent(std::size_t arm, std::size_t best, Stream& stream) {
    if (unbeaten(arm, best) || counts_.beaten(arm) + 1 == arms()) return best;
    for (std::size_t j = 0; j < arms(); ++j) values_[j] = -share(arm, j);
    values_[arm] = -2.0;  // no arm is its own rival
    return argmax(values_, stream);
  }

  /// Who shows most cheaply that `arm` is no winner, regret per unit of evidence, if `best` is the winner: of
  /// the j with p_(arm, j) < 1/2 the one with the smallest
  ///     max(p_(best, arm) + p_(best, j) - 1, least) / d(p_(arm, j), 1/2),
  /// ties by the stream; arms() if there is none.
  template <class Stream>
  [[nodiscard]] std::size_t cheapest(std::size_t arm, std::size_t best, double least, Stream& stream) {
    double const own = share(best, arm) - 1.0;
    bool found = false;
    for (std::size_t j = 0; j < arms(); ++j) {
      double const information = divergence(arm, j);
      bool const beats = information > 0.0;
      found = found || beats;
      values_[j] = beats ? -std::fmax(own + share(best, j), least) / information : -HUGE_VAL;
    }
    return found ? argmax(values_, stream) : arms();
  }

  void record(std::size_t i, std::size_t j, outcome y) noexcept {
    counts_.record(i, j, y);
    duels_[i * arms() + j] = duels_[j * arms() + i] = counts_.duels(i, j);
    refresh(i, j);
    refresh(j, i);
  }

  void inherit(divergence_table const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        duels_[i * arms() + j] = from.duels(kept[i], kept[j]);
        divergence_[i * arms() + j] = from.divergence(kept[i], kept[j]);
      }
    }
    for (std::size_t i = 0; i < arms(); ++i) sum_up(i);
  }

  [[nodiscard]] bool sound() const noexcept {
    bool fine = counts_.sound();
    for (std::size_t i = 0; i < arms(); ++i) {
      fine = fine && std::isfinite(log_likelihood_[i]);
      for (std::size_t j = 0; j < arms(); ++j) {
        fine =
            fine && duels(i, j) == counts_.duels(i, j) && divergence(i, j) >= 0.0 && divergence(i, j) < 1.0;
      }
    }
    return fine;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("duels", self.duels_);
    visit("divergence", self.divergence_);
    visit("log_likelihood", self.log_likelihood_);
  }

 private:
  // What a duel of i and j changes on the side of i: one term of its evidence.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double const p = share(i, j);
    double const now = p <= 0.5 ? bernoulli_kl_to_half(p) : 0.0;
    double& kept = divergence_[i * arms() + j];
    if (now == 0.0 && kept == 0.0) return;
    kept = now;
    sum_up(i);
  }

  // Formed anew from its terms, because adding differences would let rounding drift over a long run.
  void sum_up(std::size_t i) noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < arms(); ++j) sum += duels(i, j) * divergence(i, j);
    log_likelihood_[i] = -sum;
  }

  pair_counts counts_;
  std::vector<double> duels_;           // [i * K + j]: N_ij, so that a row of shares lies side by side
  std::vector<double> divergence_;      // [i * K + j]: d(p_ij, 1/2) where p_ij <= 1/2, else 0
  std::vector<double> log_likelihood_;  // -I_i
  std::vector<double> values_;          // work space
};

}  // namespace joust::detail
