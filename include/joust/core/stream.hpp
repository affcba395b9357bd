// SPDX-License-Identifier: MIT
//
// A stream of random bits that can be split by tags. A child is a function of its parent's identity and the
// tags alone: not of how much the parent has produced, nor of what other children exist. That is what makes a
// study's numbers independent of the number of threads, of the agents beside them and of what ran before.
//
//   needs   nothing; usable wherever Boost.Random or the standard library wants a generator
//   cost    about 5 ns per 64-bit word, 10 ns per child or change of round; 32 bytes, no allocation
//   repeat  the same seed, tags and round give the same bits on every platform and on devices
//   source  Philox-4x32-10 (core/philox.hpp)
//
// Identity: a 64-bit key and a 64-bit nonce. Word 2i and 2i + 1 of a stream are the two halves of
// philox({i, nonce}, key); a child's key and nonce are philox({tag, nonce}, key ^ split). Splitting runs
// under another key, so that no child's identity is also an output of its parent.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <joust/core/detail/fnv1a.hpp>
#include <joust/core/philox.hpp>

namespace joust {

class stream {
 public:
  using result_type = std::uint64_t;

  /// The root of all streams of a seed.
  explicit constexpr stream(std::uint64_t seed) noexcept : key_{seed} {}

  [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type max() noexcept {
    return std::numeric_limits<result_type>::max();
  }

  /// The next 64 bits.
  constexpr result_type operator()() noexcept {
    if ((word_++ & 1U) != 0) return spare_;
    auto const [low, high] = block(key_, word_ >> 1U, nonce_);
    spare_ = high;
    return low;
  }

  /// Skips `words` outputs in constant time.
  constexpr void discard(std::uint64_t words) noexcept { seek(word_ + words); }

  /// The stream named by one or more tags: numbers (replication 7) or names ("oracle"). A number and a name
  /// never name the same child, and child(a, b) is child(a).child(b).
  template <class Tag, class... Tags>
  [[nodiscard]] constexpr stream child(Tag const& tag, Tags const&... more) const noexcept {
    auto const [key, nonce] = split(tag);
    stream const result{key, nonce};
    if constexpr (sizeof...(more) == 0) {
      return result;
    } else {
      return result.child(more...);
    }
  }

  /// This stream at the start of a round. Rounds do not overlap before one has drawn 2^32 words. Cheaper than
  /// a child.
  [[nodiscard]] constexpr stream at_round(std::uint32_t round) const noexcept {
    stream result{key_, nonce_};
    result.word_ = static_cast<std::uint64_t>(round) << 32U;
    return result;
  }

  friend constexpr bool operator==(stream const& a, stream const& b) noexcept {
    return a.key_ == b.key_ && a.nonce_ == b.nonce_ && a.word_ == b.word_;
  }

 private:
  struct halves {
    std::uint64_t low;
    std::uint64_t high;
  };

  constexpr stream(std::uint64_t key, std::uint64_t nonce) noexcept : key_{key}, nonce_{nonce} {}

  static constexpr halves block(std::uint64_t key, std::uint64_t index, std::uint64_t nonce) noexcept {
    auto const words = philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U),
                               static_cast<std::uint32_t>(nonce), static_cast<std::uint32_t>(nonce >> 32U)},
                              {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)});
    return {words[0] | static_cast<std::uint64_t>(words[1]) << 32U,
            words[2] | static_cast<std::uint64_t>(words[3]) << 32U};
  }

  constexpr void seek(std::uint64_t word) noexcept {
    word_ = word;
    if ((word_ & 1U) != 0) spare_ = block(key_, word_ >> 1U, nonce_).high;
  }

  // Two keys for splitting, one for numbers and one for names, each at a fixed distance from the key of the
  // outputs.
  constexpr halves split(std::string_view name) const noexcept {
    return block(key_ ^ 0x5A5A3C3C0FF1CE5D, detail::fnv1a(name), nonce_);
  }
  // The length of a literal is counted here: string_view asks strlen, which kernels do not have, and nvcc makes
  // an empty kernel of that without a word.
  constexpr halves split(char const* name) const noexcept {
    std::size_t length = 0;
    while (name[length] != '\0') ++length;
    return split(std::string_view{name, length});
  }
  template <std::integral Number>
  constexpr halves split(Number number) const noexcept {
    return block(key_ ^ 0xA5A5C3C3F00DBA5E, static_cast<std::uint64_t>(number), nonce_);
  }

  std::uint64_t key_;
  std::uint64_t nonce_ = 0;
  std::uint64_t word_ = 0;   // position of the next output, in 64-bit words
  std::uint64_t spare_ = 0;  // the second half of the current block, valid while word_ is odd
};

}  // namespace joust
