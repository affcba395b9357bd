// SPDX-License-Identifier: MIT
//
// Sees to it that every pair has met often enough. Sweep n runs once over all pairs, in order, and stops at
// those that have met fewer than n times; as many sweeps are made as a growing goal asks for. A pair is asked
// once per sweep, answered or not, so answers that never come hold nothing up.
//
//   cost    amortised O(1) per round; a round may step over all K^2 / 2 pairs that have met often enough
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class pair_sweep {
 public:
  /// The next pair of different positions below `arms` to ask, if fewer sweeps than `goal` are done.
  /// `duels(i, j)` is how often i and j have met.
  template <class Duels>
  [[nodiscard]] std::optional<pairing> next(std::size_t arms, double goal, Duels const& duels) noexcept {
    if (arms < 2) return std::nullopt;
    while (static_cast<double>(done_) < goal) {
      while (at_.first + 1 < arms) {
        pairing const pair = at_;
        at_ = pair.second + 1 < arms ? pairing{pair.first, pair.second + 1}
                                     : pairing{pair.first + 1, pair.first + 2};
        // Soft outcomes leave counts of duels a rounding error away from whole numbers.
        if (duels(pair.first, pair.second) < static_cast<double>(done_) + 0.5) return pair;
      }
      at_ = {0, 1};
      ++done_;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool sound(std::size_t arms) const noexcept {
    bool const pair = at_.second < arms;
    bool const end_of_sweep = at_.first + 1 >= arms && at_.second <= arms;
    return at_.first < at_.second && (pair || end_of_sweep);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("done", self.done_);
    visit("at", self.at_);
  }

 private:
  std::uint64_t done_ = 0;  // complete sweeps
  pairing at_{0, 1};        // the next pair of the sweep under way
};

}  // namespace joust::detail
