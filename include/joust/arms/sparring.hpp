// SPDX-License-Identifier: MIT
//
// Sparring. Two learners of the ordinary bandit play against each other, one on the left and one on the
// right; each names an arm, the two arms duel, and each learner earns 1 if its arm has won. Whatever is
// known about ordinary bandits can be put to use; in the end both name the winner.
//
//   needs   the same arms every round; best with arms that have a strength of their own (a utility)
//   cost    O(K) per round: two learners of bandit_learner; O(1) per observation while few answers are out,
//           O(max_pending) at worst; no allocation after construction
//   delay   the learners do not know of pairs that are being judged: UCB names the same ones again. Of
//           more than max_pending the oldest is forgotten. An answer about a pair that was not selected, or
//           is forgotten, tells both learners of both arms; EXP3, which needs the chance, ignores it
//   repeat  the same answers and the same stream give the same pairs
//   source  Ailon, Karnin & Joachims, "Reducing Dueling Bandits to Cardinal Bandits", ICML 2014; with EXP3
//           Dudik, Hofmann, Schapire, Slivkins & Zoghi, "Contextual Dueling Bandits", COLT 2015
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <joust/arms/detail/bandit_learners.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pending.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Who spars.
struct sparring_options {
  bandit_learner learner = bandit_learner::ucb;  ///< ucb, thompson or exp3
  double alpha = 2.5;        ///< of UCB: width of the bounds, above 0; the authors of RMED use this
  double exploration = 0.0;  ///< of EXP3: share of uniform play; 0: min(1, sqrt(K ln K / n)) in choice n
  std::size_t max_pending = 1024;  ///< unanswered pairs that are remembered

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    rule().check();
    detail::require_max_pending(max_pending);
  }
  [[nodiscard]] detail::learner_rule rule() const noexcept { return {learner, alpha, exploration}; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("learner", self.learner, "who plays each side");
    visit("alpha", self.alpha, "width of the bounds of ucb");
    visit("exploration", self.exploration, "share of uniform play of exp3; 0: by the formula");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(sparring_options const&, sparring_options const&) = default;
};

/// The Sparring agent. In every round
///
///     a = arm of the left learner,  b = arm of the right learner;   a earns y,  b earns 1 - y.
///
/// Where both name the same arm, the agent tosses the fair coin itself: the learners have to hear of it, and
/// its chance is known. It recommends the arm that both sides have played most; with EXP3 the one of the
/// largest weight (ties: more wins, then lower index).
class sparring : public detail::k_armed<sparring, sparring_options> {
 public:
  static constexpr std::string_view name = "sparring";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;
  static constexpr std::size_t left = 0;
  static constexpr std::size_t right = 1;

  template <class Stream>
  pairing choose(Stream& stream) {
    detail::drawn_arm const a = sides_.choose(left, stream);
    detail::drawn_arm const b = sides_.choose(right, stream);
    pairing const pair{a.arm, b.arm};
    if (pair.self_duel()) {
      teach({pair, a.chance, b.chance, draw_bernoulli(0.5, stream)});
    } else {
      pending_.add(pair, a.chance, b.chance);
    }
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (auto const answer = pending_.take(i, j, y)) {
      teach(*answer);
    } else if (sides_.takes_any_reward()) {
      for (std::size_t const side : {left, right}) {
        sides_.teach(side, i, y, 1.0);
        sides_.teach(side, j, 1.0 - y, 1.0);
      }
    }
  }

  void teach(detail::answered_pair const& answer) noexcept {
    sides_.teach(left, answer.pair.first, answer.y, answer.first_chance);
    sides_.teach(right, answer.pair.second, 1.0 - answer.y, answer.second_chance);
  }

  [[nodiscard]] std::size_t best() const noexcept { return sides_.most_played(); }

  void inherit(sparring const& from, std::span<std::size_t const> kept) noexcept {
    sides_.inherit(from.sides_, kept, false);
    pending_.inherit(from.pending_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("sides", self.sides_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept { return sides_.sound() && pending_.sound(size()); }

  detail::bandit_learners sides_{2, size(), options().rule()};
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
