// SPDX-License-Identifier: MIT
//
// Arms ranked by their Borda scores: how often an arm beats a random other one. All arms that are still in
// doubt take turns and duel a random arm each; an arm is placed as soon as its score is certainly on one side
// of the border, or of its neighbours where the whole ranking is asked for. It assumes nothing about the
// preferences.
//
//   needs   the same arms every round; scores that differ at the border
//   cost    O(1) per round; O(K) per observation on average, O(K^2) at worst; a table of K^2 numbers of 4
//           bytes
//   delay   each arm keeps its turn and is scored by the answers that come; of two questions about the same
//           pair it is forgotten which came first, not whose they were
//   repeat  the same answers and the same stream give the same pairs
//   source  Heckel, Shah, Ramchandran & Wainwright, "Active Ranking from Pairwise Comparisons and When
//           Parametric Assumptions Do Not Help", Annals of Statistics 2019, algorithm 1
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
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// What is to be ranked, and how surely.
struct active_ranking_options {
  std::size_t k = 1;  ///< find the k arms of largest score; 0: the whole ranking
  double width =
      2.0;  ///< how far scores must be apart, in sums of their radii: 2 as in the paper; 1 suffices
  double confidence = 0.0;  ///< probability that all is in its place; 0: the setting's, else 0.95

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(width > 0.0 && width <= 1e6))
      detail::reject("width", detail::text(width), "a number above 0, at most 1e6");
    detail::require_confidence(confidence);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("k", self.k, "find the k arms of largest score; 0: the whole ranking");
    visit("width", self.width, "how far scores must be apart, in sums of their radii");
    visit("confidence", self.confidence, "probability that all is in its place; 0: the setting's, else 0.95");
  }
  friend bool operator==(active_ranking_options const&, active_ranking_options const&) = default;
};

/// The active ranking agent. In every pass each active arm i duels an arm drawn uniformly from all others,
/// and only i is scored by the answer. After T_i answers its score is their mean s_i, with the radius
///
///     r_i = sqrt((ln(K/f) + 0.75 ln ln(K/f) + 1.5 ln(1 + ln(max(T_i, 2) / 2))) / (2 T_i)),
///
/// f = 1 - confidence. Arm i is above arm j if s_i - s_j > width (r_i + r_j). An active arm is placed, and
/// takes no more turns, at the end of a pass: with h places among the first k not yet given away, among the
/// first k if fewer than h of the other active arms are not below it, among the rest if h or more of them are
/// above it. For the whole ranking it is placed once each other active arm is above or below it.
///
/// It recommends the arm that is first in the ranking so far.
class active_ranking : public detail::k_armed<active_ranking, active_ranking_options> {
 public:
  static constexpr std::string_view name = "active_ranking";
  using k_armed::k_armed;

