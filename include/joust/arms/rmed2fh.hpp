// SPDX-License-Identifier: MIT
//
// RMED2 for a horizon known in advance. Every pair first meets a few times, as many as the horizon asks for;
// then it is settled, once for all, who refutes each arm at the least regret per unit of evidence. The one of
// the family whose regret is proved to reach the lower bound.
//
//   needs   the same arms every round, a Condorcet winner (an arm that beats every other), and the horizon
//   cost    O(K) per round and three logarithms, O(K^2) in the round after the initial phase; O(K) additions
//           and two logarithms per observation; three tables of K^2 doubles; no allocation after construction
//   delay   the turns go round while answers are outstanding; a batch longer than the initial phase settles
//           the opponents on what has been answered by then
//   repeat  the same answers and the same stream give the same pairs
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret Lower Bound and Optimal Algorithm in Dueling Bandit
//           Problem", COLT 2015, algorithms 1 and 3; details that the paper leaves open as in the authors'
//           code (github.com/jkomiyama/duelingbanditlib)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/cheap_refutation.hpp>
#include <joust/arms/detail/divergence_table.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_sweep.hpp>
#include <joust/arms/detail/plausible_turns.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How long RMED2FH plays and doubts, how well it knows each pair, and how it prices a refutation.
struct rmed2fh_options {
  std::uint64_t horizon = 0;  ///< rounds to be played; 0: the setting's
  double factor = 0.3;        ///< f(K) = factor * K^exponent, as in RMED1; at least 0
  double exponent = 1.01;     ///< at least 0; the theorem asks for more than 1
  double alpha = 3.0;         ///< initial duels per pair: alpha ln ln horizon, rounded up; from 0 to 1000000
  double least = 0.01;  ///< least price of a duel, whatever the estimates say; -1: take them as they are

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::check_slack(factor, exponent);
    detail::check_refutation(alpha, least);
  }
  /// Throws std::invalid_argument also if there is no horizon.
  void check(std::size_t arms) const {
    detail::check_slack(factor, exponent, arms);
    if (horizon == 0) {
      detail::reject("horizon", detail::text(horizon),
                     "the number of rounds to be played, in the options or in the setting");
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: those of the study");
    visit("factor", self.factor, "f(K) = factor * K^exponent");
    visit("exponent", self.exponent, "f(K) = factor * K^exponent");
    visit("alpha", self.alpha, "every pair first meets alpha ln ln horizon times");
    visit("least", self.least, "least price of a duel; -1: none");
  }
  friend bool operator==(rmed2fh_options const&, rmed2fh_options const&) = default;
};

/// The RMED2FH agent. Every pair first meets ceil(alpha ln ln T) times, T the horizon, and at least once.
/// Then, with the notation of RMED2, the opponents
///
///     b(l) = argmin over {j : p_lj < 1/2} of max(p_i*l + p_i*j - 1, least) / d(p_lj, 1/2)
///
/// are settled, and arms take turns as in RMED1. In its turn, arm l duels i* if that is in O_l and
/// N_(l,i*) ln ln t <= N_(l,b(l)); else b(l), if it is in O_l; else whom RMED1 would choose.
///
/// It recommends the arm with the least evidence against it (ties: larger mean share, then lower index).
class rmed2fh : public detail::k_armed<rmed2fh, rmed2fh_options> {
 public:
  static constexpr std::string_view name = "rmed2fh";
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
    if (!settled_) {
      auto const duels = [this](std::size_t i, std::size_t j) { return table_.duels(i, j); };
      double const goal = std::max(options().alpha * detail::log_log(options().horizon), 1.0);
      if (std::optional<pairing> const pair = sweep_.next(size(), goal, duels)) return *pair;
      settle(stream);
    }
    std::size_t const arm = turns_.open();
    std::size_t const leader = table_.likeliest(stream);
    double const log_log_t = detail::log_log(round());
    return {arm, detail::economical_opponent(table_, arm, leader, cheapest_[arm], log_log_t, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { table_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return table_.best(); }

  template <class Stream>
  void settle(Stream& stream) {
    std::size_t const leader = table_.likeliest(stream);
    for (std::size_t arm = 0; arm < size(); ++arm) {
      cheapest_[arm] = table_.cheapest(arm, leader, options().least, stream);
    }
    settled_ = true;
  }

  // The evidence stays; pairs that have met too rarely are drawn, the opponents are settled anew, and every
  // arm has a turn again.
  void inherit(rmed2fh const& from, std::span<std::size_t const> kept) noexcept {
    table_.inherit(from.table_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("table", self.table_);
    visit("sweep", self.sweep_);
    visit("turns", self.turns_);
    visit("settled", self.settled_);
    visit("cheapest", self.cheapest_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return table_.sound() && sweep_.sound(size()) && turns_.sound();
  }

  detail::divergence_table table_{size()};
  detail::pair_sweep sweep_;
  detail::plausible_turns turns_{size(), options().factor, options().exponent};
  bool settled_ = false;
  std::vector<std::size_t> cheapest_ = row(none);  // b(l), settled after the initial phase; size() if nobody
};

}  // namespace joust
