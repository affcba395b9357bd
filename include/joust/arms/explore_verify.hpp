// SPDX-License-Identifier: MIT
//
// Guess, then prove. Exploration finds a candidate and, for every other arm, an adversary that beats it about
// as clearly as any does; it may err now and then. Verification duels each arm with its adversary alone, on
// fresh counts, until all of them are proven to be beaten: then the candidate is the only arm that can be the
// winner. If an adversary turns out to lose, it starts again. So only K - 1 easy questions are asked with the
// full confidence.
//
//   needs   the same arms every round, and a Condorcet winner (an arm that beats every other)
//   cost    O(1) per round on average, O(K) at worst while verifying, O(K^2) while exploring; O(1) per
//           observation, six logarithms at most, O(K^2) where exploration begins again; tables of K^2
//           doubles, K^2/2 indices and K^2 bytes; no allocation after construction
//   delay   turns go on without waiting. While exploring, every answer counts; while verifying, those about
//           an arm and its adversary
//   repeat  the same answers and the same stream give the same pairs
//   source  Karnin, "Verification Based Solution for Structured MAB Problems", NeurIPS 2016
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <joust/arms/detail/identification.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How surely the winner is to be proven, and how carefully it is to be guessed.
struct explore_verify_options {
  double confidence = 0.0;   ///< probability that the certificate is true; 0: the setting's, else 0.95
  double exploration = 0.0;  ///< probability that a guess may be wrong, up to 1/2; 0: the paper's choice

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::require_confidence(confidence);
    if (!(exploration >= 0.0 && exploration <= 0.5)) {
      detail::reject("exploration", detail::text(exploration), "a number from 0 to 1/2");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("confidence", self.confidence,
          "probability that the certificate is true; 0: the setting's, else 0.95");
    visit("exploration", self.exploration, "probability that a guess may be wrong; 0: the paper's choice");
  }
  friend bool operator==(explore_verify_options const&, explore_verify_options const&) = default;
};

/// The explore-verify agent. Exploration asks all open pairs of arms in turn. With p_xy the share that x has
/// won of its n duels with y, and f the probability that a guess may be wrong (by default min(1/3, 1 / ln(1 /
/// (1 - confidence)))), the bounds are
///
///     u_xy, l_xy = p_xy +- sqrt(ln(2 K^2 n^2 / f) / 2n),
///
/// and after each duel of x and y, the question whether y is an adversary of x, and likewise whether x is one
/// of y, is closed if
///
///     l_xy > 1/2                                     y does not beat x, or
///     u_xy < 1/2 and 1/2 - l_xy <= 2 (1/2 - u_xy)    how much it does is known to a factor of two, or
///     l_xy > b_x < 1/2                               another one beats x by more,
///
/// where b_x is the smallest u_xy that there has been; the y it belonged to is the adversary of x. When all
/// are closed, the candidate is the arm without adversary. Verification number r asks all other arms against
/// their adversaries in turn. With w wins of an adversary and l losses since its beginning, its arm is proven
/// to be beaten once
///
///     2^(w+l+1) B(w+1, l+1) >= 1 + 2 r^2 / (1 - confidence)   (detail::log_superiority),
///
/// and exploration begins again, from nothing, if the same evidence for the arm reaches 1 + K / f. The chance
/// that the true winner is ever proven to be beaten is at most (1 - confidence) sum over r of 1 / 2r^2, as
/// its adversary was chosen without these duels.
///
/// It recommends the candidate; while exploring, the arm with the largest b_x (ties: lower index).
class explore_verify : public detail::k_armed<explore_verify, explore_verify_options> {
 public:
  static constexpr std::string_view name = "explore_verify";
  using k_armed::k_armed;

