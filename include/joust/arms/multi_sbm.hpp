// SPDX-License-Identifier: MIT
//
// MultiSBM. Every arm has a learner of the ordinary bandit of its own, which looks for the arm that does best
// against it. The right arm of one round is the left arm of the next, and its learner names the opponent: the
// learner of the best arm, in the end, names that arm itself.
//
//   needs   the same arms every round, with utilities: without them it may go round in circles for ever
//   cost    O(K) per round; O(1) per observation while few answers are out, O(max_pending) at worst;
//           recommend O(K^2); up to three tables of K^2 numbers of 8 bytes; no allocation after
//           construction
//   delay   the chain of arms goes on without waiting; learners do not know of pairs that are being judged.
//           An answer about a pair that was not selected, or is forgotten, tells the learners of both arms
//           about the other; EXP3, which needs the chance, ignores it
//   repeat  the same answers and the same stream give the same pairs
//   source  Ailon, Karnin & Joachims, "Reducing Dueling Bandits to Cardinal Bandits", ICML 2014, algorithm 2
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

/// What the learners are.
struct multi_sbm_options {
  bandit_learner learner = bandit_learner::ucb;  ///< ucb, thompson or exp3
  double alpha = 2.5;                            ///< of UCB: width of the bounds, above 0; as in sparring
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
    visit("learner", self.learner, "who looks for the opponent of each arm");
    visit("alpha", self.alpha, "width of the bounds of ucb");
    visit("exploration", self.exploration, "share of uniform play of exp3; 0: by the formula");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(multi_sbm_options const&, multi_sbm_options const&) = default;
};

/// The MultiSBM agent. In every round
///
///     a = b of the round before (in the first round a random arm),   b = arm of the learner of a,
///
/// and in the learner of a, b earns 1 - y. Where a = b, the agent tosses the fair coin itself. It
/// recommends the arm that all learners together have played most; with EXP3 the one of the largest product
/// of weights (ties: more wins, then lower index).
class multi_sbm : public detail::k_armed<multi_sbm, multi_sbm_options> {
 public:
  static constexpr std::string_view name = "multi_sbm";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    std::size_t const a = next_ != none ? next_ : draw_index(size(), stream);
    detail::drawn_arm const b = learners_.choose(a, stream);
    next_ = b.arm;
    pairing const pair{a, b.arm};
    if (pair.self_duel()) {
      learners_.teach(a, b.arm, draw_bernoulli(0.5, stream), b.chance);
    } else {
      pending_.add(pair, 1.0, b.chance);
    }
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (auto const answer = pending_.take(i, j, y)) {
      auto const [a, b] = answer->pair;
      learners_.teach(a, b, 1.0 - answer->y, answer->second_chance);
    } else if (learners_.takes_any_reward()) {
      learners_.teach(i, j, 1.0 - y, 1.0);
      learners_.teach(j, i, y, 1.0);
    }
  }

  [[nodiscard]] std::size_t best() const noexcept { return learners_.most_played(); }

  void inherit(multi_sbm const& from, std::span<std::size_t const> kept) noexcept {
    learners_.inherit(from.learners_, kept, true);
    pending_.inherit(from.pending_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] == from.next_) next_ = i;
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("next", self.next_);
    visit("learners", self.learners_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return (next_ == none || next_ < size()) && learners_.sound() && pending_.sound(size());
  }

  std::size_t next_ = none;                                             // who stands on the left next
  detail::bandit_learners learners_{size(), size(), options().rule()};  // learner a looks for b
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
