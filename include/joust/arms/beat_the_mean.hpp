// SPDX-License-Identifier: MIT
//
// Beat the mean. Each arm in play is compared with random arms in play, as often as every other arm, so that
// its share of wins is its chance against the mean of the field. When the worst is separated from the best
// beyond doubt it goes, and what the others have won against it is struck from their record, since the mean
// is now another one. The last one standing duels itself.
//
//   needs   the same arms every round, in an order with relaxed stochastic transitivity and the stochastic
//           triangle inequality towards the best; the horizon
//   cost    O(K) per round, O(1) per observation; three tables of K^2 numbers and one of K^2 bytes; no
//           allocation after construction
//   delay   turns go by questions asked, shares and eliminations by answers that have come. Only answers to
//           questions that were asked count: opponents that are not drawn at random would shift the mean
//   repeat  the same answers and the same stream give the same pairs
//   source  Yue & Joachims, "Beat the Mean Bandit", ICML 2011, algorithms 1 and 2
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How far beat the mean trusts its answers.
struct beat_the_mean_options {
  std::uint64_t horizon = 0;   ///< rounds to be played; 0: the setting's
  double gamma = 1.3;          ///< how far transitivity is relaxed, at least 1 (strong transitivity)
  double factor = 3.0;         ///< width of the bounds, above 0: 3 in the proof, 1 in other implementations
  bool include_itself = true;  ///< whether an arm may draw itself as its opponent, and tosses a coin

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(gamma >= 1.0 && std::isfinite(gamma))) {
      detail::reject("gamma", detail::text(gamma), "a finite number of at least 1");
    }
    detail::require_positive("factor", factor);
  }

  /// Throws std::invalid_argument for an unknown horizon.
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("gamma", self.gamma, "how far transitivity is relaxed; 1: strong transitivity");
    visit("factor", self.factor, "width of the bounds: 3 in the proof, 1 in other implementations");
    visit("include_itself", self.include_itself, "whether an arm may draw itself, and tosses a coin");
  }
  friend bool operator==(beat_the_mean_options const&, beat_the_mean_options const&) = default;
};

