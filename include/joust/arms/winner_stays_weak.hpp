// SPDX-License-Identifier: MIT
//
// Winner stays, for weak regret. Every arm has a score, its wins minus its losses; the two largest duel, and
// whoever has just duelled stays in a tie. The winner of a long series carries a large score and takes on all
// others again: so after a time that does not grow with the horizon, every duel has the best arm in it.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other). Better for a
//           total order, in which every arm beats all below it
//   cost    O(log K) per round and per observation; no table, at most 48 bytes an arm; no allocation
//           after construction
//   delay   scores move when answers come: a batch without them names one pair again and again, and late
//           answers count in full. An answer for any pair of arms is used
//   repeat  the same answers and the same stream give the same pairs
//   source  Chen & Frazier, "Dueling Bandits with Weak Regret", ICML 2017 (WS-W)
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/winner_stays.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// The Winner Stays agent for weak regret, the smaller of both arms' gaps. With C_i the sum over i's duels of
/// 2 y - 1, its wins minus its losses, the pair of round t is
///
///     i_t = argmax_i C_i,     j_t = argmax_{j != i_t} C_j;
///
/// in a tie i_{t-1}, else j_{t-1}, else any of the tied. It recommends the arm of the largest score.
class winner_stays_weak : public detail::k_armed<winner_stays_weak, no_options> {
 public:
  static constexpr std::string_view name = "winner_stays_weak";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    return size() == 1 ? pairing{0, 0} : play_.next(stream);
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { play_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return play_.leader(); }

  void inherit(winner_stays_weak const& from, std::span<std::size_t const> kept) noexcept {
    play_.inherit(from.play_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("play", self.play_);
  }
  [[nodiscard]] bool sound() const noexcept { return play_.sound(size()); }

  detail::winner_stays play_{size()};
};

}  // namespace joust
