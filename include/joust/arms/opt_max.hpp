// SPDX-License-Identifier: MIT
//
// Every arm against an anchor. Arms that are not clearly ahead of the anchor leave; one that is clearly ahead
// becomes the anchor, and those in between stay and are compared with the new one. Where there are many arms,
// a good anchor is first found in a sample of them, and a good start for that in a sample of the sample, so
// that hardly any arm of the whole field is ahead of it.
//
//   needs   the same arms every round; an order of the arms with medium stochastic transitivity: if i beats j
//           and j beats k, then i beats k with no less than the smaller of the two chances
//   cost    O(1) per round and per observation, O(K) where a comparison ends; O(K) memory, no table
//   delay   a batch asks for the comparison under way, again and again; answers after its end are lost
//   repeat  the same answers and the same stream give the same pairs
//   source  Falahatgar, Jain, Orlitsky, Pichapati & Ravindrakumar, "The Limits of Maxing, Ranking, and
//           Preference Learning", ICML 2018 (Soft-Seq-Elim, Pick-Anchor, Opt-Max for small failure
//           probability)
#pragma once

#include <algorithm>
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

/// How good the last anchor must be, and how surely.
struct opt_max_options {
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
  friend bool operator==(opt_max_options const&, opt_max_options const&) = default;
};

/// The opt-max agent. The arms are put in random order, and the first one is the anchor. A stage takes the
/// first n arms of the order and two bounds l < u; with m halfway between them, an arm c that has not been
/// compared with the present anchor a is compared with it (detail::comparison, failure (1 - confidence)/n^2),
///
///     first with bounds l and m: if it is not ahead, it leaves the stage;
///     then, on the same duels, with m and u: if it is ahead, it becomes the anchor, and a leaves; else it
///     stays.
///
/// The stage ends when all that stay have been compared with the anchor. For K arms the stages are
///
///     n = sqrt(k ln(4 k / (1 - confidence))),   bounds 0 and tolerance/4,       k = K^(3/4),
///     n = k,                                    bounds tolerance/4 and /2,
///     n = K,                                    bounds tolerance/2 and tolerance,
///
/// or, where the first n is not below k, a single one of all arms with bounds 0 and tolerance.
///
/// Each anchor beats the one before with more than 1/2 + m, so by medium transitivity the last one beats all
/// before it so; an arm that one of them sent away with less than that cannot beat the last one by more.
/// It recommends the anchor.
class opt_max : public detail::k_armed<opt_max, opt_max_options> {
 public:
  static constexpr std::string_view name = "opt_max";
  using k_armed::k_armed;

  /// The certificate, once the last stage is over.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (!over_) return std::nullopt;
    return certificate{.arm = anchor_,
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = options().tolerance,
                       .comparisons = answers_};
  }

 private:
  friend k_armed;

  enum state : unsigned char { new_to_anchor, stays, gone };

  template <class Stream>
  pairing choose(Stream& stream) {
    if (over_) return {anchor_, anchor_};
    if (!begun_) {
      draw_order(std::span{order_}, stream);
      begun_ = true;
      anchor_ = order_[0];
      begin_stage();
    }
    return trial_.pair();
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (over_ || !begun_ || !trial_.is_about(i, j)) return;
    trial_.add(i, y);
    ++answers_;
    if (!trial_.over()) return;
    double const middle = 0.5 * (lower() + upper());
    if (!second_) {
      if (!trial_.ahead()) return settle(gone);
      trial_ = trial_.between(middle, upper());
      second_ = true;
      if (!trial_.over()) return;
    }
    if (!trial_.ahead()) return settle(stays);
    state_[anchor_] = gone;
    anchor_ = trial_.pair().first;
    std::replace(state_.begin(), state_.end(), static_cast<unsigned char>(stays),
                 static_cast<unsigned char>(new_to_anchor));
    settle(stays);
  }

  [[nodiscard]] std::size_t best() const noexcept { return anchor_; }

  void settle(state verdict) noexcept {
    state_[trial_.pair().first] = verdict;
    next_trial();
  }

  void next_trial() noexcept {
    second_ = false;
    for (std::size_t n = 0; n < members(); ++n) {
      if (state_[order_[n]] != new_to_anchor) continue;
      double const all = static_cast<double>(members());
      double const failure = detail::allowed_failure(options().confidence) / (all * all);
      trial_ = {order_[n], anchor_, lower(), 0.5 * (lower() + upper()), failure};
      return;
    }
    if (stage_ + 1 < stages()) {
      ++stage_;
      begin_stage();
    } else {
      over_ = true;
    }
  }

  void begin_stage() noexcept {
    std::fill(state_.begin(), state_.end(), static_cast<unsigned char>(new_to_anchor));
    state_[anchor_] = stays;
    next_trial();
  }

  // The sizes of the samples; at most that of the field.
  [[nodiscard]] std::size_t sample() const noexcept {
    return static_cast<std::size_t>(std::pow(static_cast<double>(size()), 0.75));
  }
  [[nodiscard]] std::size_t sample_of_sample() const noexcept {
    double const k = static_cast<double>(sample());
    return static_cast<std::size_t>(
        std::sqrt(k * std::log(4.0 * k / detail::allowed_failure(options().confidence))));
  }
  [[nodiscard]] std::size_t stages() const noexcept { return sample_of_sample() < sample() ? 3 : 1; }
  [[nodiscard]] std::size_t members() const noexcept {
    if (stage_ + 1 == stages()) return size();
    return stage_ == 0 ? sample_of_sample() : sample();
  }
  [[nodiscard]] double lower() const noexcept {
    return stages() == 1 || stage_ == 0
               ? 0.0
               : 0.125 * std::exp2(static_cast<double>(stage_)) * options().tolerance;
  }
  [[nodiscard]] double upper() const noexcept {
    return stages() == 1 ? options().tolerance
                         : 0.25 * std::exp2(static_cast<double>(stage_)) * options().tolerance;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("order", self.order_);
    visit("state", self.state_);
    visit("begun", self.begun_);
    visit("over", self.over_);
    visit("second", self.second_);
    visit("stage", self.stage_);
    visit("anchor", self.anchor_);
    visit("trial", self.trial_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = anchor_ < size() && stage_ < stages() && (over_ || !begun_ || trial_.sound(size()));
    for (std::size_t const arm : order_) fine = fine && arm < size();
    for (unsigned char const one : state_) fine = fine && one <= gone;
    return fine;
  }

  [[nodiscard]] std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    return arms;
  }

  std::vector<std::size_t> order_ = everyone();
  std::vector<unsigned char> state_ = row<unsigned char>(new_to_anchor);  // of each arm
  bool begun_ = false;                                                    // whether the order has been drawn
  bool over_ = size() == 1;
  bool second_ = false;  // whether the trial is about becoming the anchor
  std::size_t stage_ = 0;
  std::size_t anchor_ = 0;
  detail::comparison trial_;
  std::uint64_t answers_ = 0;
};

}  // namespace joust
