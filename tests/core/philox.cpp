// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include <joust/core/philox.hpp>

using namespace joust;

namespace {
using counter = std::array<std::uint32_t, 4>;
using key = std::array<std::uint32_t, 2>;
}  // namespace

// Random123 1.14, tests/kat_vectors, philox4x32 10.
static_assert(philox({0, 0, 0, 0}, {0, 0}) == counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
              counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

TEST_CASE("philox gives the published words at run time too", "[philox]") {
  volatile std::uint32_t first = 0x243f6a88;  // no constant to the optimiser
  counter const digits{first, 0x85a308d3, 0x13198a2e, 0x03707344};
  key const second{0xa4093822, 0x299f31d0};
  CHECK(philox(digits, second) == counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("one flipped bit of counter or key flips half the output", "[philox]") {
  // 192 input bits, 200 inputs: the number of flipped output bits is binomial(128, 1/2) each time, so that
  // its mean over all is 64 +- sqrt(32 / 38400) = 0.029, and over one input bit's 200 inputs 64 +- 0.4. Five
  // standard errors of each; 192 input bits at 5 sigma fail by chance with probability 1e-4 over all seeds.
  double total = 0.0;
  for (std::size_t bit = 0; bit < 192; ++bit) {
    double flipped = 0.0;
    for (std::uint32_t n = 0; n < 200; ++n) {
      counter c{n, 0, 0, 0};
      key k{12345, 0};
      counter const before = philox(c, k);
      if (bit < 128) {
        c[bit / 32] ^= 1U << (bit % 32);
      } else {
        k[(bit - 128) / 32] ^= 1U << (bit % 32);
      }
      counter const after = philox(c, k);
      for (std::size_t w = 0; w < 4; ++w) flipped += std::popcount(before[w] ^ after[w]);
    }
    CHECK(std::fabs(flipped / 200.0 - 64.0) < 5.0 * 0.4);
    total += flipped;
  }
  CHECK(std::fabs(total / (192.0 * 200.0) - 64.0) < 5.0 * 0.029);
}
