// SPDX-License-Identifier: MIT
//
// Comparison of all pairs, in batches. Every pair of arms in play is compared equally often, then all arms
// that have lost to another beyond doubt go, and the next batch asks more of fewer pairs. Its questions are
// known before any of them is answered, so they can be asked at once: a few rounds of judging do for a whole
// run. The last one standing duels itself.
//
//   needs   the same arms every round, and a Condorcet winner; the horizon
//   cost    O(1) per round on average, O(K^2) between two batches; O(1) per observation; two tables of K^2
//           doubles and K^2 / 2 pairs; no allocation after construction
//   delay   within a batch nothing depends on answers. Past its end, comparisons that miss their answer are
//           asked once more, and then the batch is over. Every answer counts in the batch in which it comes
//   repeat  the same answers give the same pairs; no randomness is used
//   source  Agarwal, Ghuge & Nagarajan, "Batched Dueling Bandits", ICML 2022 (PCOMP)
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
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How a run is divided.
struct pcomp_options {
  std::uint64_t horizon = 0;  ///< rounds to be played; 0: the setting's
  std::uint64_t batches = 0;  ///< how many batches they are divided into; 0: ln(horizon), rounded up
  bool pooled = false;        ///< whether the answers of earlier batches count, too

  void check() const noexcept {}

  /// Throws std::invalid_argument for an unknown horizon.
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("batches", self.batches, "into how many batches they are divided; 0: ln(horizon)");
    visit("pooled", self.pooled, "whether the answers of earlier batches count, too");
  }
  friend bool operator==(pcomp_options const&, pcomp_options const&) = default;
};

/// The PCOMP agent. With T the horizon and B the number of batches, batch r compares each pair of arms in
/// play floor(T^(r/B)) times. Then j goes if for some i in play, with n answered duels of the two, of which i
/// has won the share p_ij,
///
///     p_ij > 1/2 + sqrt(ln(6 T K^2 B) / (2 n)).
///
/// If that would leave nobody, those stay that have lost to the fewest. It recommends the arm in play that
/// has beaten the most others.
class pcomp : public detail::k_armed<pcomp, pcomp_options> {
 public:
  static constexpr std::string_view name = "pcomp";
  using k_armed::k_armed;

  /// How many more comparisons the present batch holds, which the first select after the end of the one
  /// before has begun: so many can be selected without any answer. 0 once a single arm is left.
  [[nodiscard]] std::uint64_t batch_left() const noexcept { return batch_.left(); }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream&) {
    std::optional<pairing> next = batch_.next();
    if (!next) {
      if (!batch_.empty()) eliminate();
      begin_batch();
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

  [[nodiscard]] std::uint64_t batches() const noexcept {
    return options().batches != 0 ? options().batches : detail::usual_batches(options().horizon);
  }

  void begin_batch() noexcept {
    if (last_ != none) return;
    ++r_;
    batch_.begin(detail::batch_repeats(options().horizon, batches(), r_));
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t j = i + 1; j < size(); ++j) {
        if (out_[i] == 0 && out_[j] == 0) batch_.add(i, j);
      }
    }
    if (batch_.empty()) last_ = best();
  }

  void eliminate() noexcept {
    double const tests = 6.0 * static_cast<double>(options().horizon) * static_cast<double>(batches());
    double const level = 0.5 * (std::log(tests) + 2.0 * std::log(static_cast<double>(size())));
    detail::drop_the_beaten(
        out_, losses_, [&](std::size_t i, std::size_t j) { return out_[i] == 0 && has_beaten(i, j, level); });
  }

  // By squares: p - 1/2 > sqrt(level / n) is the same as wins - n / 2 > sqrt(level n).
  [[nodiscard]] bool has_beaten(std::size_t i, std::size_t j, double level) const noexcept {
    double const n = options().pooled ? counts_.duels(i, j) : batch_.duels(i, j);
    double const lead = (options().pooled ? counts_.wins(i, j) : batch_.wins(i, j)) - 0.5 * n;
    return lead > 0.0 && lead * lead > level * n;
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
  std::vector<std::size_t> losses_ = row<std::size_t>(0);  // work space
  std::uint64_t r_ = 0;                                    // the batch, from 1
  std::size_t last_ = none;                                // the arm that is left
};

}  // namespace joust
