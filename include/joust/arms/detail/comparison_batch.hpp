// SPDX-License-Identifier: MIT
//
// A batch of comparisons: pairs that are fixed before the first of them is asked, each to be asked equally
// often, and what has been answered since. The pairs take turns. When all have been asked, those that miss
// answers are asked once more, as often as answers are missing when their turn comes; then the batch is over,
// answered or not, so that lost answers cannot hold it up.
//
//   cost    next, record: O(1) on average, O(K^2) at worst once per batch; begin: O(K^2); a table of K^2
//           numbers and K^2 / 2 pairs; no allocation after construction
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

/// The number of batches for a horizon where none is asked for: ln T, rounded up, at least one.
[[nodiscard]] inline std::uint64_t usual_batches(std::uint64_t horizon) noexcept {
  double const batches = std::ceil(std::log(static_cast<double>(horizon)));
  return batches > 1.0 ? static_cast<std::uint64_t>(batches) : 1;
}

/// How often batch r = 1, 2, ... of `batches` asks each of its pairs: T^(r / batches), rounded down.
[[nodiscard]] inline std::uint64_t batch_repeats(std::uint64_t horizon, std::uint64_t batches,
                                                 std::uint64_t r) noexcept {
  double const exponent = static_cast<double>(r) / static_cast<double>(batches);
  double const power = std::pow(static_cast<double>(horizon), exponent);
  // A power that is a whole number may come out just below it.
  return static_cast<std::uint64_t>(std::fmin(power * (1.0 + 1e-12), 1e15));
}

class comparison_batch {
 public:
  /// No arms: of a prototype.
  comparison_batch() = default;

  explicit comparison_batch(std::size_t arms)
      : arms_{arms}, pairs_(arms * (arms - 1) / 2), wins_(arms * arms, 0.0) {}

  /// A new batch, without pairs so far, each to be asked `repeats` >= 1 times.
  void begin(std::uint64_t repeats) noexcept {
    std::fill(pairs_.begin(), pairs_.end(), pairing{});
    std::fill(wins_.begin(), wins_.end(), 0.0);
    count_ = cursor_ = 0;
    repeats_ = repeats;
    turn_ = again_ = 0;
    looked_ = false;
  }

  /// Adds a pair of two different arms that is not in the batch yet.
  void add(std::size_t i, std::size_t j) noexcept { pairs_[count_++] = {i, j}; }

  /// Whether there is nothing in it: before the first batch, too.
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

  /// The next comparison; nothing if the batch is over.
  [[nodiscard]] std::optional<pairing> next() noexcept {
    if (count_ == 0) return std::nullopt;
    if (turn_ < repeats_) {
      pairing const pair = pairs_[cursor_];
      if (++cursor_ == count_) {
        cursor_ = 0;
        ++turn_;
      }
      return pair;
    }
    for (; cursor_ < count_; ++cursor_, looked_ = false) {
      pairing const pair = pairs_[cursor_];
      std::uint64_t const missing = missing_answers(pair);
      if (!looked_) again_ = missing;
      looked_ = true;
      if (again_ == 0 || missing == 0) continue;
      --again_;
      return pair;
    }
    return std::nullopt;
  }

  /// How many comparisons are to come before the first one is repeated for want of an answer.
  [[nodiscard]] std::uint64_t left() const noexcept {
    if (turn_ >= repeats_ || count_ == 0) return 0;
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t const turns = repeats_ - turn_;
    return turns > most / count_ ? most : turns * count_ - cursor_;
  }

  void record(std::size_t i, std::size_t j, outcome y) noexcept {
    wins_[i * arms_ + j] += y;
    wins_[j * arms_ + i] += 1.0 - y;
  }

  /// What i has won against j since the batch began, and how often they have met.
  [[nodiscard]] double wins(std::size_t i, std::size_t j) const noexcept { return wins_[i * arms_ + j]; }
  [[nodiscard]] double duels(std::size_t i, std::size_t j) const noexcept { return wins(i, j) + wins(j, i); }

  [[nodiscard]] bool sound() const noexcept {
    bool fine = count_ <= pairs_.size() && cursor_ <= count_;
    for (double const won : wins_) fine = fine && won >= 0.0 && won <= most_wins;
    for (std::size_t n = 0; fine && n < count_; ++n) {
      fine = pairs_[n].first < arms_ && pairs_[n].second < arms_ && !pairs_[n].self_duel();
    }
    return fine && (turn_ >= repeats_ || cursor_ < count_ || count_ == 0);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("pairs", self.pairs_);
    visit("count", self.count_);
    visit("repeats", self.repeats_);
    visit("turn", self.turn_);
    visit("cursor", self.cursor_);
    visit("again", self.again_);
    visit("looked", self.looked_);
    visit("wins", self.wins_);
  }

 private:
  // Outcomes of a duel sum to 1 up to rounding.
  [[nodiscard]] std::uint64_t missing_answers(pairing pair) const noexcept {
    auto const answered = static_cast<std::uint64_t>(duels(pair.first, pair.second) + 0.5);
    return answered < repeats_ ? repeats_ - answered : 0;
  }

  std::size_t arms_ = 0;
  std::vector<pairing> pairs_;  // the first count_ of them
  std::size_t count_ = 0;
  std::uint64_t repeats_ = 0;
  std::uint64_t turn_ = 0;   // how often all pairs have been asked
  std::size_t cursor_ = 0;   // the next pair to be asked, or, past the last turn, to be looked at
  std::uint64_t again_ = 0;  // how often it may be asked again, once it has been looked at
  bool looked_ = false;
  std::vector<double> wins_;  // [i * K + j]
};

}  // namespace joust::detail