  /// The certificate, once all arms but one have been proven to be beaten.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (arms() == 0 || candidate_ == none || open_ > 0) return std::nullopt;
    return certificate{.arm = candidate_,
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = 0.0,
                       .comparisons = answers_};
  }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream&) noexcept {
    if (open_ == 0) return {candidate_, candidate_};
    if (candidate_ != none) {
      do turn_ = turn_ + 1 < size() ? turn_ + 1 : 0;
      while (unproven_[turn_] == 0);
      return {turn_, adversary_[turn_]};
    }
    for (;; ++turn_) {
      if (turn_ >= pairs_left_) begin_pass();
      std::size_t const x = pairs_[turn_] / size();
      std::size_t const y = pairs_[turn_] % size();
      if (!is_open(x, y)) continue;
      ++turn_;
      return {x, y};
    }
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (open_ == 0) return;
    if (candidate_ != none) {
      verify(i, j, y);
      return;
    }
    ++answers_;
    wins_[i * size() + j] += y;
    wins_[j * size() + i] += 1.0 - y;
    examine(i, j);
    examine(j, i);
    if (open_ == 0) name_candidate();
  }

  [[nodiscard]] std::size_t best() const noexcept {
    if (candidate_ != none) return candidate_;
    std::size_t found = 0;
    for (std::size_t x = 1; x < size(); ++x) found = bound_[x] > bound_[found] ? x : found;
    return found;
  }

  [[nodiscard]] bool is_open(std::size_t x, std::size_t y) const noexcept {
    return closed_[x * size() + y] == 0 || closed_[y * size() + x] == 0;
  }

  void examine(std::size_t x, std::size_t y) noexcept {
    double const n = wins_[x * size() + y] + wins_[y * size() + x];
    double const share = wins_[x * size() + y] / n;
    double const all = static_cast<double>(size());
    double const radius = std::sqrt(std::log(2.0 * all * all * n * n / guess_failure()) / (2.0 * n));
    double const lower = share - radius;
    double const upper = share + radius;
    if (upper < bound_[x]) {
      bound_[x] = upper;
      adversary_[x] = y;
    }
    bool const harmless = lower > 0.5;
    bool const known = upper < 0.5 && 0.5 - lower <= 2.0 * (0.5 - upper);
    bool const outdone = bound_[x] < 0.5 && lower > bound_[x];
    if (closed_[x * size() + y] == 0 && (harmless || known || outdone)) {
      closed_[x * size() + y] = 1;
      --open_;
    }
  }

  // There is at most one: of two arms, one beats the other beyond doubt or has an adversary.
  void name_candidate() noexcept {
    for (std::size_t x = 0; x < size(); ++x) {
      if (bound_[x] >= 0.5) candidate_ = x;
    }
    ++attempt_;
    if (candidate_ == none) {
      begin_exploration();
      return;
    }
    open_ = size() - 1;
    turn_ = size() - 1;
    for (std::size_t x = 0; x < size(); ++x) unproven_[x] = x != candidate_ ? 1 : 0;
    std::fill(won_.begin(), won_.end(), 0.0);
    std::fill(lost_.begin(), lost_.end(), 0.0);
  }

  void verify(std::size_t i, std::size_t j, outcome y) noexcept {
    bool const about_i = unproven_[i] != 0 && adversary_[i] == j;
    bool const about_j = unproven_[j] != 0 && adversary_[j] == i;
    if (!about_i && !about_j) return;
    ++answers_;
    bool refuted = false;
    if (about_i) refuted = weigh(i, y, 1.0 - y);
    if (about_j) refuted = weigh(j, 1.0 - y, y) || refuted;
    if (refuted) begin_exploration();
  }

  // Whether the arm has been shown to beat its adversary.
  bool weigh(std::size_t x, double won, double lost) noexcept {
    won_[x] += won;
    lost_[x] += lost;
    double const r = static_cast<double>(attempt_);
    double const failure = detail::allowed_failure(options().confidence) / (2.0 * r * r);
    if (detail::log_superiority(lost_[x], won_[x]) >= std::log1p(1.0 / failure)) {
      unproven_[x] = 0;
      --open_;
    }
    double const all = static_cast<double>(size());
    return detail::log_superiority(won_[x], lost_[x]) >= std::log1p(all / guess_failure());
  }

  void begin_exploration() noexcept {
    candidate_ = none;
    std::fill(wins_.begin(), wins_.end(), 0.0);
    std::fill(closed_.begin(), closed_.end(), static_cast<unsigned char>(0));
    std::fill(bound_.begin(), bound_.end(), 1.0);
    open_ = size() * (size() - 1);
    pairs_left_ = 0;
    for (std::size_t x = 0; x < size(); ++x) {
      for (std::size_t y = x + 1; y < size(); ++y) pairs_[pairs_left_++] = x * size() + y;
    }
    turn_ = 0;
  }

  // Leaves out the pairs that have been closed on both sides.
  void begin_pass() noexcept {
    std::size_t kept = 0;
    for (std::size_t n = 0; n < pairs_left_; ++n) {
      if (is_open(pairs_[n] / size(), pairs_[n] % size())) pairs_[kept++] = pairs_[n];
    }
    pairs_left_ = kept;
    turn_ = 0;
  }

  [[nodiscard]] double guess_failure() const noexcept {
    if (options().exploration > 0.0) return options().exploration;
    return std::min(1.0 / 3.0, -1.0 / std::log(detail::allowed_failure(options().confidence)));
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("closed", self.closed_);
    visit("bound", self.bound_);
    visit("adversary", self.adversary_);
    visit("pairs", self.pairs_);
    visit("pairs_left", self.pairs_left_);
    visit("open", self.open_);
    visit("turn", self.turn_);
    visit("candidate", self.candidate_);
    visit("unproven", self.unproven_);
    visit("won", self.won_);
    visit("lost", self.lost_);
    visit("attempt", self.attempt_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = pairs_left_ <= pairs_.size() && (candidate_ == none || candidate_ < size());
    for (std::size_t const one : pairs_) fine = fine && one < size() * size();
    for (std::size_t const one : adversary_) fine = fine && one < size();
    std::size_t open = 0;
    if (candidate_ == none) {
      for (std::size_t x = 0; x < size(); ++x) {
        for (std::size_t y = 0; y < size(); ++y) open += x != y && closed_[x * size() + y] == 0 ? 1U : 0U;
      }
    } else {
      fine = fine && turn_ < size() && unproven_[candidate_] == 0;
      for (unsigned char const one : unproven_) open += one != 0 ? 1U : 0U;
    }
    return fine && open == open_ && (open > 0 || candidate_ != none);
  }

  [[nodiscard]] std::vector<std::size_t> all_pairs() const {
    std::vector<std::size_t> pairs;
    pairs.reserve(size() * (size() - (size() > 0 ? 1 : 0)) / 2);
    for (std::size_t x = 0; x < size(); ++x) {
      for (std::size_t y = x + 1; y < size(); ++y) pairs.push_back(x * size() + y);
    }
    return pairs;
  }

  std::vector<double> wins_ = square(0.0);                        // of the exploration
  std::vector<unsigned char> closed_ = square<unsigned char>(0);  // [x * K + y]: is y an adversary of x?
  std::vector<double> bound_ = row(1.0);                          // b
  std::vector<std::size_t> adversary_ = row<std::size_t>(0);
  std::vector<std::size_t> pairs_ = all_pairs();  // x * K + y, x < y; the first pairs_left_ are in the pass
  std::size_t pairs_left_ = pairs_.size();
  std::size_t open_ = 2 * pairs_.size();  // questions of the exploration, or arms not yet proven to be beaten
  std::size_t turn_ = 0;                  // next place in pairs_, or the arm that was asked about last
  std::size_t candidate_ = size() == 1 ? 0 : none;
  std::vector<unsigned char> unproven_ = row<unsigned char>(0);
  std::vector<double> won_ = row(0.0);  // of each arm against its adversary, in the verification
  std::vector<double> lost_ = row(0.0);
  std::uint64_t attempt_ = 0;  // r
  std::uint64_t answers_ = 0;
};

}  // namespace joust
