// SPDX-License-Identifier: MIT
//
// Doubler. On the right plays a learner of the ordinary bandit, on the left whoever the learner played in the
// epoch before; epochs double. Within an epoch the left side stays what it is, so the learner faces rewards
// that do not change, and its theorems hold.
//
//   needs   the same arms every round, with utilities and a linear link for the theorem
//   cost    O(K) per round; O(1) per observation while few answers are out, O(max_pending) at worst; no
//           allocation after construction
//   delay   epochs go by rounds, not by answers. An answer that comes after the end of its epoch, or about a
//           pair that was not selected, is ignored: it says nothing about the present left side
//   repeat  the same answers and the same stream give the same pairs
//   source  Ailon, Karnin & Joachims, "Reducing Dueling Bandits to Cardinal Bandits", ICML 2014, algorithm 1
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/bandit_learners.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pending.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Who plays on the right.
struct doubler_options {
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
    visit("learner", self.learner, "who plays the right side");
    visit("alpha", self.alpha, "width of the bounds of ucb");
    visit("exploration", self.exploration, "share of uniform play of exp3; 0: by the formula");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(doubler_options const&, doubler_options const&) = default;
};

/// The Doubler agent. Epoch e = 1, 2, ... has 2^e rounds. In each of them
///
///     a = a random one of the right arms of epoch e - 1, with their multiplicity,
///     b = arm of the learner, which was reset when the epoch began;   b earns 1 - y.
///
/// In epoch 1, a is one random arm. Where a = b, the agent tosses the fair coin itself. It recommends the
/// arm that was most often on the right in this epoch and the last (ties: lower index).
class doubler : public detail::k_armed<doubler, doubler_options> {
 public:
  static constexpr std::string_view name = "doubler";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (remaining_ == 0) begin_epoch(stream);
    --remaining_;
    std::size_t const a = any_of_before(stream);
    detail::drawn_arm const b = learner_.choose(0, stream);
    ++now_[b.arm];
    pairing const pair{a, b.arm};
    if (pair.self_duel()) {
      learner_.teach(0, b.arm, draw_bernoulli(0.5, stream), b.chance);
    } else {
      pending_.add(pair, 1.0, b.chance);
    }
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (auto const answer = pending_.take(i, j, y)) {
      learner_.teach(0, answer->pair.second, 1.0 - answer->y, answer->second_chance);
    }
  }

  template <class Stream>
  void begin_epoch(Stream& stream) {
    if (++epoch_ == 1) {
      before_[draw_index(size(), stream)] = 1;
    } else {
      before_.swap(now_);
      std::fill(now_.begin(), now_.end(), 0);
      if (count_before() == 0) std::fill(before_.begin(), before_.end(), 1);  // all of them have been retired
    }
    remaining_ = std::uint64_t{1} << std::min<std::uint64_t>(epoch_, 63);
    learner_.reset(0);
    pending_.clear();
  }

  template <class Stream>
  std::size_t any_of_before(Stream& stream) {
    auto const count = static_cast<std::size_t>(count_before());
    std::uint64_t rest = draw_index(count, stream);
    std::size_t arm = 0;
    for (; rest >= before_[arm]; ++arm) rest -= before_[arm];
    return arm;
  }
  [[nodiscard]] std::uint64_t count_before() const noexcept {
    return std::accumulate(before_.begin(), before_.end(), std::uint64_t{0});
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < size(); ++i) {
      if (before_[i] + now_[i] > before_[found] + now_[found]) found = i;
    }
    return found;
  }

  void inherit(doubler const& from, std::span<std::size_t const> kept) noexcept {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      before_[i] = from.before_[kept[i]];
      now_[i] = from.now_[kept[i]];
    }
    epoch_ = from.epoch_;
    remaining_ = from.remaining_;
    if (epoch_ > 0 && count_before() == 0) std::fill(before_.begin(), before_.end(), 1);
    learner_.inherit(from.learner_, kept, false);
    pending_.inherit(from.pending_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("epoch", self.epoch_);
    visit("remaining", self.remaining_);
    visit("before", self.before_);
    visit("now", self.now_);
    visit("learner", self.learner_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    // Epoch e ends with round 2^(e + 1) - 2; what is counted was played.
    if (epoch_ > 62) return false;
    std::uint64_t const length = std::uint64_t{1} << epoch_;
    if (remaining_ >= length || round() != 2 * length - 2 - remaining_) return false;
    std::uint64_t played = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (before_[i] > round() + size() || now_[i] > round()) return false;
      played += now_[i];
    }
    return played <= round() && (remaining_ == 0 || count_before() > 0) && learner_.sound() &&
           pending_.sound(size());
  }

  std::uint64_t epoch_ = 0;
  std::uint64_t remaining_ = 0;                                // rounds of the epoch still to come
  std::vector<std::uint64_t> before_ = row(std::uint64_t{0});  // how often on the right, in the last epoch
  std::vector<std::uint64_t> now_ = row(std::uint64_t{0});     // and in this one
  detail::bandit_learners learner_{1, size(), options().rule()};
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
