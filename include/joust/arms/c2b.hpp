// SPDX-License-Identifier: MIT
//
// Catching the Condorcet winner in batches. The arm that seems to beat the most others is the candidate. Arms
// that it seems to beat are compared with it alone, all others with everybody, lest the winner be among them.
// Once the candidate is the winner and seems to beat all, a batch asks K pairs instead of K^2: so the regret
// comes to be that of a sequential algorithm, in about ln T batches.
//
//   needs   the same arms every round, and a Condorcet winner; the horizon
//   cost    O(1) per round on average, O(K^2) between two batches; O(1) per observation; two tables of K^2
//           doubles and K^2 / 2 pairs; no allocation after construction
//   delay   within a batch nothing depends on answers. Past its end, comparisons that miss their answer are
//           asked once more, and then the batch is over. Every answer counts, whenever it comes
//   repeat  the same answers and the same stream give the same pairs
//   source  Agarwal, Ghuge & Nagarajan, "An Asymptotically Optimal Batched Algorithm for the Dueling Bandit
//           Problem", NeurIPS 2022 (C2B)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <joust/arms/detail/arms_in_play.hpp>
#include <joust/arms/detail/comparison_batch.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How a run is divided, and how easily an arm seems to be beaten.
struct c2b_options {
  std::uint64_t horizon = 0;  ///< rounds to be played; 0: the setting's
  std::uint64_t batches = 0;  ///< how many batches they are divided into; 0: ln(horizon), rounded up
  double width = 1.0;         ///< of the bounds that choose the candidate, above 0

  /// Throws std::invalid_argument for an option out of range.
  void check() const { detail::require_positive("width", width); }

  /// Throws std::invalid_argument for an unknown horizon.
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("batches", self.batches, "into how many batches they are divided; 0: ln(horizon)");
    visit("width", self.width, "width of the bounds that choose the candidate");
  }
  friend bool operator==(c2b_options const&, c2b_options const&) = default;
};

/// The C2B agent. T is the horizon, B the number of batches, q_r = floor(T^(r/B)). With n answered duels of i
/// and j so far, of which i has won the share p_ij,
///
///     i seems to beat j if   p_ij > 1/2 + sqrt(width ln(2 K^2 q_(r-1)) / n),
///     i has beaten j if      p_ij > 1/2 + sqrt(ln(K^2 B T) / (2 n)).
///
/// Before batch r the candidate is the arm in play that seems to beat the most others in play. The batch
/// compares all pairs q_r times, but for those of two arms that the candidate seems to beat. After it, arms
/// go that have been beaten by an arm in play; if that would leave nobody, those stay that have lost to the
/// fewest. It recommends the arm in play that has beaten the most others.
class c2b : public detail::k_armed<c2b, c2b_options> {
 public:
  static constexpr std::string_view name = "c2b";
  using k_armed::k_armed;

  /// How many more comparisons the present batch holds, which the first select after the end of the one
  /// before has begun: so many can be selected without any answer. 0 once a single arm is left.
  [[nodiscard]] std::uint64_t batch_left() const noexcept { return batch_.left(); }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    std::optional<pairing> next = batch_.next();
    if (!next && last_ == none) {
      if (!batch_.empty()) eliminate();
      begin_batch(stream);
      next = batch_.next();
    }
    if (next) return *next;
    return {last_, last_};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    counts_.record(i, j, y);
    batch_.record(i, j, y);
  }

  [[nodiscard]] std::size_t best() const noexcept { return detail::leader_in_play(counts_, out_); }

  template <class Stream>
  void begin_batch(Stream& stream) {
    double const level = seeming_level();
    std::size_t const candidate = choose_candidate(level, stream);
    ++r_;
    batch_.begin(detail::batch_repeats(options().horizon, batches(), r_));
    for (std::size_t j = 0; j < size(); ++j) score_[j] = exceeds(candidate, j, level) ? 1.0 : 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t j = i + 1; j < size() && out_[i] == 0; ++j) {
        if (out_[j] == 0 && (score_[i] == 0.0 || score_[j] == 0.0)) batch_.add(i, j);
      }
    }
    if (batch_.empty()) last_ = candidate;
  }

  // The arm in play that seems to beat the most others in play; ties by the stream.
  template <class Stream>
  [[nodiscard]] std::size_t choose_candidate(double level, Stream& stream) {
    for (std::size_t i = 0; i < size(); ++i) {
      score_[i] = out_[i] == 0 ? 0.0 : -1.0;
      for (std::size_t j = 0; j < size() && out_[i] == 0; ++j) {
        if (out_[j] == 0 && exceeds(i, j, level)) score_[i] += 1.0;
      }
    }
    return argmax(score_, stream);
  }

  void eliminate() noexcept {
    double const tests = static_cast<double>(options().horizon) * static_cast<double>(batches());
    double const level = 0.5 * (std::log(tests) + 2.0 * std::log(static_cast<double>(size())));
    detail::drop_the_beaten(
        out_, score_, [&](std::size_t i, std::size_t j) { return out_[i] == 0 && exceeds(i, j, level); });
  }

  // Whether p_ij > 1/2 + sqrt(level / n): by squares, wins - n / 2 > sqrt(level n).
  [[nodiscard]] bool exceeds(std::size_t i, std::size_t j, double level) const noexcept {
    double const n = counts_.duels(i, j);
    double const lead = counts_.wins(i, j) - 0.5 * n;
    return lead > 0.0 && lead * lead > level * n;
  }

  // Looks back on batch r.
  [[nodiscard]] double seeming_level() const noexcept {
    auto const repeats = static_cast<double>(detail::batch_repeats(options().horizon, batches(), r_));
    return options().width * (std::log(2.0 * repeats) + 2.0 * std::log(static_cast<double>(size())));
  }

  [[nodiscard]] std::uint64_t batches() const noexcept {
    return options().batches != 0 ? options().batches : detail::usual_batches(options().horizon);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("batch", self.batch_);
    visit("out", self.out_);
    visit("r", self.r_);
    visit("last", self.last_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return counts_.sound() && batch_.sound() && std::find(out_.begin(), out_.end(), 0) != out_.end() &&
           (last_ == none || last_ < size());
  }

  detail::pair_counts counts_{size()};
  detail::comparison_batch batch_{size()};
  std::vector<unsigned char> out_ = row<unsigned char>(0);
  std::uint64_t r_ = 0;                   // the batch, from 1
  std::size_t last_ = none;               // the arm that is left
  std::vector<double> score_ = row(0.0);  // work space
};

}  // namespace joust
