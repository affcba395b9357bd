// SPDX-License-Identifier: MIT
//
// Double Thompson sampling (arms/double_thompson.hpp) of one replication: the same tables, of a fixed size,
// the same random numbers and the same comparisons, with tails that kernels can compute. Up to 64 arms a row
// of the imagined tournament is one word. Comments there, and in the parts it is made of, say why.
//
//   cost    of a round and an observation, as the host's; 24 bytes for each ordered pair, 96 an arm
//   repeat  the host's pairs, unless a random number falls between a Beta tail and what Boost makes of it:
//           their difference, some 1e-15 for a hundred duels of a pair and 1e-11 for a million, is the chance
//           of another decision per comparison
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <joust/arms/double_thompson.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/beta_race.hpp>
#include <joust/device/detail/beta_tail.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// How many bits are set, and the place of the lowest of them.
[[nodiscard]] JOUST_HOST_DEVICE inline std::size_t ones(std::uint64_t word) noexcept {
#if defined(__CUDA_ARCH__)
  return static_cast<std::size_t>(__popcll(word));
#else
  return static_cast<std::size_t>(__builtin_popcountll(word));
#endif
}
[[nodiscard]] JOUST_HOST_DEVICE inline std::size_t lowest(std::uint64_t word) noexcept {
#if defined(__CUDA_ARCH__)
  return static_cast<std::size_t>(__ffsll(static_cast<long long>(word)) - 1);
#else
  return static_cast<std::size_t>(__builtin_ctzll(word));
#endif
}

/// A tournament whose pairs are tossed when somebody asks (arms/detail/imagined_tournament.hpp).
template <std::size_t MaxArms>
class imagined_tournament {
  static_assert(MaxArms <= 64, "a row is one word");

