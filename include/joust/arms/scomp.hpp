// SPDX-License-Identifier: MIT
//
// Seeded comparison, in batches. A few random arms, the seeds, are compared with all others; arms that lose
// to a seed beyond doubt go. As soon as an arm has beaten all seeds with a margin, none of them can be the
// best: the arms that have beaten them all, a few among many, are left to the comparison of all pairs. So
// most of the K^2 pairs are never asked.
//
//   needs   the same arms every round, in a total order with strong stochastic transitivity and the
//           stochastic triangle inequality; the horizon
//   cost    O(1) per round on average, O(K^2) between two batches; O(1) per observation; two tables of K^2
//           doubles and K^2 / 2 pairs; no allocation after construction
//   delay   within a batch nothing depends on answers. Past its end, comparisons that miss their answer are
//           asked once more, and then the batch is over. Every answer counts in the batch in which it comes
//   repeat  the same answers and the same stream give the same pairs
//   source  Agarwal, Ghuge & Nagarajan, "Batched Dueling Bandits", ICML 2022 (SCOMP, SCOMP2)
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
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How a run is divided, and who is compared with the others.
struct scomp_options {
  std::uint64_t horizon = 0;  ///< rounds to be played; 0: the setting's
  std::uint64_t batches = 0;  ///< how many batches they are divided into; 0: ln(horizon), rounded up
  bool adaptive = false;      ///< whether the seeds send one of them against the others (SCOMP2)

  void check() const noexcept {}

  /// Throws std::invalid_argument for an unknown horizon.
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("batches", self.batches, "into how many batches they are divided; 0: ln(horizon)");
    visit("adaptive", self.adaptive, "whether the seeds send one of them against the others (SCOMP2)");
  }
  friend bool operator==(scomp_options const&, scomp_options const&) = default;
};

/// The SCOMP agent. T is the horizon, B the number of batches; a batch of size r compares its pairs
/// floor(T^(r/B)) times each. With n answered duels of i and j in a batch, of which i has won the share p_ij,
/// i has beaten j by m radii if
///
///     p_ij > 1/2 + m sqrt(ln(6 T K^2 B) / (2 n)).
///
/// An arm goes when it has been beaten by one radius by an arm that is sent against it: a seed, in SCOMP2 the
/// candidate. If one has beaten all seeds by three radii (in SCOMP2 the candidate by five), those stay that
/// have beaten them by one (three), and from then on all pairs are compared. It recommends the arm that does
/// best against the leading seed, once all pairs are compared the one that has beaten the most others.
class scomp : public detail::k_armed<scomp, scomp_options> {
 public:
  static constexpr std::string_view name = "scomp";
  using k_armed::k_armed;

