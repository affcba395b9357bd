// SPDX-License-Identifier: MIT
//
// When to stop asking, whoever chose the questions: the first moment at which one arm has beaten every other
// one beyond doubt. It watches any agent and ends its search for the Condorcet winner, at the price of not
// knowing what the agent plans. An agent inside `certified` (arms/) stops at the same moment.
//
//   needs   fixed arms whose answers depend on the pair alone, each with a mean of its own in [0, 1]
//   cost    O(1) per answer, about five logarithms; K^2 doubles
//   repeat  a function of the answers, in their order
//   source  Robbins, Annals of Mathematical Statistics 41, 1970; Ville's inequality
//
// Why the claim can be trusted. For an arm i that does not beat j, the chance that the evidence of i against
// j ever reaches 1 + K / delta is at most delta / K, however the pairs were chosen and whenever one looks
// (detail::log_superiority has the proof). An arm is declared the winner when its evidence has reached that
// against every other arm. Let c be an arm that is not the Condorcet winner: some arm j(c) is not beaten by
// it, and declaring c takes that the evidence of c against j(c) gets there. There are at most K such pairs,
// one for each c, so the chance that a false winner is ever declared is at most K * delta / K = delta. That a
// Condorcet winner exists is not needed: if there is none, nothing is declared, but for a chance of delta.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <joust/arms/detail/identification.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Declares a Condorcet winner, once.
class stopping_rule {
 public:
  /// For `arms` >= 1 arms and a confidence in (0, 1), the probability that what is declared is true. Throws
  /// std::invalid_argument for others.
  stopping_rule(std::size_t arms, double confidence) : confidence_{confidence} {
    if (arms == 0) detail::reject("arms", "0", "at least 1");
    if (!(confidence > 0.0 && confidence < 1.0)) {
      detail::reject("confidence", detail::text(confidence), "a probability above 0 and below 1");
    }
    level_ = std::log1p(static_cast<double>(arms) / (1.0 - confidence));
    counts_ = detail::pair_counts{arms};
    shown_.assign(arms * arms, 0);
    beaten_.assign(arms, 0);
    if (arms == 1) winner_ = 0;
  }

  /// Learns from an answer. A self-duel teaches nothing. Throws std::invalid_argument for an arm out of range
  /// or an outcome outside [0, 1], and then changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    detail::require_index("first", first, beaten_.size());
    detail::require_index("second", second, beaten_.size());
    detail::require_unit_interval("outcome", y);
    if (first == second || winner_ != nobody) return;
    ++answers_;
    counts_.record(first, second, y);
    weigh(first, second);
    weigh(second, first);
  }

  /// The winner, once there is one. It stays.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (winner_ == nobody) return std::nullopt;
    return certificate{.arm = winner_,
                       .winner = winner_kind::condorcet,
                       .confidence = confidence_,
                       .tolerance = 0.0,
                       .comparisons = answers_};
  }

 private:
  static constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

  // What has once been shown stays shown: the bound is on ever getting there.
  void weigh(std::size_t i, std::size_t j) {
    unsigned char& shown = shown_[i * beaten_.size() + j];
    if (shown != 0) return;
    if (detail::log_superiority(counts_.wins(i, j), counts_.wins(j, i)) < level_) return;
    shown = 1;
    if (++beaten_[i] + 1 == beaten_.size()) winner_ = i;
  }

  double confidence_;
  double level_ = 0.0;  // log(1 + K / delta)
  detail::pair_counts counts_;
  std::vector<unsigned char> shown_;  // [i * K + j]: i has been shown to beat j
  std::vector<std::size_t> beaten_;   // how many others each arm has been shown to beat
  std::uint64_t answers_ = 0;
  std::size_t winner_ = nobody;
};

}  // namespace joust
