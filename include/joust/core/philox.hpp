// SPDX-License-Identifier: MIT
//
// Philox-4x32-10: a keyed bijection of 128-bit counters whose outputs pass every known statistical test
// battery. Random numbers become a function of a position instead of a state, so any of them can be had
// without the others.
//
//   cost    about 10 ns for four words on a CPU; the same few multiplications on a GPU
//   repeat  integer arithmetic only: the same bits everywhere
//   source  Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
#pragma once

#include <array>
#include <cstdint>

#include <joust/core/host_device.hpp>

namespace joust {

/// Four output words for one 128-bit counter under one 64-bit key, both given least significant word first.
[[nodiscard]] JOUST_HOST_DEVICE constexpr std::array<std::uint32_t, 4> philox(
    std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
  constexpr std::uint32_t golden_ratio = 0x9E3779B9;  // key schedule: Weyl sequences of the golden ratio
  constexpr std::uint32_t square_root_of_three = 0xBB67AE85;  // and of sqrt(3) - 1
  for (int round = 0; round < 10; ++round) {
    std::uint64_t const product_0 = multiplier_0 * counter[0];
    std::uint64_t const product_1 = multiplier_1 * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key[0] += golden_ratio;
    key[1] += square_root_of_three;
  }
  return counter;
}

}  // namespace joust