  /// How many more comparisons the present batch holds, which the first select after the end of the one
  /// before has begun: so many can be selected without any answer. 0 once a single arm is left.
  [[nodiscard]] std::uint64_t batch_left() const noexcept { return batch_.left(); }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (r_ == 0) {
      draw_seeds(stream);
      begin_round();
    }
    std::optional<pairing> next = batch_.next();
    while (!next && last_ == none) {  // a single seed has nobody to be compared with: such a batch is empty
      judge(stream);
      next = batch_.next();
    }
    if (next) return *next;
    return {last_, last_};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    counts_.record(i, j, y);
    batch_.record(i, j, y);
  }

  // Arms that are no seeds have met seeds alone: how many they have beaten says little.
  [[nodiscard]] std::size_t best() const noexcept {
    if (all_pairs_ || r_ == 0) return detail::leader_in_play(counts_, out_);
    std::size_t seed = none;
    for (std::size_t i = 0; i < size(); ++i) {
      if (is_seed_[i] != 0 && (seed == none || counts_.beaten(i) > counts_.beaten(seed))) seed = i;
    }
    if (seed == none) return detail::leader_in_play(counts_, out_);
    std::size_t found = seed;
    for (std::size_t j = 0; j < size(); ++j) {
      if (out_[j] == 0 && j != seed && counts_.share(j, seed) > counts_.share(found, seed)) found = j;
    }
    return found;
  }

  template <class Stream>
  void draw_seeds(Stream& stream) {
    double const chance = 1.0 / std::sqrt(static_cast<double>(size()));
    bool any = false;
    for (unsigned char& seed : is_seed_) {
      seed = draw_bernoulli(chance, stream) == 1.0 ? 1 : 0;
      any = any || seed != 0;
    }
    if (!any) is_seed_[draw_index(size(), stream)] = 1;
    r_ = 1;
  }

  // The batch of size r: all pairs, pairs of seeds, or pairs with a seed. Where the seeds would be in all
  // pairs anyway, their part is over: any arm that is beaten may go.
  void begin_round() noexcept {
    std::size_t in_play = 0;
    std::size_t seeds = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      in_play += out_[i] == 0 ? 1U : 0U;
      seeds += is_seed_[i] != 0 ? 1U : 0U;
    }
    if (seeds == 0 || in_play <= 2 || (!options().adaptive && in_play - seeds <= 1)) all_pairs_ = true;
    candidate_ = none;
    begin_batch([this](std::size_t i, std::size_t j) {
      if (all_pairs_) return true;
      bool const one = is_seed_[i] != 0;
      bool const other = is_seed_[j] != 0;
      return options().adaptive ? one && other : one || other;
    });
  }

  template <class Belongs>
  void begin_batch(Belongs const& belongs) noexcept {
    batch_.begin(detail::batch_repeats(options().horizon, batches(), r_));
    std::size_t in_play = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (out_[i] != 0) continue;
      last_ = i;
      ++in_play;
      for (std::size_t j = i + 1; j < size(); ++j) {
        if (out_[j] == 0 && belongs(i, j)) batch_.add(i, j);
      }
    }
    if (in_play > 1) last_ = none;
  }

  // Draws the conclusions of a batch that is over, and begins the next one.
  template <class Stream>
  void judge(Stream& stream) {
    bool const of_candidate = candidate_ != none;
    eliminate();
    if (!all_pairs_) {
      bool const any_seed = std::find(is_seed_.begin(), is_seed_.end(), 1) != is_seed_.end();
      if (options().adaptive && !of_candidate && any_seed) {
        candidate_ = strongest_seed(stream);
        begin_batch([this](std::size_t i, std::size_t j) { return i == candidate_ || j == candidate_; });
        return;
      }
      // Without seeds, which takes a circle of them, or behind them, all pairs meet as often as those did.
      all_pairs_ = !any_seed || leave_seeds_behind(of_candidate ? 3.0 : 1.0);
      if (!all_pairs_) ++r_;
    } else {
      ++r_;
    }
    begin_round();
  }

  // Whether an arm was sent against the others in the batch that is over.
  [[nodiscard]] bool was_sent(std::size_t i) const noexcept {
    if (all_pairs_) return out_[i] == 0;
    return candidate_ != none ? i == candidate_ : is_seed_[i] != 0;
  }

  void eliminate() noexcept {
    detail::drop_the_beaten(
        out_, losses_, [this](std::size_t i, std::size_t j) { return was_sent(i) && has_beaten(i, j, 1.0); });
    for (std::size_t j = 0; j < size(); ++j) {
      if (out_[j] != 0) is_seed_[j] = 0;
    }
  }

  // If somebody has beaten all that were sent by two radii more, keeps those that have beaten them by
  // `radii`. The difference makes sure that the best arm is among them: it does no worse than anybody, and an
  // estimate is a radius off at most.
  [[nodiscard]] bool leave_seeds_behind(double radii) noexcept {
    auto const has_beaten_all = [this](std::size_t j, double by) {
      for (std::size_t i = 0; i < size(); ++i) {
        if (was_sent(i) && !has_beaten(j, i, by)) return false;
      }
      return true;
    };
    bool clearly = false;
    for (std::size_t j = 0; j < size(); ++j) {
      clearly = clearly || (out_[j] == 0 && has_beaten_all(j, radii + 2.0));
    }
    if (!clearly) return false;
    for (std::size_t j = 0; j < size(); ++j) {
      if (out_[j] == 0) losses_[j] = has_beaten_all(j, radii) ? 0U : 1U;
    }
    for (std::size_t j = 0; j < size(); ++j) {
      if (out_[j] == 0 && losses_[j] != 0) out_[j] = 1;
      is_seed_[j] = 0;
    }
    return true;
  }

  // The seed with the largest sum of shares against the others; unbeaten, since beaten ones have gone.
  template <class Stream>
  [[nodiscard]] std::size_t strongest_seed(Stream& stream) {
    for (std::size_t i = 0; i < size(); ++i) {
      strength_[i] = -1.0;
      if (is_seed_[i] == 0) continue;
      strength_[i] = 0.0;
      for (std::size_t j = 0; j < size(); ++j) {
        if (is_seed_[j] == 0 || j == i) continue;
        double const n = batch_.duels(i, j);
        strength_[i] += n > 0.0 ? batch_.wins(i, j) / n : 0.5;
      }
    }
    return argmax(strength_, stream);
  }

  [[nodiscard]] std::uint64_t batches() const noexcept {
    return options().batches != 0 ? options().batches : detail::usual_batches(options().horizon);
  }

  // By squares: p - 1/2 > radii sqrt(level / n) is the same as wins - n / 2 > radii sqrt(level n).
  [[nodiscard]] bool has_beaten(std::size_t i, std::size_t j, double radii) const noexcept {
    double const n = batch_.duels(i, j);
    double const lead = batch_.wins(i, j) - 0.5 * n;
    if (!(lead > 0.0)) return false;  // most often, and without a logarithm
    double const tests = 6.0 * static_cast<double>(options().horizon) * static_cast<double>(batches());
    double const level = 0.5 * (std::log(tests) + 2.0 * std::log(static_cast<double>(size())));
    return lead * lead > radii * radii * level * n;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("batch", self.batch_);
    visit("out", self.out_);
    visit("is_seed", self.is_seed_);
    visit("candidate", self.candidate_);
    visit("all_pairs", self.all_pairs_);
    visit("r", self.r_);
    visit("last", self.last_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool seeded = false;
    bool seeds_in_play = true;
    for (std::size_t i = 0; i < size(); ++i) {
      seeded = seeded || is_seed_[i] != 0;
      seeds_in_play = seeds_in_play && (is_seed_[i] == 0 || (is_seed_[i] == 1 && out_[i] == 0));
    }
    return counts_.sound() && batch_.sound() && std::find(out_.begin(), out_.end(), 0) != out_.end() &&
           (candidate_ == none || candidate_ < size()) && (last_ == none || last_ < size()) &&
           seeds_in_play && (seeded || all_pairs_ || r_ == 0 || last_ != none);
  }

  detail::pair_counts counts_{size()};
  detail::comparison_batch batch_{size()};
  std::vector<unsigned char> out_ = row<unsigned char>(0);
  std::vector<unsigned char> is_seed_ = row<unsigned char>(0);  // seeds in play
  std::size_t candidate_ = none;  // the seed that is sent against the others in this batch, if one is
  bool all_pairs_ = false;        // the seeds have been left behind
  std::uint64_t r_ = 0;           // the size of the batch
  std::size_t last_ = none;       // the arm that is left
  std::vector<std::size_t> losses_ = row<std::size_t>(0);  // work space
  std::vector<double> strength_ = row(0.0);                // work space
};

}  // namespace joust
