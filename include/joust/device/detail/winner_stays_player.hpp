// SPDX-License-Identifier: MIT
//
// Winner stays of one replication, for weak and for strong regret (arms/winner_stays_weak.hpp and
// _strong.hpp): the tree of scores has a fixed size, the rest is the same. Comments there say why.
//
//   cost    of a round and an observation, as the host's; 16 bytes an arm
//   repeat  the host's pairs, on every system
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// A score per arm, wins minus losses, the largest always at hand.
template <std::size_t MaxArms>
class score_tree {
 public:
  JOUST_HOST_DEVICE void begin(std::size_t arms) noexcept {
    leaves_ = 1;
    while (leaves_ < arms) leaves_ *= 2;
    for (std::uint32_t i = 0; i < leaves_; ++i) {
      largest_[leaves_ + i] = i < arms ? 0 : nothing;
      holders_[leaves_ + i] = i < arms ? 1 : 0;
    }
    for (std::uint32_t node = leaves_; node-- > 1;) refresh(node);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::int64_t operator[](std::size_t i) const noexcept {
    return largest_[leaves_ + i];
  }
  JOUST_HOST_DEVICE void set(std::size_t i, std::int64_t score) noexcept {
    std::size_t node = leaves_ + i;
    largest_[node] = score;
    while ((node /= 2) != 0) refresh(node);
  }
  [[nodiscard]] JOUST_HOST_DEVICE std::int64_t largest() const noexcept { return largest_[1]; }
  [[nodiscard]] JOUST_HOST_DEVICE std::size_t holders() const noexcept { return holders_[1]; }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t nth_holder(std::size_t n) const noexcept {
    std::size_t node = 1;
    while (node < leaves_) {
      node *= 2;
      std::size_t const left = largest_[node] == largest_[1] ? holders_[node] : 0;
      if (n >= left) {
        n -= left;
        ++node;
      }
    }
    return node - leaves_;
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::int64_t largest_without(std::size_t i) const noexcept {
    std::int64_t found = nothing;
    for (std::size_t node = leaves_ + i; node > 1; node /= 2) {
      std::int64_t const beside = largest_[node ^ 1U];
      found = beside > found ? beside : found;
    }
    return found;
  }

  static constexpr std::int64_t nothing = std::numeric_limits<std::int64_t>::min();

 private:
  JOUST_HOST_DEVICE void refresh(std::size_t node) noexcept {
    std::size_t const a = 2 * node;
    std::size_t const b = a + 1;
    std::int64_t const top_a = largest_[a];
    std::int64_t const top_b = largest_[b];
    largest_[node] = top_b > top_a ? top_b : top_a;
    holders_[node] =
        static_cast<std::uint8_t>((top_a >= top_b ? holders_[a] : 0) + (top_b >= top_a ? holders_[b] : 0));
  }

  std::uint32_t leaves_;  // a power of two
  std::array<std::uint8_t, 2 * MaxArms> holders_;
  std::array<std::int64_t, 2 * MaxArms> largest_;  // node 1 is the root; the children of n are 2n and 2n + 1
};

/// The rule that both forms share.
template <std::size_t MaxArms>
class winner_stays {
 public:
  JOUST_HOST_DEVICE void begin(std::size_t arms) noexcept {
    arms_ = static_cast<std::uint32_t>(arms);
    last_first_ = last_second_ = nobody;
    scores_.begin(arms);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t arms() const noexcept { return arms_; }

  [[nodiscard]] JOUST_HOST_DEVICE pairing next(stream& random) noexcept {
    std::uint32_t first = last_first_;
    if (!stands(first)) first = stands(last_second_) ? last_second_ : any_holder(random);
    std::int64_t const rest = scores_.largest_without(first);
    std::uint32_t second = nobody;
    if (waits(last_first_, first, rest)) {
      second = last_first_;
    } else if (waits(last_second_, first, rest)) {
      second = last_second_;
    } else {
      std::int64_t const score = scores_[first];
      scores_.set(first, scores_.nothing);  // a choice among the others
      second = any_holder(random);
      scores_.set(first, score);
    }
    last_first_ = first;
    last_second_ = second;
    return {first, second};
  }

  JOUST_HOST_DEVICE void record(std::size_t winner, std::size_t loser) noexcept {
    scores_.set(winner, scores_[winner] + 1);
    scores_.set(loser, scores_[loser] - 1);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t leader() const noexcept {
    if (stands(last_first_)) return last_first_;
    return stands(last_second_) ? last_second_ : scores_.nth_holder(0);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::int64_t runner_up() const noexcept {
    return scores_.largest_without(leader());
  }

 private:
  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] JOUST_HOST_DEVICE bool stands(std::uint32_t arm) const noexcept {
    return arm != nobody && scores_[arm] == scores_.largest();
  }
  [[nodiscard]] JOUST_HOST_DEVICE bool waits(std::uint32_t arm, std::uint32_t first,
                                             std::int64_t rest) const noexcept {
    return arm != nobody && arm != first && scores_[arm] == rest;
  }
  [[nodiscard]] JOUST_HOST_DEVICE std::uint32_t any_holder(stream& random) const noexcept {
    return static_cast<std::uint32_t>(scores_.nth_holder(draw_index(scores_.holders(), random)));
  }

  std::uint32_t arms_;
  std::uint32_t last_first_;
  std::uint32_t last_second_;
  score_tree<MaxArms> scores_;
};

template <std::size_t MaxArms>
class winner_stays_weak_player {
 public:
  struct rules {
    rules(winner_stays_weak const&, std::size_t) {}
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept { play_.begin(arms); }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const&, round_facts const&, stream& random) noexcept {
    return play_.arms() == 1 ? pairing{0, 0} : play_.next(random);
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t first, std::size_t second, bool first_won) noexcept {
    play_.record(first_won ? first : second, first_won ? second : first);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept { return play_.leader(); }

 private:
  winner_stays<MaxArms> play_;
};

template <std::size_t MaxArms>
class winner_stays_strong_player {
 public:
  struct rules {
    rules(winner_stays_strong const& prototype, std::size_t) : beta{prototype.options().beta} {}
    double beta;
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept {
    play_.begin(arms);
    explored_ = 0;
    stretch_ = 1.0;
    self_duels_ = 0;
    winner_ = 0;
  }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const& how, round_facts const&,
                                                 stream& random) noexcept {
    if (play_.arms() == 1) return {0, 0};
    if (self_duels_ == 0 && play_.runner_up() <= -(explored_ + 1)) {
      ++explored_;
      stretch_ = std::fmin(stretch_ * how.beta, 1e18);
      self_duels_ = static_cast<std::uint64_t>(std::floor(stretch_));
      winner_ = static_cast<std::uint32_t>(play_.leader());
    }
    if (self_duels_ == 0) return play_.next(random);
    --self_duels_;
    return {winner_, winner_};
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t first, std::size_t second, bool first_won) noexcept {
    play_.record(first_won ? first : second, first_won ? second : first);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept { return play_.leader(); }

 private:
  winner_stays<MaxArms> play_;
  std::uint32_t winner_;
  std::int64_t explored_;
  double stretch_;
  std::uint64_t self_duels_;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
