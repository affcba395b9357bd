// SPDX-License-Identifier: MIT
//
// The score keeping of Winner Stays, for both of its forms. Every arm's score is its wins minus its losses,
// against whomever; the two largest scores duel, and in a tie whoever has just duelled stays.
//
// The rounds of the paper's analysis can be read off the scores: while answers come one by one, a challenger
// leaves as soon as it falls below those who wait, so that round l ends when all arms but one stand at -l.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include <joust/arms/detail/score_tree.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class winner_stays {
 public:
  winner_stays() = default;
  explicit winner_stays(std::size_t arms) : scores_{arms} {}

  /// The next duel of two different arms, of which there are at least two.
  template <class Stream>
  [[nodiscard]] pairing next(Stream& stream) {
    std::size_t first = last_.first;
    if (!stands(first)) first = stands(last_.second) ? last_.second : any_holder(stream);
    double const rest = scores_.largest_without(first);
    for (std::size_t const second : {last_.first, last_.second}) {
      if (second != nobody && second != first && scores_[second] == rest) return last_ = {first, second};
    }
    double const score = scores_[first];
    scores_.set(first, -std::numeric_limits<double>::infinity());  // a choice among the others
    std::size_t const second = any_holder(stream);
    scores_.set(first, score);
    return last_ = {first, second};
  }

  /// An answered duel of two different arms.
  void record(std::size_t first, std::size_t second, outcome y) noexcept {
    // 2 y - 1, by way of the winner's share: the same whichever side is named first.
    double const gain = y < 0.5 ? 1.0 - 2.0 * (1.0 - y) : 2.0 * y - 1.0;
    scores_.add(first, gain);
    scores_.add(second, -gain);
  }

  /// The largest score; in a tie one of the last duel, else the lowest index.
  [[nodiscard]] std::size_t leader() const noexcept {
    if (stands(last_.first)) return last_.first;
    return stands(last_.second) ? last_.second : scores_.nth_holder(0);
  }

  /// The largest score of all arms but the leader; minus infinity for a single arm.
  [[nodiscard]] double runner_up() const noexcept { return scores_.largest_without(leader()); }

  /// Takes over the scores of the arms `kept`: they are the first ones here.
  void inherit(winner_stays const& from, std::span<std::size_t const> kept) noexcept {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      scores_.set(i, from.scores_[kept[i]]);
      if (kept[i] == from.last_.first) last_.first = i;
      if (kept[i] == from.last_.second) last_.second = i;
    }
  }

  [[nodiscard]] bool sound(std::size_t arms) const noexcept {
    auto const known = [&](std::size_t arm) { return arm == nobody || arm < arms; };
    return known(last_.first) && known(last_.second) && scores_.sound(arms);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("scores", self.scores_);
    visit("last", self.last_);
  }

  friend bool operator==(winner_stays const&, winner_stays const&) = default;

 private:
  static constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool stands(std::size_t arm) const noexcept {
    return arm != nobody && scores_[arm] == scores_.largest();
  }

  // Any arm of the largest score.
  template <class Stream>
  [[nodiscard]] std::size_t any_holder(Stream& stream) const {
    return scores_.nth_holder(draw_index(scores_.holders(), stream));
  }

  score_tree scores_;
  pairing last_{nobody, nobody};
};

}  // namespace joust::detail
