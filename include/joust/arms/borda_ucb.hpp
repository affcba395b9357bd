// SPDX-License-Identifier: MIT
//
// Borda confidence bounds. Pairs are drawn evenly, so that every arm meets every other, until one arm's
// chance against a random opponent is beyond doubt larger than that of all others; from then on that arm
// duels itself. The preferences may change from round to round, as long as the same arm stays ahead on
// average.
//
//   needs   the same arms every round, the number of rounds, and a gap between the best Borda score and all
//           others that is not too small: see the regret
//   cost    O(1) per round; O(K) per observation, and O(max_pending) at worst; no allocation after
//           construction
//   delay   pairs in a batch are drawn independently; only answers bring the end of exploration nearer. Of
//           more than max_pending unanswered pairs the oldest is forgotten. An answer about a pair that was
//           not selected, or is forgotten, is ignored: the estimates are unbiased since pairs are drawn
//           evenly
//   repeat  the same answers and the same stream give the same pairs
//   source  Saha, Koren & Mansour, "Adversarial Dueling Bandits", ICML 2021, algorithm 3
//           (Borda-Confidence-Bound)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pending.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// When Borda-UCB believes what it sees.
struct borda_ucb_options {
  double failure = 0.0;       ///< probability of settling on a wrong arm, below 1; 0: 1 / T
  double width = 2.0;         ///< factor of the bounds, above 0; 2 as in the paper, less at one's own risk
  std::uint64_t horizon = 0;  ///< rounds T to be played; 0: the setting's
  std::size_t max_pending = 1024;  ///< unanswered pairs that are remembered

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(failure >= 0.0 && failure < 1.0)) {
      detail::reject("failure", detail::text(failure), "a probability below 1");
    }
    if (!(width > 0.0 && width <= 1e6)) {
      detail::reject("width", detail::text(width), "a number above 0, at most 1e6");
    }
    detail::require_max_pending(max_pending);
  }
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played, at least 1");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("failure", self.failure, "probability of settling on a wrong arm; 0: 1 / T");
    visit("width", self.width, "factor of the confidence bounds");
    visit("horizon", self.horizon, "rounds T to be played; 0: those of the study");
    visit("max_pending", self.max_pending, "unanswered pairs that are remembered");
  }
  friend bool operator==(borda_ucb_options const&, borda_ucb_options const&) = default;
};

/// The Borda-UCB agent. It draws a random pair of different arms (a, b); an answer y estimates the Borda
/// score of a by K y and of all others by 0. After n answers, with B_i the mean of the estimates for arm i,
/// the score of i lies within
///
///     B_i +- width sqrt(K / n ln(2 K T / failure)).
///
/// Once this is at most +-1, and the lower bound of an arm is above the upper bounds of all others, it
/// settles on that arm. It recommends the arm that it has settled on, before that the one of the largest B
/// (ties: lower index).
///
/// The first condition is not in the paper. Bernstein's inequality, on which the bounds rest, gives them only
/// up to +-3: a single estimate may be K, so with hundreds of arms the first answers alone would part them.
class borda_ucb : public detail::k_armed<borda_ucb, borda_ucb_options> {
 public:
  static constexpr std::string_view name = "borda_ucb";
  using k_armed::k_armed;

  /// The Borda winner, once it has settled, with confidence 1 - failure; nothing with a width below 2 or
  /// after more than T answers, for which nothing is proved.
  [[nodiscard]] std::optional<certificate> stop() const {
    bool const proved = options().width >= 2.0 && answers_ <= options().horizon;
    if (settled_ == none || !proved || !(failure() < 1.0)) return std::nullopt;
    return certificate{settled_, winner_kind::borda, 1.0 - failure(), 0.0, answers_};
  }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (settled_ != none) return {settled_, settled_};
    std::size_t const a = draw_index(size(), stream);
    std::size_t const b = draw_index(size() - 1, stream);
    pairing const pair{a, b < a ? b : b + 1};
    pending_.add(pair);
    return pair;
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    auto const answer = pending_.take(i, j, y);
    if (!answer || settled_ != none) return;
    wins_[answer->pair.first] += answer->y;
    ++answers_;
    auto const k = static_cast<double>(size());
    auto const n = static_cast<double>(answers_);
    double const bound = options().width * std::sqrt(k / n * log_term_);
    if (bound > 1.0) return;
    // All bounds are equally wide, so only the two largest means can part.
    std::size_t const leader = best();
    double second = 0.0;
    for (std::size_t a = 0; a < size(); ++a) {
      if (a != leader) second = std::max(second, wins_[a]);
    }
    if (k * wins_[leader] / n - bound > k * second / n + bound) settled_ = leader;
  }

  [[nodiscard]] double failure() const noexcept {
    return options().failure > 0.0 ? options().failure : 1.0 / static_cast<double>(options().horizon);
  }
  [[nodiscard]] double log_term() const noexcept {
    if (size() == 0) return 0.0;  // a prototype may have no horizon
    return std::log(2.0 * static_cast<double>(size()) * static_cast<double>(options().horizon) / failure());
  }

  [[nodiscard]] std::size_t best() const noexcept {
    if (settled_ != none) return settled_;
    return static_cast<std::size_t>(std::max_element(wins_.begin(), wins_.end()) - wins_.begin());
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("answers", self.answers_);
    visit("settled", self.settled_);
    visit("pending", self.pending_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = (settled_ == none || settled_ < size()) && pending_.sound(size());
    for (double const wins : wins_) { fine = fine && wins >= 0.0 && wins <= static_cast<double>(answers_); }
    return fine;
  }

  double log_term_ = log_term();
  std::vector<double> wins_ = row(0.0);  // won as the first of a pair: n B_i / K
  std::uint64_t answers_ = 0;
  std::size_t settled_ = size() == 1 ? 0 : none;
  detail::pending_pairs pending_{size() > 0 ? options().max_pending : 0};
};

}  // namespace joust
