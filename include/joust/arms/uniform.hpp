// SPDX-License-Identifier: MIT
//
// Two different arms, all pairs equally likely, whatever has been learnt: pure exploration, and the line that
// every other agent's regret is measured against.
//
//   needs   the same arms every round
//   cost    two random indices per round; O(1) per observation
//   repeat  the same answers and the same stream give the same pairs
#pragma once

#include <cstddef>

#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Duels pairs of distinct arms uniformly at random.
class uniform_arms {
 public:
  /// A prototype: it has no arms, and serves to make agents by fresh(setting).
  uniform_arms() = default;

  /// An agent for `arms` >= 1 arms. Throws std::invalid_argument for 0.
  explicit uniform_arms(std::size_t arms) : counts_{arms} {}

  /// Two different arms in random order; with a single arm, its self-duel.
  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    counts_.require_arms("uniform_arms");
    if (arms() == 1) return {0, 0};
    std::size_t const first = draw_index(arms(), stream);
    std::size_t const other = draw_index(arms() - 1, stream);
    return {first, other + (other >= first ? 1U : 0U)};  // steps over `first`: uniform on the rest
  }

  /// Counts a duel for the recommendation. A self-duel is accepted and teaches nothing. Throws
  /// std::invalid_argument for an unknown arm or an outcome outside [0, 1], and then changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    counts_.require_duel("uniform_arms", first, second, y);
    if (first != second) counts_.record(first, second, y);
  }

  /// The arm that has beaten the most others; ties go to the larger mean share, then to the lower index.
  [[nodiscard]] std::size_t recommend() const {
    counts_.require_arms("uniform_arms");
    return counts_.leader();
  }

  /// The number of arms; 0 for a prototype.
  [[nodiscard]] std::size_t arms() const noexcept { return counts_.arms(); }

  /// A new agent without experience. Refuses changing arms: an index must mean the same arm in every round.
  [[nodiscard]] uniform_arms fresh(setting const& s) const {
    return uniform_arms{detail::require_fixed_arms("uniform_arms", s)};
  }

  friend bool operator==(uniform_arms const&, uniform_arms const&) = default;

 private:
  detail::pair_counts counts_;
};

}  // namespace joust
