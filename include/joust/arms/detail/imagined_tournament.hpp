// SPDX-License-Identifier: MIT
//
// A tournament of K arms of which only the chances are known, played in the mind: who of each pair wins is
// tossed when somebody asks, and then stays so until the next tournament. 64 pairs of a row are tossed at
// once. A pair of even chances takes one random bit; of the others the binary digits of a uniform number are
// compared with those of the chance until they differ, two digits in the mean.
//
//   cost    of a row, up to K / 64 random words where all chances are even, some four times as many where
//           none is; one table of K^2 doubles and one of K^2 bytes, and two of K^2 bits with `keep`; no
//           allocation after construction
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <boost/random/uniform_int_distribution.hpp>

#include <joust/core/draw.hpp>

namespace joust::detail {

/// 64 random bits.
template <class Stream>
[[nodiscard]] std::uint64_t draw_word(Stream& stream) {
  return boost::random::uniform_int_distribution<std::uint64_t>{
      0, std::numeric_limits<std::uint64_t>::max()}(stream);
}

class imagined_tournament {
 public:
  /// Of no arms.
  imagined_tournament() = default;

  /// All chances even. With `keep`, the results of single pairs can be asked for.
  explicit imagined_tournament(std::size_t arms, bool keep = false)
      : arms_{arms},
        words_{(arms + 63) / 64},
        losing_(arms * arms, 0.5),
        digits_(arms * words_ * depth, 0),
        uneven_(arms * words_, 0),
        tossed_(words_ * words_, 0),
        tally_(words_ * places, 0),
        waiting_(words_ * eight, 0),
        waiting_count_(words_, 0),
        progress_(arms, 0),
        own_losses_(arms, 0),
        won_(keep ? arms * words_ : 0, 0),
        lost_(keep ? arms * words_ : 0, 0) {}

  /// The chances of all arms to beat i, side by side.
  [[nodiscard]] std::span<double const> losing(std::size_t i) const noexcept {
    return {losing_.data() + i * arms_, arms_};
  }

  /// From now on, j beats i with this chance. Concerns row i alone: to be told of row j too.
  void set(std::size_t i, std::size_t j, double chance) noexcept {
    losing_[i * arms_ + j] = chance;
    std::uint64_t const bit = bit_of(j);
    auto const leading = static_cast<std::uint64_t>(whole(256.0 * chance, 255.0));
    std::uint64_t* const digits = digits_.data() + (i * words_ + j / 64) * depth;
    std::uint64_t& uneven = uneven_[i * words_ + j / 64];
    uneven = chance != 0.5 ? uneven | bit : uneven & ~bit;
    for (std::size_t d = 0; d < depth; ++d) {
      bool const one = ((leading >> (depth - 1 - d)) & 1U) != 0;
      digits[d] = one ? digits[d] | bit : digits[d] & ~bit;
    }
  }

  /// A new tournament, nothing decided.
  void begin() noexcept {
    for (std::uint64_t& word : tossed_) word = 0;
    for (std::uint64_t& word : tally_) word = 0;
    for (std::uint32_t& count : waiting_count_) count = 0;
    for (std::uint32_t& word : progress_) word = 0;
    for (std::uint32_t& own : own_losses_) own = 0;
    for (std::uint64_t& word : won_) word = 0;
    for (std::uint64_t& word : lost_) word = 0;
  }

  /// How many arms beat i; or, as soon as that is known to be above `most`, some number
  /// above `most`; asked again, it continues from there.
  template <class Stream>
  [[nodiscard]] std::size_t losses(std::size_t i, std::size_t most, Stream& stream) {
    std::size_t const told = losses_told(i);
    std::uint64_t const* const tossed = tossed_.data() + i / 64 * words_;
    for (std::uint32_t& w = progress_[i]; w < words_ && told + own_losses_[i] <= most; ++w) {
      std::uint64_t open = ~tossed[w];
      if (w + 1 == words_ && arms_ % 64 != 0) open &= bit_of(arms_) - 1;
      if (w == i / 64) open &= ~bit_of(i);
      if (open == 0) continue;
      std::uint64_t const beaten = toss(i, w, open, stream);
      own_losses_[i] += static_cast<std::uint32_t>(std::popcount(beaten));
      add_losses(w, open & ~beaten);
      tossed_[w * words_ + i / 64] |= bit_of(i);
      if (!won_.empty()) {
        won_[i * words_ + w] = open & ~beaten;
        lost_[i * words_ + w] = beaten;
      }
    }
    return told + own_losses_[i];
  }

  /// Whether i has beaten j. Needs `keep`, and that one of the two has had its losses counted in full.
  [[nodiscard]] bool won(std::size_t i, std::size_t j) const noexcept {
    return (won_[i * words_ + j / 64] & bit_of(j)) != 0 || (lost_[j * words_ + i / 64] & bit_of(i)) != 0;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("losing", self.losing_);
    visit("digits", self.digits_);
    visit("uneven", self.uneven_);
  }

  /// Whether the chances are chances.
  [[nodiscard]] bool sound() const noexcept {
    for (double const chance : losing_) {
      if (!(chance >= 0.0 && chance <= 1.0)) return false;
    }
    return true;
  }

 private:
  // The chances of 64 pairs of a row by their first binary places, a word each: one line of the cache.
  static constexpr std::size_t depth = 8;

  // 64 numbers of losses, binary place by place: adding one to any of them is two steps in the mean.
  static constexpr std::size_t places = 32;
  static constexpr std::size_t eight = 8;

  [[nodiscard]] static std::uint64_t bit_of(std::size_t j) noexcept { return std::uint64_t{1} << (j % 64); }

