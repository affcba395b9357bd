// SPDX-License-Identifier: MIT
//
// Sensitivity analysis of variables for generic exploration. All pairs take turns, and a pair drops out as
// soon as its outcome can no longer change who the winner is: because it is decided, or because its arms are
// out of the race (where a Condorcet winner is looked for, one of them is enough). When a single arm is left
// in the race it is the winner, and duels itself for ever.
//
//   needs   the same arms from start to end, and a winner of the kind that is asked for, without ties; the
//           number of rounds to be played, or the confidence at which to stop
//   cost    O(1) per round, amortised; per observation O(1) for a Condorcet winner, O(K) for the others; a
//           list of the pairs, one table of K^2 doubles and one of bytes; no allocation after construction
//   delay   the turns advance with every question, so a batch spreads over the pairs; answers are used
//           whenever they come and whoever asked, until the winner is known
//   repeat  the same answers give the same pairs; the stream is not used
//   source  Urvoy, Clerot, Feraud & Naamane, "Generic Exploration and K-armed Voting Bandits", ICML 2013
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// What SAVAGE looks for, and how sure it has to be.
struct savage_options {
  winner_kind winner = winner_kind::condorcet;  ///< condorcet asks for the fewest duels where one exists
  /// Rounds to be played; 0: the setting's. The winner is then wrong with probability of at most 1 / horizon,
  /// which makes exploration first and exploitation after it right for regret.
  std::uint64_t horizon = 0;
  /// Probability of a correct winner, below 1, however many rounds are played; 0: the setting's. If given,
  /// the horizon has no influence.
  double confidence = 0.0;

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(confidence >= 0.0 && confidence < 1.0)) {
      detail::reject("confidence", detail::text(confidence), "a number of at least 0 and below 1");
    }
  }
  void check(std::size_t) const {
    if (horizon == 0 && confidence == 0.0) {
      detail::reject("horizon", "0", "the number of rounds to be played, or a confidence above 0");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("winner", self.winner, "the kind of winner that is looked for");
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("confidence", self.confidence,
          "probability of a correct winner; 0: the setting's, or 1 - 1/horizon");
  }
  friend bool operator==(savage_options const&, savage_options const&) = default;
};

/// The SAVAGE agent. With p_ij the share that i has won of n duels with j, p_ij is known up to
///
///     c(n) = sqrt(ln(K (K-1) T / delta) / (2 n)),  delta = 1/T,         if the horizon T is given,
///     c(n) = sqrt(ln(pi^2 K (K-1) n^2 / (6 delta)) / (2 n)),  delta = 1 - confidence,           else,
///
/// for all pairs and all n at once, but for an event of probability delta. An arm leaves the race once it
/// cannot be the winner (Condorcet: it has lost a duel) or can at best be level with another that stays.
///
/// It recommends the winner; before that, of the arms in the race the one that has beaten the most others
/// (ties: larger mean share, then lower index), or the one with the largest mean share if the Borda winner is
/// asked for.
class savage : public detail::k_armed<savage, savage_options> {
 public:
  static constexpr std::string_view name = "savage";
  using k_armed::k_armed;