 public:
  JOUST_HOST_DEVICE void begin(std::size_t arms) noexcept {
    everyone_ = arms == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << arms) - 1;
    for (std::size_t i = 0; i < arms; ++i) {
      uneven_[i] = 0;
      for (std::size_t d = 0; d < depth; ++d) digits_[i * depth + d] = 0;
      for (std::size_t j = 0; j < arms; ++j) losing_[i * MaxArms + j] = 0.5;
    }
  }

  /// The chance of j to beat i.
  [[nodiscard]] JOUST_HOST_DEVICE double losing(std::size_t i, std::size_t j) const noexcept {
    return losing_[i * MaxArms + j];
  }

  JOUST_HOST_DEVICE void set(std::size_t i, std::size_t j, double chance) noexcept {
    losing_[i * MaxArms + j] = chance;
    std::uint64_t const bit = std::uint64_t{1} << j;
    auto const leading = static_cast<std::uint64_t>(whole(256.0 * chance, 255.0));
    uneven_[i] = chance != 0.5 ? uneven_[i] | bit : uneven_[i] & ~bit;
    for (std::size_t d = 0; d < depth; ++d) {
      bool const one = ((leading >> (depth - 1 - d)) & 1U) != 0;
      std::uint64_t& digits = digits_[i * depth + d];
      digits = one ? digits | bit : digits & ~bit;
    }
  }

  /// A tournament under way: of which arms the row has been asked for, and how often the tosses of other rows
  /// have let each arm lose, binary place by place.
  struct progress {
    std::uint64_t tossed = 0;
    std::array<std::uint64_t, 7> tally{};
  };

  /// How many arms beat i, or some number above `most`. To be asked once for each arm.
  JOUST_HOST_DEVICE std::size_t losses(std::size_t i, std::size_t most, progress& at,
                                       stream& random) const noexcept {
    std::size_t told = 0;
    for (std::size_t d = 0; d < at.tally.size(); ++d) told |= ((at.tally[d] >> i) & 1U) << d;
    if (told > most) return told;
    std::uint64_t const bit = std::uint64_t{1} << i;
    std::uint64_t const open = everyone_ & ~at.tossed & ~bit;
    if (open == 0) return told;
    std::uint64_t const beaten = toss(i, open, random);
    std::uint64_t carry = open & ~beaten;
    for (std::size_t d = 0; carry != 0 && d < at.tally.size(); ++d) {
      std::uint64_t const both = at.tally[d] & carry;
      at.tally[d] ^= carry;
      carry = both;
    }
    at.tossed |= bit;
    return told + ones(beaten);
  }

 private:
  static constexpr std::size_t depth = 8;

  [[nodiscard]] JOUST_HOST_DEVICE static double whole(double scaled, double most) noexcept {
    return std::fmin(static_cast<double>(static_cast<std::int64_t>(scaled + 1e-9)), most);
  }

  JOUST_HOST_DEVICE std::uint64_t toss(std::size_t i, std::uint64_t open, stream& random) const noexcept {
    std::uint64_t word = random();
    std::uint64_t undecided = open & uneven_[i];
    std::uint64_t beaten = open & ~undecided & ~word;
    for (std::size_t d = 0; undecided != 0; ++d) {
      if (d > 0 && (d == depth || ones(undecided) <= 8)) return beaten | close_calls(i, undecided, d, random);
      if (d > 0) word = random();
      std::uint64_t const digits = digits_[i * depth + d];
      std::uint64_t const differ = undecided & (word ^ digits);
      beaten |= differ & digits;
      undecided &= ~differ;
    }
    return beaten;
  }

  JOUST_HOST_DEVICE std::uint64_t close_calls(std::size_t i, std::uint64_t undecided, std::size_t d,
                                              stream& random) const noexcept {
    double const scale = static_cast<double>(std::uint64_t{1} << d);
    std::uint64_t beaten = 0;
    std::uint64_t word = 0;
    for (std::size_t n = 0; undecided != 0; undecided &= undecided - 1, ++n) {
      word = n % 8 == 0 ? random() : word >> 8U;
      std::size_t const bit = lowest(undecided);
      double const scaled = losing_[i * MaxArms + bit] * scale;
      double const rest = 256.0 * (scaled - whole(scaled, scale - 1.0));
      double const byte = static_cast<double>(word & 255U);
      double const decisive = whole(rest, 255.0);
      if (byte < decisive || (byte == decisive && draw_uniform(random) < rest - decisive)) {
        beaten |= std::uint64_t{1} << bit;
      }
    }
    return beaten;
  }

  std::uint64_t everyone_;
  std::array<std::uint64_t, MaxArms> uneven_;          // [i]: whose chances against i are not 1/2
  std::array<std::uint64_t, MaxArms * depth> digits_;  // [i * depth]: the leading places of these chances
  std::array<double, MaxArms * MaxArms> losing_;       // [i * MaxArms + j]: the chance of j to beat i
};

