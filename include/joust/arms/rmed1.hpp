// SPDX-License-Identifier: MIT
//
// Relative minimum empirical divergence. Each arm carries the evidence that it is not the winner: how
// unlikely its losses would be if it were. Every arm whose evidence is within ln t of the least keeps its
// turn, and uses it against the arm most likely to show that it is no winner: the current best.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round and one logarithm; O(K) additions and two logarithms per observation; no
//           allocation after construction
//   repeat  the same answers and the same stream give the same pairs
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret Lower Bound and Optimal Algorithm in Dueling Bandit
//           Problem", COLT 2015, algorithms 1 and 2
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How long RMED1 doubts: an arm keeps its turn while its evidence is within ln t + factor * K^exponent of
/// the least.
struct rmed1_options {
  double factor = 0.3;     ///< at least 0
  double exponent = 1.01;  ///< at least 0; the theorem asks for more than 1

  friend bool operator==(rmed1_options const&, rmed1_options const&) = default;
};

/// The RMED1 agent. With N_ij duels of i and j, of which i has won the share p_ij (1/2 if they have not met),
/// O_i the arms j with p_ij <= 1/2 and d the Bernoulli divergence, the evidence against arm i is
///
///     I_i = sum over j in O_i of N_ij d(p_ij, 1/2).
class rmed1 {
 public:
  /// A prototype: it has no arms, and serves to make agents by fresh(setting).
  rmed1() = default;

  /// A prototype with options.
  explicit rmed1(rmed1_options options) : options_{checked(options)} {}

  /// An agent for `arms` >= 1 arms. Throws std::invalid_argument for 0 arms or options out of range.
  explicit rmed1(std::size_t arms, rmed1_options options = {})
      : options_{checked(options)},
        counts_{arms},
        slack_{checked_slack(arms, options)},
        terms_(arms * arms, 0.0),
        log_likelihood_(arms, 0.0),
        rival_share_(arms * arms, 0.5),
        in_list_(arms, 1),
        in_next_(arms, 0) {
    for (std::size_t i = 0; i < arms; ++i) rival_share_[i * arms + i] = -1.0;  // no arm is its own rival
  }