  /// The winner, once it is known: from then on the agent plays nothing else.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (racing_ != 1) return std::nullopt;
    double const confidence =
        anytime() ? options().confidence : 1.0 - 1.0 / static_cast<double>(options().horizon);
    if (!(confidence > 0.0)) return std::nullopt;  // a horizon of one round: nothing to vouch for
    return certificate{best(), options().winner, confidence, 0.0, answers_};
  }

  /// c(n), the half-width of the bounds after that many duels of a pair; 1 after none.
  [[nodiscard]] double radius(std::uint64_t duels) const noexcept {
    return duels == 0 ? 1.0 : half_width(static_cast<double>(duels));
  }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream&) {
    // The pairs in play are walked through in order. Those that still matter are moved together on the way,
    // so that the next walk meets them alone: one step per round and one per pair that drops out.
    while (racing_ > 1) {
      if (read_ == live_) {
        if (written_ == 0) break;
        live_ = written_;
        read_ = written_ = 0;
      }
      pairing const next = pairs_[read_++];
      if (matters(next)) return pairs_[written_++] = next;
    }
    std::size_t const winner = best();
    return {winner, winner};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (racing_ == 1) return;  // the winner is known
    ++answers_;
    counts_.record(i, j, y);
    switch (options().winner) {
      case winner_kind::condorcet:
        if (decide(i, j)) drop(counts_.wins(i, j) < counts_.wins(j, i) ? i : j);
        break;
      case winner_kind::copeland:
        if (decide(i, j)) drop_outdone();
        break;
      case winner_kind::borda:
        score(i);
        score(j);
        drop_outdone();
        break;
    }
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t leader = none;
    double leading = 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (in_race_[i] == 0) continue;
      if (racing_ == 1) return i;
      auto const beaten = static_cast<double>(counts_.beaten(i));
      double const score = options().winner == winner_kind::borda ? mean_[i] : beaten;
      if (leader != none && score < leading) continue;
      if (leader != none && score == leading && !(counts_.borda(i) > counts_.borda(leader))) continue;
      leader = i;
      leading = score;
    }
    return leader;
  }

  // Whether the outcome of the pair can still change the winner.
  [[nodiscard]] bool matters(pairing pair) const noexcept {
    auto const [i, j] = pair;
    switch (options().winner) {
      case winner_kind::condorcet:
        return in_race_[i] != 0 && in_race_[j] != 0;
      case winner_kind::copeland:
        return (in_race_[i] != 0 || in_race_[j] != 0) && !decided(i, j);
      case winner_kind::borda:
        break;
    }
    return in_race_[i] != 0 || in_race_[j] != 0;
  }

  // The bounds hold for all n at once, so what they have decided once stays decided.
  [[nodiscard]] bool decided(std::size_t i, std::size_t j) const noexcept {
    return beats_[i * size() + j] != 0 || beats_[j * size() + i] != 0;
  }

  // Whether the last duel has decided which of the two beats the other.
  bool decide(std::size_t i, std::size_t j) noexcept {
    if (decided(i, j)) return false;
    if (j < i) std::swap(i, j);  // the same rounding whichever is named first
    if (std::fabs(counts_.share(i, j) - 0.5) <= half_width(counts_.duels(i, j))) return false;
    if (counts_.wins(i, j) < counts_.wins(j, i)) std::swap(i, j);
    beats_[i * size() + j] = 1;
    low_[i] += 1.0;
    high_[j] -= 1.0;
    return true;
  }

  // The sums of the bounds of p_ij over the opponents j, from their terms: no rounding adds up.
  void score(std::size_t i) noexcept {
    low_[i] = high_[i] = mean_[i] = 0.0;
    for (std::size_t j = 0; j < size(); ++j) {
      if (j == i) continue;
      double const met = counts_.duels(i, j);
      double const share = counts_.share(i, j);
      double const width = met > 0.0 ? half_width(met) : 1.0;
      low_[i] += std::fmax(share - width, 0.0);
      high_[i] += std::fmin(share + width, 1.0);
      mean_[i] += share;
    }
  }

  // Takes the arms out of the race that cannot score more than the one with the best lower bound.
  void drop_outdone() noexcept {
    std::size_t sure = none;
    for (std::size_t i = 0; i < size(); ++i) {
      if (in_race_[i] != 0 && (sure == none || low_[i] > low_[sure])) sure = i;
    }
    for (std::size_t i = 0; i < size(); ++i) {
      if (in_race_[i] != 0 && i != sure && high_[i] <= low_[sure]) drop(i);
    }
  }
  // The last one stays, whatever it loses.
  void drop(std::size_t i) noexcept {
    if (in_race_[i] == 0 || racing_ == 1) return;
    in_race_[i] = 0;
    --racing_;
  }

  [[nodiscard]] bool anytime() const noexcept { return options().confidence > 0.0; }

  [[nodiscard]] double half_width(double n) const noexcept {
    return std::sqrt((anytime() ? level_ + 2.0 * std::log(n) : level_) / (2.0 * n));
  }

  // What is the same for all n. In logarithms and doubles: K (K-1) T^2 is no number for an integer.
  [[nodiscard]] double level() const noexcept {
    auto const k = static_cast<double>(size());
    if (size() < 2) return 0.0;  // no pairs
    double const pairs = std::log(k * (k - 1.0));
    return anytime() ? std::log(std::numbers::pi * std::numbers::pi / 6.0) + pairs -
                           std::log1p(-options().confidence)
                     : pairs + 2.0 * std::log(static_cast<double>(options().horizon));
  }

  [[nodiscard]] std::vector<pairing> all_pairs() const {
    std::vector<pairing> pairs;
    pairs.reserve(size() * (size() - (size() != 0 ? 1 : 0)) / 2);
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t j = i + 1; j < size(); ++j) pairs.push_back({i, j});
    }
    return pairs;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("answers", self.answers_);
    visit("pairs", self.pairs_);
    visit("live", self.live_);
    visit("read", self.read_);
    visit("written", self.written_);
    visit("beats", self.beats_);
    visit("low", self.low_);
    visit("high", self.high_);
    visit("mean", self.mean_);
    visit("in_race", self.in_race_);
    visit("racing", self.racing_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool agree = counts_.sound() && written_ <= read_ && read_ <= live_ && live_ <= pairs_.size();
    for (pairing const& pair : pairs_) agree = agree && pair.first < pair.second && pair.second < size();
    std::size_t racing = 0;
    for (unsigned char const flag : in_race_) racing += flag != 0 ? 1U : 0U;
    return agree && racing == racing_ && racing != 0;
  }

  double level_ = level();  // follows from the options
  detail::pair_counts counts_{size()};
  std::uint64_t answers_ = 0;  // until the winner was known
  std::vector<pairing> pairs_ =
      all_pairs();  // those in play: [read, live), then, in the next walk, [0, written)
  std::size_t live_ = pairs_.size();
  std::size_t read_ = 0;
  std::size_t written_ = 0;
  std::vector<unsigned char> beats_ = square<unsigned char>(0);  // [i * K + j]: i beats j, that is decided
  std::vector<double> low_ = row(0.0);                           // least and largest score that the bounds
  std::vector<double> high_ = row(static_cast<double>(size()) - 1.0);          // leave possible
  std::vector<double> mean_ = row(0.5 * (static_cast<double>(size()) - 1.0));  // Borda: sum of the shares
  std::vector<unsigned char> in_race_ = row<unsigned char>(1);
  std::size_t racing_ = size();
};

}  // namespace joust