  // Binary chances are common (after n duels, multiples of 2^-(n + 1)), and rounding must not move them a
  // place down.
  [[nodiscard]] static double whole(double scaled, double most) noexcept {
    return std::fmin(static_cast<double>(static_cast<std::int64_t>(scaled + 1e-9)), most);
  }

  // Which of the open pairs of row i in word w the row loses.
  template <class Stream>
  std::uint64_t toss(std::size_t i, std::size_t w, std::uint64_t open, Stream& stream) {
    std::uint64_t const* const digits = digits_.data() + (i * words_ + w) * depth;
    std::uint64_t random = draw_word(stream);
    std::uint64_t undecided = open & uneven_[i * words_ + w];
    std::uint64_t beaten = open & ~undecided & ~random;
    for (std::size_t d = 0; undecided != 0; ++d) {
      if (d > 0 && (d == depth || std::popcount(undecided) <= 8)) {
        return beaten | close_calls(i, w, undecided, d, stream);
      }
      if (d > 0) random = draw_word(stream);
      std::uint64_t const differ = undecided & (random ^ digits[d]);
      beaten |= differ & digits[d];
      undecided &= ~differ;
    }
    return beaten;
  }

  // Those whose number agrees with the chance in the first d places: eight more places at once, for eight
  // pairs from one word; and if these agree too, a number against the rest.
  template <class Stream>
  std::uint64_t close_calls(std::size_t i, std::size_t w, std::uint64_t undecided, std::size_t d,
                            Stream& stream) {
    double const scale = static_cast<double>(std::uint64_t{1} << d);
    std::uint64_t beaten = 0;
    std::uint64_t random = 0;
    for (std::size_t n = 0; undecided != 0; undecided &= undecided - 1, ++n) {
      random = n % 8 == 0 ? draw_word(stream) : random >> 8U;
      auto const bit = static_cast<std::size_t>(std::countr_zero(undecided));
      double const scaled = losing_[i * arms_ + w * 64 + bit] * scale;
      double const rest = 256.0 * (scaled - whole(scaled, scale - 1.0));
      double const byte = static_cast<double>(random & 255U);
      double const decisive = whole(rest, 255.0);
      if (byte < decisive || (byte == decisive && draw_uniform(stream) < rest - decisive)) {
        beaten |= bit_of(bit);
      }
    }
    return beaten;
  }

  // Adds one to the losses of the arms of word w that are marked. Eight such sums at a time cost little more
  // than one: full adders take three words of a place to one of it and one of the next.
  void add_losses(std::size_t w, std::uint64_t marked) noexcept {
    waiting_[w * eight + waiting_count_[w]++] = marked;
    if (waiting_count_[w] != eight) return;
    waiting_count_[w] = 0;
    std::uint64_t const* const in = waiting_.data() + w * eight;
    std::uint64_t* const place = tally_.data() + w * places;
    auto const add = [](std::uint64_t& sum, std::uint64_t a, std::uint64_t b) {
      std::uint64_t const odd = sum ^ a;
      std::uint64_t const carry = (sum & a) | (odd & b);
      sum = odd ^ b;
      return carry;
    };
    std::uint64_t const twos_1 = add(place[0], in[0], in[1]);
    std::uint64_t const twos_2 = add(place[0], in[2], in[3]);
    std::uint64_t const twos_3 = add(place[0], in[4], in[5]);
    std::uint64_t const twos_4 = add(place[0], in[6], in[7]);
    std::uint64_t const fours_1 = add(place[1], twos_1, twos_2);
    std::uint64_t const fours_2 = add(place[1], twos_3, twos_4);
    carry_on(w, 3, add(place[2], fours_1, fours_2));
  }

  void carry_on(std::size_t w, std::size_t from, std::uint64_t carry) noexcept {
    for (std::size_t d = from; carry != 0; ++d) {
      std::uint64_t& place = tally_[w * places + d];
      std::uint64_t const both = place & carry;
      place ^= carry;
      carry = both;
    }
  }

  // What the tosses of other rows tell about the losses of i. No more than K of them: few places matter.
  [[nodiscard]] std::size_t losses_told(std::size_t i) noexcept {
    std::size_t const w = i / 64;
    while (waiting_count_[w] != 0) carry_on(w, 0, waiting_[w * eight + --waiting_count_[w]]);
    std::uint64_t const* const place = tally_.data() + w * places;
    std::size_t sum = 0;
    for (std::size_t d = 0; (arms_ >> d) != 0; ++d) sum |= ((place[d] >> (i % 64)) & 1U) << d;
    return sum;
  }

  std::size_t arms_ = 0;
  std::size_t words_ = 0;
  std::vector<double> losing_;         // [i * K + j]: the chance of j to beat i
  std::vector<std::uint64_t> digits_;  // [(i * words + w) * 8]: the same of the arms 64 w and following
  std::vector<std::uint64_t> uneven_;  // [i * words + w]: which of them are not 1/2
  // Of the tournament at hand:
  std::vector<std::uint64_t> tossed_;   // [w * words + v]: which arms of word v have tossed their word w
  std::vector<std::uint64_t> tally_;    // [w * 32]: losses that the tosses of other rows have told
  std::vector<std::uint64_t> waiting_;  // [w * 8]: losses that are not in the tally yet
  std::vector<std::uint32_t> waiting_count_;
  std::vector<std::uint32_t> progress_;    // per row: the first word not yet tossed
  std::vector<std::uint32_t> own_losses_;  // per row: the losses in its own tosses
  std::vector<std::uint64_t> won_;         // [i * words + w]: whom row i has beaten in its own tosses
  std::vector<std::uint64_t> lost_;        // and to whom it has lost in them
};

}  // namespace joust::detail
