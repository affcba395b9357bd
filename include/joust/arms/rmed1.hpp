// SPDX-License-Identifier: MIT
//
// Relative minimum empirical divergence. Each arm carries the evidence that it is not the winner: how
// unlikely its losses would be if it were. Every arm whose evidence is within ln t of the least keeps its
// turn, and uses it against the arm most likely to show that it is no winner: the current best.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(K) per round and one logarithm; O(K) additions and two logarithms per observation; three
//           tables of K^2 doubles; no allocation after construction
//   delay   the turns go round while answers are outstanding, so a batch asks about every plausible arm
//           before it asks about one again
//   repeat  the same answers and the same stream give the same pairs
//   source  Komiyama, Honda, Kashima & Nakagawa, "Regret Lower Bound and Optimal Algorithm in Dueling Bandit
//           Problem", COLT 2015, algorithms 1 and 2
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <joust/arms/detail/divergence_table.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_sweep.hpp>
#include <joust/arms/detail/plausible_turns.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How long RMED1 doubts: an arm keeps its turn while its evidence is within ln t + factor * K^exponent of
/// the least.
struct rmed1_options {
  double factor = 0.3;     ///< at least 0
  double exponent = 1.01;  ///< at least 0; the theorem asks for more than 1

  /// Throws std::invalid_argument for an option out of range.
  void check() const { detail::check_slack(factor, exponent); }
  void check(std::size_t arms) const { detail::check_slack(factor, exponent, arms); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("factor", self.factor, "f(K) = factor * K^exponent");
    visit("exponent", self.exponent, "f(K) = factor * K^exponent");
  }
  friend bool operator==(rmed1_options const&, rmed1_options const&) = default;
};

/// The RMED1 agent. With N_ij duels of i and j, of which i has won the share p_ij (1/2 if they have not met),
/// O_i the arms j with p_ij <= 1/2 and d the Bernoulli divergence, the evidence against arm i is
///
///     I_i = sum over j in O_i of N_ij d(p_ij, 1/2).
///
/// First every pair that has not met is drawn once; then the arms take turns. In its turn, arm l duels the
/// arm of least evidence if that is in O_l or O_l is empty, else the j with the smallest p_lj.
///
/// It recommends the arm with the least evidence against it (ties: larger mean share, then lower index).
class rmed1 : public detail::k_armed<rmed1, rmed1_options> {
 public:
  static constexpr std::string_view name = "rmed1";
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
    auto const duels = [this](std::size_t i, std::size_t j) { return table_.duels(i, j); };
    if (std::optional<pairing> const pair = sweep_.next(size(), 1.0, duels)) return *pair;
    std::size_t const arm = turns_.open();
    return {arm, table_.opponent(arm, table_.likeliest(stream), stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { table_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return table_.best(); }

  // The evidence stays; pairs that have not met are drawn, and then every arm has a turn again.
  void inherit(rmed1 const& from, std::span<std::size_t const> kept) noexcept {
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
