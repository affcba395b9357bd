// SPDX-License-Identifier: MIT
//
// One pass of quicksort at a time. A random arm is the pivot, all others duel it once, and every pair that
// ends on different sides counts as a duel that the upper one has won: in the Plackett-Luce model it is one.
// So a pass of n - 1 duels teaches about up to n^2 / 4 pairs. Arms that are certainly beaten drop out, until
// one is certainly as good as any, but for the tolerance.
//
//   needs   the same arms every round, and the Plackett-Luce (Bradley-Terry) model: p_ij = v_i / (v_i + v_j)
//   cost    O(1) per round; O(K) per observation on average, with a square root and a logarithm each, O(K^2)
//           at the end of a pass; one table of K^2 doubles; no allocation after construction
//   delay   the pass goes on without waiting; answers after its end, and those that nobody asked for, count
//           for their own pair alone
//   repeat  the same answers and the same stream give the same pairs
//   source  Szorenyi, Busa-Fekete, Paul & Hullermeier, "Online Rank Elicitation for Plackett-Luce: A Dueling
//           Bandits Approach", NeurIPS 2015, algorithms 1 and 2 (BQS, PLPAC)
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
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How good the arm must be, and how surely.
struct pl_pac_options {
  double tolerance = 0.1;   ///< no arm may beat the winner with more than 1/2 + tolerance; up to 1/2
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
  friend bool operator==(pl_pac_options const&, pl_pac_options const&) = default;
};

/// The PLPAC agent. A pass takes the n arms that are left: one of them, drawn uniformly, is the pivot k, and
/// the others duel it in order of index. Of two arms i and j with outcomes y_i and y_j against the pivot, i
/// is credited with a win over j of weight y_i (1 - y_j), and j with one of weight y_j (1 - y_i): 1 for one
/// of them if they end on different sides, else 0. Then, with N_ij the weight of all duels of i and j, of
/// which i has won the share p_ij, and
///
///     c_ij = sqrt(ln(4 K^2 N_ij^2 / (1 - confidence)) / 2 N_ij),
///
/// an arm j drops out if p_ij - c_ij > 1/2 for an i that is left (i in order of index), and the agent stops
/// as soon as an arm i has p_ij - c_ij > 1/2 - tolerance for all j that are left. It recommends, of the arms
/// that are left, the one that has won the largest share of all its duels.
class pl_pac : public detail::k_armed<pl_pac, pl_pac_options> {
 public:
  static constexpr std::string_view name = "pl_pac";
  using k_armed::k_armed;

