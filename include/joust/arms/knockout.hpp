// SPDX-License-Identifier: MIT
//
// A cup. The arms are drawn into pairs, each pair duels until one is ahead clearly enough, and the winners
// are drawn again, until one arm is left. Early matches are judged quickly, since many are played; the rounds
// are judged ever more finely, so that all errors together stay within the tolerance.
//
//   needs   the same arms every round; an order of the arms with strong stochastic transitivity and the
//           stochastic triangle inequality, as any arms have that differ in utility
//   cost    O(1) per round and per observation, O(K) when the arms are drawn anew; O(K) memory, no table
//   delay   a batch asks for the match that is being played, again and again; answers that come after its end
//           are lost
//   repeat  the same answers and the same stream give the same pairs
//   source  Falahatgar, Orlitsky, Pichapati & Suresh, "Maximum Selection and Ranking under Noisy
//           Comparisons", ICML 2017, algorithms 1 to 3 (Compare, Knockout-Round, Knockout)
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/comparison.hpp>
#include <joust/arms/detail/identification.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How good the winner of the cup must be, and how surely.
struct knockout_options {
  double tolerance = 0.05;  ///< no arm may beat the winner with more than 1/2 + tolerance; up to 1/2
  double confidence = 0.0;  ///< probability that this holds; 0: the setting's, else 0.95

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::require_tolerance(tolerance);
    detail::require_confidence(confidence);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("tolerance", self.tolerance, "no arm may beat the winner with more than 1/2 + tolerance");
    visit("confidence", self.confidence, "probability that this holds; 0: the setting's, else 0.95");
  }
  friend bool operator==(knockout_options const&, knockout_options const&) = default;
};

/// The knockout agent. In round r = 1, 2, ... the remaining arms are drawn into pairs, and one that is left
/// over goes through. Of a pair, the arm goes through that is ahead in a comparison (detail::comparison) with
///
///     bounds -e_r and e_r,  e_r = (2^(1/3) - 1) tolerance / 2^(r/3),   failure (1 - confidence) / 2^r.
///
/// The e_r add up to the tolerance, and the failures to 1 - confidence. It recommends the last arm left;
/// before, the arm that is ahead in the match being played.
class knockout : public detail::k_armed<knockout, knockout_options> {
 public:
  static constexpr std::string_view name = "knockout";
  using k_armed::k_armed;

  /// The certificate, once a single arm is left.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (left_ != 1) return std::nullopt;
    return certificate{.arm = cup_[0],
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = options().tolerance,
                       .comparisons = answers_};
  }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (left_ == 1) return {cup_[0], cup_[0]};
    if (!drawn_) draw_pairs(stream);
    return match_.pair();
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (left_ == 1 || !drawn_ || !match_.is_about(i, j)) return;
    match_.add(i, y);
    ++answers_;
    if (match_.over()) finish_match();
  }

  [[nodiscard]] std::size_t best() const noexcept {
    if (left_ == 1 || !drawn_) return cup_[0];
    return match_.ahead() ? match_.pair().first : match_.pair().second;
  }

  template <class Stream>
  void draw_pairs(Stream& stream) {
    draw_order(std::span{cup_}.first(left_), stream);
    drawn_ = true;
    through_ = 0;
    next_ = 0;
    ++cup_round_;
    start_match();
  }

  void start_match() noexcept {
    double const r = static_cast<double>(cup_round_);
    double const e = (std::cbrt(2.0) - 1.0) * options().tolerance / std::cbrt(std::exp2(r));
    double const failure = detail::allowed_failure(options().confidence) * std::exp2(-r);
    match_ = {cup_[next_], cup_[next_ + 1], -e, e, failure};
    next_ += 2;
  }

  // Those who are through take the first places, which are free by then.
  void finish_match() noexcept {
    cup_[through_++] = match_.ahead() ? match_.pair().first : match_.pair().second;
    if (next_ + 1 < left_) {
      start_match();
      return;
    }
    if (next_ < left_) cup_[through_++] = cup_[next_];
    left_ = through_;
    drawn_ = false;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("cup", self.cup_);
    visit("left", self.left_);
    visit("drawn", self.drawn_);
    visit("through", self.through_);
    visit("next", self.next_);
    visit("cup_round", self.cup_round_);
    visit("match", self.match_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = left_ >= 1 && left_ <= size() && (!drawn_ || (left_ > 1 && match_.sound(size())));
    fine = fine && (!drawn_ || (next_ >= 2 && next_ <= left_ && through_ + 2 <= next_));
    for (std::size_t const arm : cup_) fine = fine && arm < size();
    return fine;
  }

  [[nodiscard]] std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    return arms;
  }

  std::vector<std::size_t> cup_ = everyone();  // the first left_ of them are in
  std::size_t left_ = size();
  bool drawn_ = false;           // whether the pairs of the cup's round have been drawn
  std::size_t through_ = 0;      // how many are in the next round
  std::size_t next_ = 0;         // where the next match begins
  std::uint64_t cup_round_ = 0;  // r
  detail::comparison match_;
  std::uint64_t answers_ = 0;
};

}  // namespace joust
