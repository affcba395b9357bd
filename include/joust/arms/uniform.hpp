// SPDX-License-Identifier: MIT
//
// Two different arms, all pairs equally likely, whatever has been learnt: pure exploration, and the line that
// every other agent's regret is measured against.
//
//   needs   the same arms every round
//   cost    two random indices per round; O(1) per observation
//   delay   none to speak of: the choice does not depend on answers
//   repeat  the same answers and the same stream give the same pairs
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Duels pairs of distinct arms uniformly at random, in random order; with a single arm, its self-duel.
///
/// It recommends the arm that has beaten the most others; ties go to the larger mean share, then to the lower
/// index.
class uniform_arms : public detail::k_armed<uniform_arms, no_options> {
 public:
  static constexpr std::string_view name = "uniform_arms";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (size() == 1) return {0, 0};
    std::size_t const first = draw_index(size(), stream);
    std::size_t const other = draw_index(size() - 1, stream);
    return {first, other + (other >= first ? 1U : 0U)};  // steps over `first`: uniform on the rest
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept { counts_.record(i, j, y); }

  [[nodiscard]] std::size_t best() const noexcept { return counts_.leader(); }

  void inherit(uniform_arms const& from, std::span<std::size_t const> kept) noexcept {
    counts_.inherit(from.counts_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
  }
  [[nodiscard]] bool sound() const noexcept { return counts_.sound(); }

  detail::pair_counts counts_{size()};
};

}  // namespace joust
