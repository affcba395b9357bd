// SPDX-License-Identifier: MIT
//
// Dueling EXP3: exponential weights on Borda scores. Both arms are drawn from the same chances, and a win
// of the first, weighted by the chances of both, estimates how it would do against an opponent drawn evenly
// from all arms. Nothing is assumed about the preferences; they may change from round to round.
//
//   needs   the same arms every round, and the number of rounds
//   cost    O(K) per round, one exponential per arm; O(1) per observation while few answers are out,
//           O(max_pending) at worst; no allocation after construction
//   delay   pairs in a batch are drawn independently. Of more than max_pending unanswered ones the oldest is
//           forgotten. An answer about a pair that was not selected, or is forgotten, is ignored: an
//           unbiased estimate needs the chance that the pair had
//   repeat  the same answers and the same stream give the same pairs
//   source  Saha, Koren & Mansour, "Adversarial Dueling Bandits", ICML 2021, algorithm 1 and theorem 2
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <joust/arms/detail/exponential_weights.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pending.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How D-EXP3 learns and explores.
struct d_exp3_options {
  double rate = 0.0;               ///< learning rate; 0: (ln K / (T sqrt K))^(2/3)
  double exploration = 0.0;        ///< share of uniform play; 0: min(1, sqrt(rate K))
  std::uint64_t horizon = 0;       ///< rounds T to be played; 0: the setting's
  std::size_t max_pending = 1024;  ///< unanswered pairs that are remembered

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(rate >= 0.0 && rate <= 1e6)) detail::reject("rate", detail::text(rate), "a number in [0, 1e6]");
    detail::require_unit_interval("exploration", exploration);
    detail::require_max_pending(max_pending);
  }
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played, at least 1");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rate", self.rate, "learning rate; 0: (ln K / (T sqrt K))^(2/3)");
    visit("exploration", self.exploration, "share of uniform play; 0: min(1, sqrt(rate K))");
    visit("horizon", self.horizon, "rounds T to be played; 0: those of the study");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(d_exp3_options const&, d_exp3_options const&) = default;
};

/// The D-EXP3 agent. With learning rate e and share g of uniform play it draws both arms independently with
/// the chances
///
///     q_i = (1 - g) exp(e S_i) / sum over j of exp(e S_j) + g / K,
///
/// and after a duel of a and b with outcome y adds
///
///     S_a += y / (K q_a q_b).
///
/// Where a = b, the agent tosses the fair coin itself: a score counts the arm among its own opponents. The
/// expectation of what S_i grows by is the mean over j of p_ij. It recommends the arm of the largest S (ties:
/// lower index). After round T it goes on with the same rate.
class d_exp3 : public detail::k_armed<d_exp3, d_exp3_options> {
 public:
  static constexpr std::string_view name = "d_exp3";
  using k_armed::k_armed;

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    detail::exponential_weights(scores_, rate_, exploration_, chances_);
    detail::drawn_arm const a = detail::draw_arm(chances_, stream);
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
    scores_[answer.pair.first] +=
        answer.y / (static_cast<double>(size()) * answer.first_chance * answer.second_chance);
  }

  [[nodiscard]] double rate() const noexcept {
    if (options().rate > 0.0 || size() < 2) return options().rate;
    auto const k = static_cast<double>(size());
    return std::pow(std::log(k) / (static_cast<double>(options().horizon) * std::sqrt(k)), 2.0 / 3.0);
  }
  [[nodiscard]] double exploration() const noexcept {
    if (options().exploration > 0.0) return options().exploration;
    return std::min(1.0, std::sqrt(rate() * static_cast<double>(size())));
  }

  [[nodiscard]] std::size_t best() const noexcept {
    return static_cast<std::size_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin());
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("scores", self.scores_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = pending_.sound(size());
    for (double const score : scores_) fine = fine && score >= 0.0 && std::isfinite(score);
    return fine;
  }

  double rate_ = rate();
  double exploration_ = exploration();
  std::vector<double> scores_ = row(0.0);   // S: sums of estimated Borda scores
  std::vector<double> chances_ = row(0.0);  // work space
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