template <std::size_t MaxArms>
class double_thompson_player {
 public:
  struct rules {
    rules(double_thompson const& prototype, std::size_t) : alpha{prototype.options().alpha} {}
    double alpha;
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept {
    table_.begin(arms);
    imagined_.begin(arms);
    level_ = 0.0;
    for (std::size_t i = 0; i < arms; ++i) {
      refuted_[i] = 0;
      weakest_[i] = std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < arms; ++j) evidence_[i * MaxArms + j] = -1.0;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const& how, round_facts const& now,
                                                 stream& random) noexcept {
    level_ = how.alpha * now.log;
    std::size_t const first = candidate(random);
    return {first, opponent(first, random)};
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t i, std::size_t j, bool i_won) noexcept {
    table_.record(i, j, i_won);
    double const i_alpha = table_.wins(i, j) + 1.0;
    double const j_alpha = table_.wins(j, i) + 1.0;
    double const trailing = chance_of_trailing(i_alpha, j_alpha);
    imagined_.set(j, i, i_alpha < j_alpha ? trailing : 1.0 - trailing);
    imagined_.set(i, j, i_alpha < j_alpha ? 1.0 - trailing : trailing);
    refresh(i, j);
    refresh(j, i);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept { return table_.leader(); }

 private:
  JOUST_HOST_DEVICE std::size_t candidate(stream& random) noexcept {
    std::size_t const arms = table_.arms();
    for (std::size_t i = 0; i < arms; ++i) {
      if (weakest_[i] < level_) recount(i);
    }
    std::size_t fewest = refuted_[0];
    for (std::size_t i = 1; i < arms; ++i) fewest = refuted_[i] < fewest ? refuted_[i] : fewest;
    std::size_t leaders = 0;
    std::size_t favourite = 0;
    for (std::size_t i = 0; i < arms; ++i) {
      if (refuted_[i] != fewest) continue;
      if (leaders++ == 0 || table_.beaten(i) > table_.beaten(favourite)) favourite = i;
    }
    if (leaders == 1) return favourite;
    typename imagined_tournament<MaxArms>::progress at;
    std::array<std::uint8_t, MaxArms> tied;
    std::size_t best = imagined_.losses(favourite, arms, at, random);
    std::size_t ties = 0;
    tied[ties++] = static_cast<std::uint8_t>(favourite);
    for (std::size_t i = 0; i < arms; ++i) {
      if (refuted_[i] != fewest || i == favourite) continue;
      std::size_t const losses = imagined_.losses(i, best, at, random);
      if (losses > best) continue;
      if (losses < best) ties = 0;
      best = losses;
      tied[ties++] = static_cast<std::uint8_t>(i);
    }
    return ties == 1 ? tied[0] : tied[draw_index(ties, random)];
  }

  JOUST_HOST_DEVICE std::size_t opponent(std::size_t first, stream& random) const noexcept {
    std::array<beta_contender, MaxArms> contenders;
    std::size_t above = 0;
    std::uint32_t unmet = none;
    double least = 0.5;
    for (std::uint32_t i = 0; i < table_.arms(); ++i) {
      if (i == first || evidence_[first * MaxArms + i] > level_) continue;
      double const u = draw_uniform(random);
      double const losing = imagined_.losing(first, i);
      if (u >= losing) continue;
      if (table_.duels(i, first) != 0) {
        contenders[above++] = {i, table_.wins(i, first) + 1.0, table_.wins(first, i) + 1.0, u, 0.0};
      } else if (u < least) {
        least = u;
        unmet = i;
      }
    }
    if (unmet != none) contenders[above++] = {unmet, 1.0, 1.0, least, 0.0};
    return above == 0 ? first : race(contenders.data(), above, 0.5, 1.0);
  }

  JOUST_HOST_DEVICE void refresh(std::size_t i, std::size_t j) noexcept {
    double& kept = evidence_[i * MaxArms + j];
    bool const counted = kept >= level_;
    kept = -1.0;
    if (table_.leads_not(i, j)) {
      double const gap = 0.5 - table_.share(i, j);
      kept = table_.duels(i, j) * gap * gap;
    }
    if (counted) {
      recount(i);
    } else if (kept >= level_) {
      ++refuted_[i];
      weakest_[i] = kept < weakest_[i] ? kept : weakest_[i];
    }
  }

  JOUST_HOST_DEVICE void recount(std::size_t i) noexcept {
    std::uint8_t count = 0;
    double weakest = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < table_.arms(); ++j) {
      double const evidence = evidence_[i * MaxArms + j];
      if (evidence < level_) continue;
      ++count;
      weakest = evidence < weakest ? evidence : weakest;
    }
    refuted_[i] = count;
    weakest_[i] = weakest;
  }

  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  duel_table<MaxArms> table_;
  imagined_tournament<MaxArms> imagined_;
  double level_;                                    // alpha ln t
  std::array<std::uint8_t, MaxArms> refuted_;       // how many j have evidence at or above the level
  std::array<double, MaxArms> weakest_;             // the least evidence among those
  std::array<double, MaxArms * MaxArms> evidence_;  // N_ij (1/2 - p_ij)^2 where met and p_ij <= 1/2, else -1
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
