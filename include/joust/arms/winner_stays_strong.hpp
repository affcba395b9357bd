// SPDX-License-Identifier: MIT
//
// Winner stays, for strong regret. It plays as winner_stays_weak does until every arm but one has lost once
// more than before; the one left then duels itself, for longer after each such round. So exploration becomes
// rare, at the risk that a long self-duel falls to the wrong arm.
//
//   needs   the same arms every round, and a Condorcet winner that wins each duel with a chance of more than
//           beta / (1 + beta)
//   cost    O(log K) per round and per observation, O(1) in a self-duel; no allocation after construction
//   delay   self-duels pass as they are selected; exploration repeats its pair until answers come, and goes
//           on when they do. An answer for any pair of arms is used
//   repeat  the same answers and the same stream give the same pairs
//   source  Chen & Frazier, "Dueling Bandits with Weak Regret", ICML 2017 (WS-S)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/winner_stays.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How fast Winner Stays gains confidence.
struct winner_stays_strong_options {
  double beta = 1.1;  ///< growth of the self-duels, above 1; below p / (1 - p), p the winner's least chance

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(beta > 1.0 && beta <= 1e6)) {
      detail::reject("beta", detail::text(beta), "a number above 1, at most 1e6");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "factor by which each series of self-duels outlasts the one before");
  }
  friend bool operator==(winner_stays_strong_options const&, winner_stays_strong_options const&) = default;
};

/// The Winner Stays agent for strong regret. Round l of exploration lasts while a second arm has a score
/// above -l, and is played by the rule of winner_stays_weak. The arm Z of the largest score then duels itself
/// in the next floor(beta^l) selections, and round l + 1 begins. It recommends the arm of the largest score.
class winner_stays_strong : public detail::k_armed<winner_stays_strong, winner_stays_strong_options> {
 public:
  static constexpr std::string_view name = "winner_stays_strong";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (size() == 1) return {0, 0};
    if (self_duels_ == 0 && play_.runner_up() <= -static_cast<double>(explored_ + 1)) {
      ++explored_;
      // No horizon is longer, and the product stays a number.
      stretch_ = std::min(stretch_ * options().beta, 1e18);
      self_duels_ = static_cast<std::uint64_t>(std::floor(stretch_));
      winner_ = play_.leader();
    }
    if (self_duels_ == 0) return play_.next(stream);
    --self_duels_;
    return {winner_, winner_};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { play_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return play_.leader(); }

  // If the arm that duels itself has been retired, exploration goes on at once.
  void inherit(winner_stays_strong const& from, std::span<std::size_t const> kept) noexcept {
    play_.inherit(from.play_, kept);
    explored_ = from.explored_;
    stretch_ = from.stretch_;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] != from.winner_) continue;
      winner_ = i;
      self_duels_ = from.self_duels_;
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("play", self.play_);
    visit("explored", self.explored_);
    visit("stretch", self.stretch_);
    visit("self_duels", self.self_duels_);
    visit("winner", self.winner_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return play_.sound(size()) && winner_ < size() && stretch_ >= 1.0 && stretch_ <= 1e18;
  }

  detail::winner_stays play_{size()};
  std::uint64_t explored_ = 0;    // rounds of exploration so far, l
  double stretch_ = 1.0;          // beta^l, by multiplication: std::pow differs between platforms
  std::uint64_t self_duels_ = 0;  // still to come in this series
  std::size_t winner_ = 0;        // of the last round, Z in the paper
};

}  // namespace joust
