// SPDX-License-Identifier: MIT
//
// What the arms of one replication have done to each other, in whole numbers: every duel of a simulation has
// a winner, so counts of 32 bits hold what arms/detail/pair_counts.hpp keeps as sums of outcomes, exactly.
//
//   cost    record, share, beaten: O(1); leader: O(K), and O(K) more for each arm that ties for the lead; 8
//           bytes for each ordered pair
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <joust/core/host_device.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <std::size_t MaxArms>
class duel_table {
 public:
  JOUST_HOST_DEVICE void begin(std::size_t arms) noexcept {
    arms_ = static_cast<std::uint32_t>(arms);
    for (std::size_t i = 0; i < arms; ++i) {
      beaten_[i] = 0;
      for (std::size_t j = 0; j < arms; ++j) {
        wins_[i * MaxArms + j] = 0;
        duels_[i * MaxArms + j] = 0;
      }
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t arms() const noexcept { return arms_; }

  /// How often i has beaten j, and how often they have met.
  [[nodiscard]] JOUST_HOST_DEVICE std::uint32_t wins(std::size_t i, std::size_t j) const noexcept {
    return wins_[i * MaxArms + j];
  }
  [[nodiscard]] JOUST_HOST_DEVICE std::uint32_t duels(std::size_t i, std::size_t j) const noexcept {
    return duels_[i * MaxArms + j];
  }

  /// i's share of its duels with j; 1/2 if they have not met.
  [[nodiscard]] JOUST_HOST_DEVICE double share(std::size_t i, std::size_t j) const noexcept {
    double const met = duels(i, j);
    return met > 0.0 ? wins(i, j) / met : 0.5;
  }

  /// Whether that share is at most 1/2: with counts below 2^32, the quotient is on the same side of 1/2 as
  /// the fraction.
  [[nodiscard]] JOUST_HOST_DEVICE bool leads_not(std::size_t i, std::size_t j) const noexcept {
    return wins(i, j) <= duels(i, j) - wins(i, j);
  }

  /// How many arms i has won more than half of the duels against.
  [[nodiscard]] JOUST_HOST_DEVICE std::size_t beaten(std::size_t i) const noexcept { return beaten_[i]; }

  /// Adds a duel of two different arms. Chance decides who wins: additions of 0 or 1 are cheaper than
  /// branches.
  JOUST_HOST_DEVICE void record(std::size_t first, std::size_t second, bool first_won) noexcept {
    std::size_t const there = first * MaxArms + second;
    std::size_t const back = second * MaxArms + first;
    std::uint32_t const won = wins_[there];
    std::uint32_t const lost = wins_[back];
    std::uint32_t const now_won = won + (first_won ? 1U : 0U);
    std::uint32_t const now_lost = lost + (first_won ? 0U : 1U);
    wins_[there] = now_won;
    wins_[back] = now_lost;
    duels_[there] = duels_[back] = now_won + now_lost;
    beaten_[first] = static_cast<std::uint8_t>(beaten_[first] + (now_won > now_lost) - (won > lost));
    beaten_[second] = static_cast<std::uint8_t>(beaten_[second] + (now_lost > now_won) - (lost > won));
  }

  /// The arm that has beaten the most others; among those the largest mean share, then the lowest index.
  [[nodiscard]] JOUST_HOST_DEVICE std::size_t leader() const noexcept {
    std::size_t best = 0;
    double best_borda = -1.0;  // not computed yet
    for (std::size_t i = 1; i < arms_; ++i) {
      if (beaten_[i] < beaten_[best]) continue;
      if (beaten_[i] > beaten_[best]) {
        best = i;
        best_borda = -1.0;
        continue;
      }
      if (best_borda < 0.0) best_borda = borda(best);
      if (double const rival = borda(i); rival > best_borda) {
        best = i;
        best_borda = rival;
      }
    }
    return best;
  }

  /// The mean share of i over all opponents.
  [[nodiscard]] JOUST_HOST_DEVICE double borda(std::size_t i) const noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != i) sum += share(i, j);
    }
    return arms_ > 1 ? sum / static_cast<double>(arms_ - 1) : 0.5;
  }

 private:
  std::uint32_t arms_;
  std::array<std::uint8_t, MaxArms> beaten_;
  std::array<std::uint32_t, MaxArms * MaxArms> wins_;   // [i * MaxArms + j]: what i has won against j
  std::array<std::uint32_t, MaxArms * MaxArms> duels_;  // and how often they have met, so that rows suffice
};

/// What an agent may know of a round: its number from 1, ln of that, and ln of the number before, or 0. The
/// logarithms are the host's on every system, so that no decision hangs on how a device rounds them.
struct round_facts {
  std::uint64_t number;
  double log;
  double log_before;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