  /// The certificate, once all arms are placed: the arm of largest score. Its tolerance is 0 where k is 0 or
  /// 1; else, by how much the score of another one of the first k may be larger.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (arms() == 0 || !active_.empty()) return std::nullopt;
    std::size_t const winner = best();
    double tolerance = 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (options().k < 2 || i == winner || group_[i] != among_first) continue;
      tolerance = std::max(tolerance, score(i) + radius(i) - score(winner) + radius(winner));
    }
    return certificate{.arm = winner,
                       .winner = winner_kind::borda,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = std::min(tolerance, 0.5),
                       .comparisons = answers_};
  }

  /// All arms, those of larger score first; where they are placed, they are placed so. O(K log K).
  [[nodiscard]] std::vector<std::size_t> ranking() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    std::sort(arms.begin(), arms.end(), [this](std::size_t i, std::size_t j) { return precedes(i, j); });
    return arms;
  }

  /// The first k arms of the ranking; all of them for k = 0.
  [[nodiscard]] std::vector<std::size_t> top() const {
    std::vector<std::size_t> arms = ranking();
    if (options().k != 0 && options().k < arms.size()) arms.resize(options().k);
    return arms;
  }

 private:
  friend k_armed;

  // In the order of the ranking. Where all of it is asked for, every placed arm is among the first.
  enum group : unsigned char { among_first, in_doubt, among_rest };

  template <class Stream>
  pairing choose(Stream& stream) {
    if (active_.empty()) return {best(), best()};
    if (turn_ >= active_.size()) turn_ = 0;
    std::size_t const i = active_[turn_++];
    std::size_t const other = draw_index(size() - 1, stream);
    std::size_t const j = other + (other >= i ? 1U : 0U);
    ++asked_[i * size() + j];
    return {i, j};
  }

  // The answer scores whose question it was; both may have asked for this pair, then the lower index first.
  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (active_.empty()) return;
    std::size_t const low = std::min(i, j);
    std::size_t const high = std::max(i, j);
    std::size_t const scored = asked_[low * size() + high] > 0 ? low : high;
    std::size_t const other = scored == low ? high : low;
    if (asked_[scored * size() + other] == 0) return;  // nobody asked
    --asked_[scored * size() + other];
    if (group_[scored] != in_doubt) return;  // placed meanwhile
    wins_[scored] += scored == i ? y : 1.0 - y;
    ++duels_[scored];
    ++answers_;
    if (++answers_in_pass_ < active_.size()) return;
    answers_in_pass_ = 0;
    place_arms();
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < size(); ++i) {
      if (precedes(i, found)) found = i;
    }
    return found;
  }

  // By group, then by score, then by index.
  [[nodiscard]] bool precedes(std::size_t i, std::size_t j) const noexcept {
    if (options().k != 0 && group_[i] != group_[j]) return group_[i] < group_[j];
    if (score(i) != score(j)) return score(i) > score(j);
    return i < j;
  }

  [[nodiscard]] double score(std::size_t i) const noexcept {
    return duels_[i] > 0 ? wins_[i] / static_cast<double>(duels_[i]) : 0.5;
  }
  [[nodiscard]] double radius(std::size_t i) const noexcept {
    if (duels_[i] == 0) return 1.0;
    double const n = static_cast<double>(duels_[i]);
    double const level =
        std::log(static_cast<double>(size()) / detail::allowed_failure(options().confidence));
    double const iterated =
        0.75 * std::log(std::max(level, 1.0)) + 1.5 * std::log1p(std::log(std::max(n, 2.0) / 2.0));
    return std::sqrt((level + iterated) / (2.0 * n));
  }

  [[nodiscard]] bool above(std::size_t i, std::size_t j) const noexcept {
    return score(i) - score(j) > options().width * (radii_[i] + radii_[j]);
  }

  void place_arms() noexcept {
    for (std::size_t const i : active_) radii_[i] = radius(i);
    for (std::size_t const i : active_) verdict_[i] = verdict(i);
    for (std::size_t const i : active_) {
      group_[i] = verdict_[i];
      if (group_[i] == among_first && places_left_ > 0) --places_left_;
    }
    active_.erase(std::remove_if(active_.begin(), active_.end(),
                                 [this](std::size_t i) { return group_[i] != in_doubt; }),
                  active_.end());
    turn_ = 0;
  }

  [[nodiscard]] unsigned char verdict(std::size_t i) const noexcept {
    std::size_t over = 0;   // how many are above i
    std::size_t under = 0;  // how many are below it
    for (std::size_t const j : active_) {
      over += above(j, i) ? 1U : 0U;
      under += above(i, j) ? 1U : 0U;
    }
    std::size_t const others = active_.size() - 1;
    if (options().k == 0) return over + under == others ? among_first : in_doubt;
    if (others - under < places_left_) return among_first;
    return over >= places_left_ ? among_rest : in_doubt;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("duels", self.duels_);
    visit("asked", self.asked_);
    visit("group", self.group_);
    visit.list("active", self.active_);
    visit("turn", self.turn_);
    visit("places_left", self.places_left_);
    visit("answers_in_pass", self.answers_in_pass_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = active_.size() <= size();
    for (std::size_t n = 0; n < active_.size() && fine; ++n) {
      fine = active_[n] < size() && (n == 0 || active_[n - 1] < active_[n]);
    }
    for (unsigned char const one : group_) fine = fine && one <= among_rest;
    return fine;
  }

  [[nodiscard]] std::vector<std::size_t> contenders() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    if (size() == 1) arms.clear();
    return arms;
  }

  std::vector<double> wins_ = row(0.0);
  std::vector<std::uint64_t> duels_ = row<std::uint64_t>(0);     // T
  std::vector<std::uint32_t> asked_ = square<std::uint32_t>(0);  // [i * K + j]: i's questions about j, open
  std::vector<unsigned char> group_ = row<unsigned char>(in_doubt);
  std::vector<std::size_t> active_ = contenders();  // ascending
  std::size_t turn_ = 0;
  std::size_t places_left_ = options().k;  // among the first k
  std::uint64_t answers_in_pass_ = 0;
  std::uint64_t answers_ = 0;
  std::vector<double> radii_ = row(0.0);                        // work space
  std::vector<unsigned char> verdict_ = row<unsigned char>(0);  // work space
};

}  // namespace joust