/// The beat-the-mean agent. Arm b has been compared n_b times, against opponents that are still in play, and
/// has won the share p_b (1/2 if n_b = 0). With T the horizon and n the smallest n_b, the arm with the
/// smallest share goes if
///
///     min p_b + c <= max p_b - c,     c = factor gamma^2 sqrt(ln(2 T K) / n).
///
/// It recommends the arm with the largest share (ties: lowest index).
class beat_the_mean : public detail::k_armed<beat_the_mean, beat_the_mean_options> {
 public:
  static constexpr std::string_view name = "beat_the_mean";
  using k_armed::k_armed;

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (in_play_ > 1) eliminate(stream);
    if (in_play_ == 1) {
      std::size_t const last = nth_in_play(0);
      return {last, last};
    }
    std::size_t const b = fewest_turns(stream);
    std::size_t const opponent = draw_opponent(b, stream);
    ++turns_[b];
    if (opponent == b) {
      credit(b, b, draw_bernoulli(0.5, stream));  // it beats itself with 1/2: no need to ask
    } else {
      ++asked_[at(b, opponent)];
      asked_last_[at(b, opponent)] = 1;
      asked_last_[at(opponent, b)] = 0;
    }
    return {b, opponent};
  }

  // A comparison counts for the arm that asked for it, whichever side it is reported on. If both have asked,
  // it answers the later question: the earlier one may have been lost.
  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (out_[i] != 0 || out_[j] != 0) return;
    bool const i_asked = asked_[at(i, j)] > 0;
    bool const j_asked = asked_[at(j, i)] > 0;
    if (i_asked && (!j_asked || asked_last_[at(i, j)] != 0)) {
      --asked_[at(i, j)];
      credit(i, j, y);
    } else if (j_asked) {
      --asked_[at(j, i)];
      credit(j, i, 1.0 - y);
    }
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t found = nth_in_play(0);
    for (std::size_t b = found + 1; b < size(); ++b) {
      if (out_[b] == 0 && share(b) > share(found)) found = b;
    }
    return found;
  }

  void credit(std::size_t b, std::size_t opponent, outcome y) noexcept {
    won_[at(b, opponent)] += y;
    ++met_[at(b, opponent)];
    wins_[b] += y;
    ++comparisons_[b];
  }

  // Once per round, after the answer to the last one: at most one arm goes.
  template <class Stream>
  void eliminate(Stream& stream) {
    std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t b = 0; b < size(); ++b) {
      if (out_[b] == 0) fewest = std::min(fewest, comparisons_[b]);
    }
    if (fewest == 0) return;  // the bound counts as 1
    double const arms = static_cast<double>(size());
    double const doubt = std::log(2.0 * static_cast<double>(options().horizon) * arms);
    double const c =
        options().factor * options().gamma * options().gamma * std::sqrt(doubt / static_cast<double>(fewest));
    if (c > 0.5) return;  // no shares are so far apart: for long, there is no need to look at them

    double lowest = std::numeric_limits<double>::infinity();  // what is struck may leave a share just above 1
    double highest = 0.0;
    std::size_t ties = 0;
    for (std::size_t b = 0; b < size(); ++b) {
      if (out_[b] != 0) continue;
      double const p = share(b);
      highest = std::max(highest, p);
      if (ties == 0 || p < lowest) ties = 0;
      if (ties == 0 || p == lowest) ++ties;
      lowest = std::min(lowest, p);
    }
    if (!(lowest + c <= highest - c)) return;
    std::size_t skip = draw_index(ties, stream);
    std::size_t loser = 0;
    while (!(out_[loser] == 0 && share(loser) == lowest && skip-- == 0)) ++loser;
    strike(loser);
  }

  // Takes an arm out of play and out of the records of the others.
  void strike(std::size_t loser) noexcept {
    out_[loser] = 1;
    --in_play_;
    for (std::size_t b = 0; b < size(); ++b) {
      wins_[b] -= won_[at(b, loser)];
      comparisons_[b] -= met_[at(b, loser)];
      turns_[b] -= met_[at(b, loser)] + asked_[at(b, loser)];
    }
  }

  // The arm in play with the fewest turns, answered or not.
  template <class Stream>
  [[nodiscard]] std::size_t fewest_turns(Stream& stream) const {
    std::size_t b = nth_in_play(0);
    std::size_t ties = 0;
    for (std::size_t other = b; other < size(); ++other) {
      if (out_[other] != 0 || turns_[other] > turns_[b]) continue;
      if (turns_[other] < turns_[b]) {
        b = other;
        ties = 0;
      }
      ++ties;
    }
    std::size_t skip = draw_index(ties, stream);
    std::uint64_t const fewest = turns_[b];
    while (!(out_[b] == 0 && turns_[b] == fewest && skip-- == 0)) ++b;
    return b;
  }

  template <class Stream>
  [[nodiscard]] std::size_t draw_opponent(std::size_t b, Stream& stream) const {
    if (options().include_itself) return nth_in_play(draw_index(in_play_, stream));
    std::size_t const opponent = nth_in_play(draw_index(in_play_ - 1, stream));
    return opponent < b ? opponent : next_in_play(opponent);  // the places from b on move up by one
  }

  [[nodiscard]] std::size_t nth_in_play(std::size_t n) const noexcept {
    std::size_t b = 0;
    while (out_[b] != 0 || n-- != 0) ++b;
    return b;
  }
  [[nodiscard]] std::size_t next_in_play(std::size_t b) const noexcept {
    ++b;
    while (out_[b] != 0) ++b;
    return b;
  }

  [[nodiscard]] double share(std::size_t b) const noexcept {
    return comparisons_[b] > 0 ? wins_[b] / static_cast<double>(comparisons_[b]) : 0.5;
  }
  [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const noexcept { return i * size() + j; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("out", self.out_);
    visit("won", self.won_);
    visit("met", self.met_);
    visit("asked", self.asked_);
    visit("asked_last", self.asked_last_);
    visit("wins", self.wins_);
    visit("comparisons", self.comparisons_);
    visit("turns", self.turns_);
    visit("in_play", self.in_play_);
  }
  [[nodiscard]] bool sound() const noexcept {
    std::size_t left = 0;
    bool fine = true;
    for (std::size_t b = 0; b < size(); ++b) {
      left += out_[b] == 0 ? 1U : 0U;
      std::uint64_t comparisons = 0;
      std::uint64_t waiting = 0;
      for (std::size_t j = 0; j < size(); ++j) {
        fine = fine && won_[at(b, j)] >= 0.0 && won_[at(b, j)] <= detail::most_wins;
        if (out_[j] != 0) continue;
        comparisons += met_[at(b, j)];
        waiting += asked_[at(b, j)];
      }
      fine = fine && comparisons_[b] == comparisons && turns_[b] == comparisons + waiting &&
             std::fabs(wins_[b]) <= detail::most_wins;
    }
    return fine && left == in_play_ && left > 0;
  }

  std::vector<unsigned char> out_ = row<unsigned char>(0);
  // [b * K + j]: of the comparisons with j that b asked for, what it has won, how many have been answered,
  // how many have not, and whether b was the one of the two that asked last.
  std::vector<double> won_ = square(0.0);
  std::vector<std::uint64_t> met_ = square<std::uint64_t>(0);
  std::vector<std::uint64_t> asked_ = square<std::uint64_t>(0);
  std::vector<unsigned char> asked_last_ = square<unsigned char>(0);
  // The sums over opponents in play.
  std::vector<double> wins_ = row(0.0);
  std::vector<std::uint64_t> comparisons_ = row<std::uint64_t>(0);
  std::vector<std::uint64_t> turns_ = row<std::uint64_t>(0);  // questions, answered or not
  std::size_t in_play_ = size();
};

}  // namespace joust
