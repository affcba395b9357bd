// SPDX-License-Identifier: MIT
//
// Scalable Copeland bandits. An arm earns a reward by beating a random other one, where "beats" means that
// their duels are repeated until it is clear who wins; arms whose mean reward falls behind drop out of the
// race. So the Copeland winner is found without learning the whole matrix, and is then played against itself
// until the phase ends. Phases grow by squaring, and each must be surer than the one before.
//
//   needs   the same arms every round, and no exact ties; no Condorcet winner: a Copeland winner always
//           exists
//   cost    O(1) per round while a pair is being settled or the winner played; a new pair takes O(K) for each
//           pass of rewards that are known without a duel, about K passes where nearly all are settled;
//           O(K^2) where a phase begins; O(1) per observation; one table of K^2 doubles; no allocation after
//           construction
//   delay   the pair being settled is asked about again and again, and left for another after 64 questions
//           without an answer; every answer is used
//   repeat  the same answers and the same stream give the same pairs
//   source  Zoghi, Karnin, Whiteson & de Rijke, "Copeland Dueling Bandits", NeurIPS 2015, algorithms 2 to 4
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How long SCB's phases are, and how sure it has to be.
struct scb_options {
  std::uint64_t first_phase = 4;  ///< rounds of the first phase, at least 2; each further one is its square
  double scale = 1.0;  ///< factor on all evidence that is asked for, above 0; 1 is what the proofs need

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (first_phase < 2) detail::reject("first_phase", detail::text(first_phase), "at least 2 rounds");
    if (!(scale > 0.0 && scale <= 1e100)) {
      detail::reject("scale", detail::text(scale), "a number above 0, at most 1e100");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("first_phase", self.first_phase, "rounds of the first phase; each further one is its square");
    visit("scale", self.scale, "factor on the evidence that is asked for; 1: what the proofs need");
  }
  friend bool operator==(scb_options const&, scb_options const&) = default;
};