  /// The next pair: first every pair that has not met, once; then the arm whose turn it is and the opponent
  /// most likely to refute it. Advances the round. A pair whose answer never comes does no harm.
  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    counts_.require_arms("rmed1");
    ++round_;
    for (; initial_.first + 1 < arms(); initial_ = {initial_.first + 1, initial_.first + 2}) {
      for (; initial_.second < arms(); ++initial_.second) {
        if (counts_.duels(initial_.first, initial_.second) == 0.0) {
          return {initial_.first, initial_.second++};
        }
      }
    }
    if (turn_ == none) {
      turn_ = 0;
    } else {
      close_turn();
    }
    return {turn_, opponent(turn_, stream)};
  }

  /// Learns from a duel. A self-duel is accepted and teaches nothing. Throws std::invalid_argument for an
  /// unknown arm or an outcome outside [0, 1], and then changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    counts_.require_duel("rmed1", first, second, y);
    if (first == second) return;
    counts_.record(first, second, y);
    refresh(first, second);
    refresh(second, first);
  }

  /// The arm with the least evidence against it (ties: larger mean share, then lower index).
  [[nodiscard]] std::size_t recommend() const {
    counts_.require_arms("rmed1");
    std::size_t best = 0;
    for (std::size_t i = 1; i < arms(); ++i) {
      if (log_likelihood_[i] > log_likelihood_[best] ||
          (log_likelihood_[i] == log_likelihood_[best] && counts_.borda(i) > counts_.borda(best))) {
        best = i;
      }
    }
    return best;
  }

  /// I_i, the evidence that `arm` is not the Condorcet winner, in nats. Throws std::invalid_argument for an
  /// unknown arm.
  [[nodiscard]] double evidence(std::size_t arm) const {
    counts_.require_arms("rmed1");
    detail::require_index("arm", arm, arms());
    return -log_likelihood_[arm];
  }

  /// The number of arms; 0 for a prototype.
  [[nodiscard]] std::size_t arms() const noexcept { return counts_.arms(); }

  [[nodiscard]] rmed1_options const& options() const noexcept { return options_; }

  /// A new agent of the same options, without experience. Refuses changing arms: an index must mean the same
  /// arm in every round.
  [[nodiscard]] rmed1 fresh(setting const& s) const {
    return rmed1{detail::require_fixed_arms("rmed1", s), options_};
  }

  /// Equal in behaviour: the same options, the same experience, the same point in the same lists.
  friend bool operator==(rmed1 const&, rmed1 const&) = default;

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  static double checked_slack(std::size_t arms, rmed1_options options) {
    double const power = std::pow(static_cast<double>(arms), options.exponent);
    if (!std::isfinite(power) || !std::isfinite(options.factor * power)) {
      detail::reject("exponent",
                     detail::text(options.exponent) + " with factor " + detail::text(options.factor),
                     "factor * arms^exponent to be finite, and arms^exponent too");
    }
    return options.factor * power;
  }

  static rmed1_options checked(rmed1_options options) {
    if (!(options.factor >= 0.0 && std::isfinite(options.factor))) {
      detail::reject("factor", detail::text(options.factor), "a finite number of at least 0");
    }
    if (!(options.exponent >= 0.0 && std::isfinite(options.exponent))) {
      detail::reject("exponent", detail::text(options.exponent), "a finite number of at least 0");
    }
    return options;
  }

  // The end of the turn that the previous round gave to arm `turn_`. The list in play is `in_list_`, taken in
  // order of index, so the arms that still wait for their turn are the listed ones behind `turn_`. All others
  // that are still plausible enter the next list. The best arm is among those, at the latest when nobody
  // waits any more, so the next list is never empty.
  void close_turn() noexcept {
    double const least = *std::max_element(log_likelihood_.begin(), log_likelihood_.end()) -
                         (std::log(static_cast<double>(round_ - 1)) + slack_);
    for (std::size_t j = 0; j < arms(); ++j) {
      bool const waiting = j > turn_ && in_list_[j] != 0;
      in_next_[j] |= static_cast<unsigned char>(!waiting && log_likelihood_[j] >= least);
    }
    do {
      if (++turn_ == arms()) {
        in_list_.swap(in_next_);
        std::fill(in_next_.begin(), in_next_.end(), static_cast<unsigned char>(0));
        turn_ = 0;
      }
    } while (in_list_[turn_] == 0);
  }

  // The current best arm if `arm` has not beaten it, or if it has beaten everyone (then it is the best
  // itself, and duels itself); else the arm it did worst against.
  template <class Stream>
  std::size_t opponent(std::size_t arm, Stream& stream) {
    std::size_t const best = argmax(log_likelihood_, stream);
    std::span<double const> const rivals{rival_share_.data() + arm * arms(), arms()};
    if (rivals[best] >= 0.5 || counts_.beaten(arm) + 1 == arms()) return best;
    return argmax(rivals, stream);
  }

  // What a duel of i and j changes on the side of i: one term of its evidence. The sum is formed anew from
  // its terms, because adding differences would let rounding drift over a long run.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double const share = counts_.share(i, j);
    rival_share_[j * arms() + i] = share;
    double& kept = terms_[i * arms() + j];
    double const term = share <= 0.5 ? counts_.duels(i, j) * bernoulli_kl_to_half(share) : 0.0;
    if (term == kept) return;
    kept = term;
    double sum = 0.0;
    for (std::size_t k = 0; k < arms(); ++k) sum += terms_[i * arms() + k];
    log_likelihood_[i] = -sum;
  }

  rmed1_options options_;
  detail::pair_counts counts_;
  double slack_ = 0.0;                  // f(K) = factor * K^exponent
  std::vector<double> terms_;           // [i * K + j]: N_ij d(p_ij, 1/2) where p_ij <= 1/2, else 0
  std::vector<double> log_likelihood_;  // -I_i
  std::vector<double> rival_share_;     // [l * K + j]: p_jl, the rivals of l side by side
  std::vector<unsigned char> in_list_;  // L_C: who has a turn in the current pass
  std::vector<unsigned char> in_next_;  // L_N: who will have one in the next
  pairing initial_{0, 1};               // the next pair of the initial pass
  std::size_t turn_ = none;             // whose turn the last round was
  std::uint64_t round_ = 0;
};

}  // namespace joust
