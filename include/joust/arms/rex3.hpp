// SPDX-License-Identifier: MIT
//
// REX3, exponential weights for duels. Both arms are drawn from the same chances; the winner's weight
// grows, the loser's shrinks, each the more the rarer it is drawn. The player is its own opponent, and
// nothing is assumed about where the utilities of the arms come from or how they change.
//
//   needs   the same arms every round, with utilities; these may change from round to round
//   cost    O(K) per round, one exponential per arm; O(1) per observation while few answers are out,
//           O(max_pending) at worst; no allocation after construction
//   delay   pairs in a batch are drawn independently. Of more than max_pending unanswered ones the oldest is
//           forgotten. An answer about a pair that was not selected, or is forgotten, is ignored: an
//           unbiased estimate needs the chance that the pair had
//   repeat  the same answers and the same stream give the same pairs
//   source  Gajane, Urvoy & Clerot, "A Relative Exponential Weighing Algorithm for Adversarial Utility-based
//           Dueling Bandits", ICML 2015, algorithm 1
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
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How much REX3 explores, and how fast it learns.
struct rex3_options {
  double exploration = 0.0;  ///< share of uniform play, at most 1/2; 0: min(1/2, sqrt(K ln K / t)) in round t
  double gain = 0.5;  ///< of a duel on the weights, above 0; 1/2 as in the paper, 1 as in other public code
  std::size_t max_pending = 1024;  ///< unanswered pairs that are remembered

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(exploration >= 0.0 && exploration <= 0.5)) {
      detail::reject("exploration", detail::text(exploration), "a number in [0, 1/2]");
    }
    if (!(gain > 0.0 && gain <= 1e6)) {
      detail::reject("gain", detail::text(gain), "a number above 0, at most 1e6");
    }
    detail::require_max_pending(max_pending);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("exploration", self.exploration, "share of uniform play; 0: min(1/2, sqrt(K ln K / t))");
    visit("gain", self.gain, "of a duel on the weights");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(rex3_options const&, rex3_options const&) = default;
};

/// The REX3 agent. With g the share of uniform play, it draws both arms independently with the chances
///
///     p_i = (1 - g) w_i / (w_1 + ... + w_K) + g / K,
///
/// and after a duel of a and b with outcome y, so that a has gained z = 2y - 1 and b has lost it,
///
///     w_a *= exp(g / K * gain z / p_a),     w_b *= exp(-g / K * gain z / p_b).
///
/// A self-duel teaches nothing. The weights are kept as logarithms. It recommends the arm of the largest
/// weight (ties: lower index).
class rex3 : public detail::k_armed<rex3, rex3_options> {
 public:
  static constexpr std::string_view name = "rex3";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    detail::exponential_weights(log_weights_, 1.0, exploration(), chances_);
    detail::drawn_arm const a = detail::draw_arm(chances_, stream);
    detail::drawn_arm const b = detail::draw_arm(chances_, stream);
    pairing const pair{a.arm, b.arm};
    if (!pair.self_duel()) pending_.add(pair, a.chance, b.chance);
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    auto const answer = pending_.take(i, j, y);
    if (!answer) return;
    double const step =
        exploration() / static_cast<double>(size()) * options().gain * (2.0 * answer->y - 1.0);
    log_weights_[answer->pair.first] += step / answer->first_chance;
    log_weights_[answer->pair.second] -= step / answer->second_chance;
  }

  [[nodiscard]] double exploration() const noexcept {
    return options().exploration > 0.0 ? options().exploration
                                       : detail::anytime_exploration(size(), round(), 0.5);
  }

  [[nodiscard]] std::size_t best() const noexcept {
    return static_cast<std::size_t>(std::max_element(log_weights_.begin(), log_weights_.end()) -
                                    log_weights_.begin());
  }

  // A new arm may be as good as the best: it starts with the largest weight.
  void inherit(rex3 const& from, std::span<std::size_t const> kept) noexcept {
    for (std::size_t i = 0; i < kept.size(); ++i) log_weights_[i] = from.log_weights_[kept[i]];
    auto const known = log_weights_.begin() + static_cast<std::ptrdiff_t>(kept.size());
    std::fill(known, log_weights_.end(), *std::max_element(log_weights_.begin(), known));
    pending_.inherit(from.pending_, kept);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("log_weights", self.log_weights_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = pending_.sound(size());
    for (double const weight : log_weights_) fine = fine && std::isfinite(weight);
    return fine;
  }

  std::vector<double> log_weights_ = row(0.0);
  std::vector<double> chances_ = row(0.0);  // work space
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
