// SPDX-License-Identifier: MIT
//
// Versatile dueling bandits. Left and right sits a learner of the ordinary bandit that does as well as any
// in a friendly world and as well as any in a hostile one; their arms duel, and the loser's side bears a
// loss. So the regret is logarithmic where a Condorcet winner exists, and of order sqrt(K T) whatever the
// preferences do.
//
//   needs   the same arms every round; a Condorcet winner for the logarithmic regret
//   cost    O(K) per round: a few Newton steps for each side, seldom more than six; O(1) per observation
//           while few answers are out, O(max_pending) at worst; no allocation after construction
//   delay   pairs in a batch are drawn independently. Of more than max_pending unanswered ones the oldest is
//           forgotten. An answer about a pair that was not selected, or is forgotten, is ignored: an
//           unbiased estimate needs the chance that the pair had
//   repeat  the same answers and the same stream give the same pairs
//   source  Saha & Gaillard, "Versatile Dueling Bandits: Best-of-both World Analyses for Learning from
//           Relative Preferences", ICML 2022
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/exponential_weights.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pending.hpp>
#include <joust/arms/detail/tsallis_learner.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How fast the learners of Versatile-DB trust what they have seen.
struct versatile_db_options {
  double rate = 2.0;  ///< learning rate rate / sqrt(t); above 0; 2 is that of Tsallis-INF with plain weights
  std::size_t max_pending = 1024;  ///< unanswered pairs that are remembered

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(rate >= 1e-6 && rate <= 1e6)) detail::reject("rate", detail::text(rate), "a number in [1e-6, 1e6]");
    detail::require_max_pending(max_pending);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rate", self.rate, "learning rate of the first round; it falls with the root of the round");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(versatile_db_options const&, versatile_db_options const&) = default;
};

/// The Versatile-DB agent. Either side s keeps estimates L_s of the losses of its arms. In round t, with
/// r = rate / sqrt(t), it draws its arm with the chances
///
///     p_s(i) = 4 / (r (L_s(i) - x))^2,     x such that they sum to 1,
///
/// and after the duel of a (left) and b (right) with outcome y
///
///     L_left(a) += (1 - y) / p_left(a),     L_right(b) += y / p_right(b).
///
/// Where a = b, the agent tosses the fair coin itself. It recommends the arm with the least loss, summed over
/// both sides (ties: lower index).
class versatile_db : public detail::k_armed<versatile_db, versatile_db_options> {
 public:
  static constexpr std::string_view name = "versatile_db";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    double const rate = options().rate / std::sqrt(static_cast<double>(round()));
    detail::tsallis_chances(left_, rate, chances_);
    detail::drawn_arm const a = detail::draw_arm(chances_, stream);
    detail::tsallis_chances(right_, rate, chances_);
    detail::drawn_arm const b = detail::draw_arm(chances_, stream);
    pairing const pair{a.arm, b.arm};
    if (pair.self_duel()) {
      teach({pair, a.chance, b.chance, draw_bernoulli(0.5, stream)});
    } else {
      pending_.add(pair, a.chance, b.chance);
    }
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (auto const answer = pending_.take(i, j, y)) teach(*answer);
  }

  void teach(detail::answered_pair const& answer) noexcept {
    left_[answer.pair.first] += (1.0 - answer.y) / answer.first_chance;
    right_[answer.pair.second] += answer.y / answer.second_chance;
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < size(); ++i) {
      if (left_[i] + right_[i] < left_[found] + right_[found]) found = i;
    }
    return found;
  }

  // A new arm may be as good as the best: it starts with the least loss.
  void inherit(versatile_db const& from, std::span<std::size_t const> kept) noexcept {
    auto const take_over = [kept](std::vector<double> const& old, std::vector<double>& now) {
      for (std::size_t i = 0; i < kept.size(); ++i) now[i] = old[kept[i]];
      auto const known = now.begin() + static_cast<std::ptrdiff_t>(kept.size());
      std::fill(known, now.end(), *std::min_element(now.begin(), known));
    };
    take_over(from.left_, left_);
    take_over(from.right_, right_);
    pending_.inherit(from.pending_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("left", self.left_);
    visit("right", self.right_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = pending_.sound(size());
    for (double const loss : left_) fine = fine && loss >= 0.0 && std::isfinite(loss);
    for (double const loss : right_) fine = fine && loss >= 0.0 && std::isfinite(loss);
    return fine;
  }

  std::vector<double> left_ = row(0.0);     // estimated losses of the left side's arms
  std::vector<double> right_ = row(0.0);    // and of the right side's
  std::vector<double> chances_ = row(0.0);  // work space
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