/// The SCB agent. In a phase of T rounds, with delta = ln T / T, p_ij the share that i has won of its N_ij
/// duels with j and d the Bernoulli divergence, the pair is settled once
///
///     N_ij d(p_ij, 1/2) > x,   x = ln(K^2 / delta) + 1 + ln ceil(x ln n),   n all rounds to the phase's end,
///
/// which is wrong with probability of at most delta / K^2. An arm with mean reward m after r rewards, of t
/// that all arms have got together, is out once the q with r d(m, q) <= ln(4 t K / delta) + 2 ln ln t all lie
/// below those of another arm.
///
/// It recommends the winner of the phase; before that is known, the arm that has beaten the most others
/// (ties: larger mean share, then lower index).
class scb : public detail::k_armed<scb, scb_options> {
 public:
  static constexpr std::string_view name = "scb";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (left_ == 0) begin_phase();
    --left_;
    while (winner_ == none) {
      if (opponent_ != none && !settled(turn_, opponent_)) {
        if (asked_++ < patience) return {turn_, opponent_};
        opponent_ = none;  // nobody answers: another opponent may be luckier
      } else if (opponent_ != none) {
        if (leads(turn_, opponent_)) ++rewards_[turn_];
        opponent_ = none;
        pass_turn();
      } else if (racing_ == 1 || open_ == 0) {
        winner_ = most_beating(stream);
      } else {
        asked_ = 0;
        opponent_ = draw_index(size() - 1, stream);
        opponent_ += opponent_ >= turn_ ? 1U : 0U;  // steps over the arm itself
      }
    }
    return {winner_, winner_};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (phase_ == 0) return counts_.record(i, j, y);
    bool const before = settled(i, j);
    counts_.record(i, j, y);
    bool const after = settled(i, j);
    if ((i == turn_ && j == opponent_) || (j == turn_ && i == opponent_)) asked_ = 0;
    if (before == after) return;
    for (std::size_t const arm : {i, j}) {
      after ? --unsettled_[arm] : ++unsettled_[arm];
      if (in_race_[arm] != 0) after ? --open_ : ++open_;
    }
  }

  [[nodiscard]] std::size_t best() const noexcept { return winner_ != none ? winner_ : counts_.leader(); }

  // What duels have shown is kept; the race starts anew, at the confidence of the new phase.
  void begin_phase() noexcept {
    constexpr std::uint64_t root = std::uint64_t{1} << 32U;
    if (phase_ == 0) {
      phase_ = options().first_phase;
    } else {
      phase_ = phase_ < root ? phase_ * phase_ : std::numeric_limits<std::uint64_t>::max();
    }
    left_ = phase_;
    begin_race(round() - 1);
  }

  // `played`: rounds before those that are left of the phase.
  void begin_race(std::uint64_t played) noexcept {
    // Garivier & Cappe 2011, theorem 10: the chance that N d(p, 1/2) ever exceeds x on the wrong side, within
    // n rounds, is at most e ceil(x ln n) exp(-x). The x for which that is delta / K^2 is approached from
    // below.
    double const k = static_cast<double>(size());
    double const base = std::log(k * k) - log_delta() + 1.0;
    double const rounds = static_cast<double>(played) + static_cast<double>(left_);
    double x = base;
    for (int step = 0; step < 50; ++step) x = base + std::log(std::ceil(x * std::log(rounds)));
    threshold_ = options().scale * x;

    std::fill(in_race_.begin(), in_race_.end(), static_cast<unsigned char>(1));
    std::fill(rewards_.begin(), rewards_.end(), std::uint64_t{0});
    racing_ = size();
    passes_ = plays_ = open_ = 0;
    turn_ = 0;
    opponent_ = winner_ = none;
    for (std::size_t i = 0; i < size(); ++i) {
      unsettled_[i] = 0;
      for (std::size_t j = 0; j < size(); ++j) unsettled_[i] += j != i && !settled(i, j) ? 1U : 0U;
      open_ += unsettled_[i];
    }
  }

  [[nodiscard]] double log_delta() const noexcept {
    double const log_length = std::log(static_cast<double>(phase_));
    return std::log(log_length) - log_length;
  }

  // In this phase: whether it is clear who wins the pair's duels. The same to the last bit for (j, i), lest
  // the counts of unsettled pairs differ.
  [[nodiscard]] bool settled(std::size_t i, std::size_t j) const noexcept {
    if (j < i) std::swap(i, j);
    return counts_.duels(i, j) * bernoulli_kl_to_half(counts_.share(i, j)) > threshold_;
  }
  [[nodiscard]] bool leads(std::size_t i, std::size_t j) const noexcept {
    return counts_.wins(i, j) > counts_.wins(j, i);
  }

  // The arms in the race earn one reward each per pass.
  void pass_turn() noexcept {
    ++plays_;
    do { ++turn_; } while (turn_ < size() && in_race_[turn_] == 0);
    if (turn_ < size()) return;
    ++passes_;
    drop_outdone();
    turn_ = 0;
    while (in_race_[turn_] == 0) ++turn_;
  }

  // All have the same number of rewards, so the best lower bound belongs to the best mean. Another arm, with
  // a mean m below that bound, has its upper bound below it where r d(m, bound) exceeds the level.
  void drop_outdone() noexcept {
    double const r = static_cast<double>(passes_);
    double const t = static_cast<double>(plays_);
    double const level = options().scale * (std::log(4.0 * t * static_cast<double>(size())) - log_delta() +
                                            2.0 * std::log(std::fmax(std::log(t), 1.0)));
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < size(); ++i) most = in_race_[i] != 0 ? std::max(most, rewards_[i]) : most;
    double const bound = bernoulli_kl_lower(static_cast<double>(most) / r, level / r);
    for (std::size_t i = 0; i < size(); ++i) {
      double const mean = static_cast<double>(rewards_[i]) / r;
      if (in_race_[i] == 0 || mean >= bound || r * bernoulli_kl(mean, bound) <= level) continue;
      in_race_[i] = 0;
      --racing_;
      open_ -= unsettled_[i];
    }
  }

  // The last arm in the race, or where all pairs of those left are settled, one that beats the most others.
  template <class Stream>
  std::size_t most_beating(Stream& stream) const {
    std::size_t most = 0;
    std::size_t ties = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (in_race_[i] == 0 || (ties != 0 && counts_.beaten(i) < most)) continue;
      if (ties != 0 && counts_.beaten(i) > most) ties = 0;
      most = counts_.beaten(i);
      ++ties;
    }
    std::size_t n = draw_index(ties, stream);
    std::size_t i = 0;
    while (in_race_[i] == 0 || counts_.beaten(i) != most || n-- != 0) ++i;
    return i;
  }

  // The counts and the phase stay, the race starts anew.
  void inherit(scb const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
    phase_ = from.phase_;
    left_ = from.left_;
    if (phase_ != 0) begin_race(round());
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("phase", self.phase_);
    visit("left", self.left_);
    visit("threshold", self.threshold_);
    visit("in_race", self.in_race_);
    visit("racing", self.racing_);
    visit("rewards", self.rewards_);
    visit("passes", self.passes_);
    visit("plays", self.plays_);
    visit("unsettled", self.unsettled_);
    visit("open", self.open_);
    visit("turn", self.turn_);
    visit("opponent", self.opponent_);
    visit("asked", self.asked_);
    visit("winner", self.winner_);
  }
  [[nodiscard]] bool sound() const noexcept {
    // Far from where a counter wraps.
    bool agree = counts_.sound() && left_ <= phase_ && phase_ != 1 && passes_ <= plays_ && plays_ >> 62U == 0;
    std::size_t racing = 0;
    std::uint64_t open = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      // An agent that is mistaken about these would look for a pair to settle for ever.
      std::size_t unsettled = 0;
      for (std::size_t j = 0; j < size(); ++j) unsettled += j != i && !settled(i, j) ? 1U : 0U;
      agree = agree && (phase_ == 0 || unsettled == unsettled_[i]) && rewards_[i] <= passes_ + 1;
      if (in_race_[i] == 0) continue;
      ++racing;
      open += unsettled_[i];
    }
    return agree && racing == racing_ && racing != 0 && open == open_ && turn_ < size() &&
           in_race_[turn_] != 0 && opponent_ != turn_ && (opponent_ == none || opponent_ < size()) &&
           (winner_ == none || winner_ < size());
  }

  static constexpr std::uint64_t patience = 64;  // questions about a pair without any answer

  detail::pair_counts counts_{size()};
  std::uint64_t phase_ = 0;  // its rounds; 0 before the first
  std::uint64_t left_ = 0;   // of those, yet to come
  double threshold_ = 0.0;   // evidence that settles a pair
  std::vector<unsigned char> in_race_ = row<unsigned char>(1);
  std::size_t racing_ = size();
  std::vector<std::uint64_t> rewards_ = row<std::uint64_t>(0);
  std::uint64_t passes_ = 0;                        // rewards that each arm in the race has been given
  std::uint64_t plays_ = 0;                         // rewards given to all arms
  std::vector<std::uint32_t> unsettled_ = row(0U);  // pairs of each arm
  std::uint64_t open_ = 0;                          // their sum over the arms in the race
  std::size_t turn_ = 0;                            // the arm that earns a reward
  std::size_t opponent_ = none;                     // against this one
  std::uint64_t asked_ = 0;                         // questions since the last answer about the two
  std::size_t winner_ = none;                       // of this phase
};

}  // namespace joust