  /// The certificate, once an arm is certainly as good as any, but for the tolerance.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (winner_ == none) return std::nullopt;
    return certificate{.arm = winner_,
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = options().tolerance,
                       .comparisons = answers_};
  }

 private:
  friend k_armed;

  static constexpr double unanswered = -1.0;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (winner_ != none) return {winner_, winner_};
    if (pivot_ != none && next_after(next_) == left_.size())
      end_pass();  // some answers will not come in time
    if (winner_ != none) return {winner_, winner_};
    if (pivot_ == none) {
      pivot_ = left_[draw_index(left_.size(), stream)];
      next_ = 0;
    }
    std::size_t const n = next_after(next_);
    next_ = n + 1;
    return {left_[n], pivot_};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (winner_ != none) return;
    ++answers_;
    if (pivot_ != none && (i == pivot_ || j == pivot_)) {
      std::size_t const other = i == pivot_ ? j : i;
      if (against_pivot_[other] == unanswered && !dropped(other)) {
        against_pivot_[other] = other == i ? y : 1.0 - y;
        if (++answered_ + 1 == left_.size()) end_pass();
        return;
      }
    }
    credit(i, j, y, 1.0 - y);
  }

  [[nodiscard]] std::size_t best() const noexcept {
    if (winner_ != none) return winner_;
    std::size_t found = left_[0];
    for (std::size_t const i : left_) {
      if (all_won_[i] * all_duels_[found] > all_won_[found] * all_duels_[i]) found = i;
    }
    return found;
  }

  void credit(std::size_t i, std::size_t j, double won, double lost) noexcept {
    wins_[i * size() + j] += won;
    wins_[j * size() + i] += lost;
    all_won_[i] += won;
    all_won_[j] += lost;
    all_duels_[i] += won + lost;
    all_duels_[j] += won + lost;
  }

  [[nodiscard]] bool dropped(std::size_t arm) const noexcept {
    return !std::binary_search(left_.begin(), left_.end(), arm);
  }

  // The first place from n on, among those left, that is not the pivot's.
  [[nodiscard]] std::size_t next_after(std::size_t n) const noexcept {
    return n < left_.size() && left_[n] == pivot_ ? n + 1 : n;
  }

  void end_pass() noexcept {
    for (std::size_t const i : left_) {
      if (i == pivot_ || against_pivot_[i] == unanswered) continue;
      credit(i, pivot_, against_pivot_[i], 1.0 - against_pivot_[i]);
      for (std::size_t const j : left_) {
        if (j <= i || j == pivot_ || against_pivot_[j] == unanswered) continue;
        credit(i, j, against_pivot_[i] * (1.0 - against_pivot_[j]),
               against_pivot_[j] * (1.0 - against_pivot_[i]));
      }
    }
    for (std::size_t const i : left_) against_pivot_[i] = unanswered;
    pivot_ = none;
    answered_ = 0;
    drop_beaten();
    find_winner();
  }

  // What i has surely won of its duels with j.
  [[nodiscard]] double lower(std::size_t i, std::size_t j) const noexcept {
    double const won = wins_[i * size() + j];
    double const n = won + wins_[j * size() + i];
    if (n < 1.0) return 0.0;  // a bound for whole numbers
    double const all = static_cast<double>(size());
    double const level = std::log(4.0 * all * all * n * n / detail::allowed_failure(options().confidence));
    return won / n - std::sqrt(level / (2.0 * n));
  }

  void drop_beaten() noexcept {
    for (std::size_t const i : left_) {
      if (beaten_[i] != 0) continue;
      for (std::size_t const j : left_) {
        if (i != j && lower(i, j) > 0.5) beaten_[j] = 1;
      }
    }
    left_.erase(std::remove_if(left_.begin(), left_.end(), [this](std::size_t j) { return beaten_[j] != 0; }),
                left_.end());
  }

  void find_winner() noexcept {
    for (std::size_t const i : left_) {
      bool good = true;
      for (std::size_t const j : left_) good = good && (i == j || lower(i, j) > 0.5 - options().tolerance);
      if (good) {
        winner_ = i;
        return;
      }
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("all_won", self.all_won_);
    visit("all_duels", self.all_duels_);
    visit("against_pivot", self.against_pivot_);
    visit("beaten", self.beaten_);
    visit.list("left", self.left_);
    visit("pivot", self.pivot_);
    visit("next", self.next_);
    visit("answered", self.answered_);
    visit("winner", self.winner_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = !left_.empty() && left_.size() <= size() && next_ <= left_.size();
    for (std::size_t n = 0; n < left_.size() && fine; ++n) {
      fine = left_[n] < size() && (n == 0 || left_[n - 1] < left_[n]);
    }
    return fine && (pivot_ == none || !dropped(pivot_)) && (winner_ == none || winner_ < size());
  }

  [[nodiscard]] std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    return arms;
  }

  std::vector<double> wins_ = square(0.0);
  std::vector<double> all_won_ = row(0.0);
  std::vector<double> all_duels_ = row(0.0);
  std::vector<double> against_pivot_ = row(unanswered);  // y of the pass
  std::vector<unsigned char> beaten_ = row<unsigned char>(0);
  std::vector<std::size_t> left_ = everyone();  // ascending
  std::size_t pivot_ = none;
  std::size_t next_ = 0;      // whom the pivot meets next, in left_
  std::size_t answered_ = 0;  // in this pass
  std::size_t winner_ = size() == 1 ? 0 : none;
  std::uint64_t answers_ = 0;
};

}  // namespace joust
