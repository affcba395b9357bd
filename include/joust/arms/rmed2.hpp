// SPDX-License-Identifier: MIT
//
// RMED1 with an eye on the price. An arm that is no winner need not be refuted by the winner: a third arm
// that beats it clearly may take fewer duels, and less regret. RMED2 estimates for each arm who refutes it at
// the least regret per unit of evidence, and mostly uses that opponent.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round and three logarithms; O(K) additions and two logarithms per observation; three
//           tables of K^2 doubles; no allocation after construction
//   delay   the turns go round while answers are outstanding; a pair that has met too rarely is asked once
//           per sweep over all pairs, answered or not
//   repeat  the same answers and the same stream give the same pairs
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret Lower Bound and Optimal Algorithm in Dueling Bandit
//           Problem", COLT 2015, algorithms 1 and 3; details that the paper leaves open as in the authors'
//           code (github.com/jkomiyama/duelingbanditlib)
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <joust/arms/detail/cheap_refutation.hpp>
#include <joust/arms/detail/divergence_table.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_sweep.hpp>
#include <joust/arms/detail/plausible_turns.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How long RMED2 doubts, how well it knows each pair, and how it prices a refutation.
struct rmed2_options {
  double factor = 0.3;     ///< f(K) = factor * K^exponent, as in RMED1; at least 0
  double exponent = 1.01;  ///< at least 0; the theorem asks for more than 1
  double alpha = 3.0;      ///< every pair meets alpha ln ln t times, at least once; from 0 to 1000000
  double least = 0.01;     ///< least price of a duel, whatever the estimates say; -1: take them as they are

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::check_slack(factor, exponent);
    detail::check_refutation(alpha, least);
  }
  void check(std::size_t arms) const { detail::check_slack(factor, exponent, arms); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("factor", self.factor, "f(K) = factor * K^exponent");
    visit("exponent", self.exponent, "f(K) = factor * K^exponent");
    visit("alpha", self.alpha, "every pair meets alpha ln ln t times");
    visit("least", self.least, "least price of a duel; -1: none");
  }
  friend bool operator==(rmed2_options const&, rmed2_options const&) = default;
};

/// The RMED2 agent. With N_ij, p_ij, O_i, d and the evidence I_i of RMED1, i* the arm of least evidence, the
/// cheapest opponent of arm l is
///
///     b(l) = argmin over {j : p_lj < 1/2} of max(p_i*l + p_i*j - 1, least) / d(p_lj, 1/2).
///
/// Pairs with N_ij < alpha ln ln t are drawn before anything else; then arms take turns as in RMED1. In its
/// turn, arm l duels i* if that is in O_l and N_(l,i*) ln ln t <= N_(l,b(l)); else b(l), if there is one;
/// else whom RMED1 would choose.
///
/// It recommends the arm with the least evidence against it (ties: larger mean share, then lower index).
class rmed2 : public detail::k_armed<rmed2, rmed2_options> {
 public:
  static constexpr std::string_view name = "rmed2";
  using k_armed::k_armed;

  /// I_i, the evidence that `arm` is not the Condorcet winner, in nats. Throws std::invalid_argument for an
  /// unknown or retired arm.
  [[nodiscard]] double evidence(std::size_t arm) const { return -table_.log_likelihoods()[position(arm)]; }

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    turns_.close(table_.log_likelihoods(), round() - 1);
    double const log_log_t = detail::log_log(round());
    auto const duels = [this](std::size_t i, std::size_t j) { return table_.duels(i, j); };
    double const goal = std::max(options().alpha * log_log_t, 1.0);
    if (std::optional<pairing> const pair = sweep_.next(size(), goal, duels)) return *pair;
    std::size_t const arm = turns_.open();
    std::size_t const leader = table_.likeliest(stream);
    std::size_t const cheap = table_.cheapest(arm, leader, options().least, stream);
    return {arm, detail::economical_opponent(table_, arm, leader, cheap, log_log_t, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { table_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return table_.best(); }

  // The evidence stays; pairs that have met too rarely are drawn, and then every arm has a turn again.
  void inherit(rmed2 const& from, std::span<std::size_t const> kept) noexcept {
    table_.inherit(from.table_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("table", self.table_);
    visit("sweep", self.sweep_);
    visit("turns", self.turns_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return table_.sound() && sweep_.sound(size()) && turns_.sound();
  }

  detail::divergence_table table_{size()};
  detail::pair_sweep sweep_;
  detail::plausible_turns turns_{size(), options().factor, options().exponent};
};

}  // namespace joust
