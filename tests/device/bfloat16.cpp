// SPDX-License-Identifier: MIT
#include <joust/device/bfloat16.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#endif

namespace {

using joust::device::bfloat16;

static_assert(std::is_trivially_copyable_v<bfloat16> && std::is_trivially_default_constructible_v<bfloat16>);
static_assert(!std::is_convertible_v<float, bfloat16> && std::is_convertible_v<bfloat16, float>);
static_assert(bfloat16{1.0F}.bits == 0x3f80 && float{bfloat16{-2.5F}} == -2.5F);
#if defined(__CUDACC__)
static_assert(sizeof(bfloat16) == sizeof(__nv_bfloat16) && alignof(bfloat16) == alignof(__nv_bfloat16));
#endif

bfloat16 with_bits(std::uint32_t bits) {
  bfloat16 value;
  value.bits = static_cast<std::uint16_t>(bits);
  return value;
}

bool is_nan(std::uint32_t bits) { return (bits & 0x7fffU) > 0x7f80U; }

struct convert {
  float const* from;
  bfloat16* to;
  float* back;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    to[i] = bfloat16{from[i]};
    back[i] = to[i];
  }
};

}  // namespace

TEST_CASE("every bfloat16 becomes a float and the same bfloat16 again") {
  std::size_t wrong = 0;
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    bfloat16 const value = with_bits(bits);
    float const wide = value;
    if (is_nan(bits)) {
      wrong += !std::isnan(wide) || !is_nan(bfloat16{wide}.bits) ||
               ((bits ^ bfloat16{wide}.bits) & 0x8000U) != 0;  // with its sign
    } else {
      wrong += bfloat16{wide}.bits != bits || std::bit_cast<std::uint32_t>(wide) != bits << 16U;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a float becomes the nearest bfloat16, of two the even one") {
  std::size_t wrong = 0;
  // Between each bfloat16 and the next larger one: just above the first, just about the middle, and below the
  // second. The last finite one's neighbour is the infinity, at twice the distance from the last but one.
  for (std::uint32_t bits = 0; bits < 0x7f80U; ++bits) {
    for (std::uint32_t const sign : {0U, 0x8000U}) {
      std::uint32_t const low = bits | sign;
      auto const nearest = [&](std::uint32_t rest) {
        return std::uint32_t{bfloat16{std::bit_cast<float>((low << 16U) | rest)}.bits};
      };
      wrong += nearest(1) != low || nearest(0x7fff) != low || nearest(0x8001) != low + 1 ||
               nearest(0xffff) != low + 1 || nearest(0x8000) != (low % 2 == 0 ? low : low + 1);
    }
  }
  CHECK(wrong == 0);
  CHECK(std::isinf(float{bfloat16{std::numeric_limits<float>::max()}}));
  CHECK(float{bfloat16{-std::numeric_limits<float>::infinity()}} == -std::numeric_limits<float>::infinity());
  // NaN whose only digits lie in the part that is cut off.
  CHECK(std::isnan(float{bfloat16{std::bit_cast<float>(0x7f800001U)}}));
  CHECK(std::isnan(float{bfloat16{std::bit_cast<float>(0xffffffffU)}}));
}

TEST_CASE("the device converts as the host does") {
  joust::device::queue order;
  joust::stream random{5};
  std::vector<float> from(1003);
  for (float& x : from) x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
  from[7] = std::numeric_limits<float>::quiet_NaN();
  joust::device::buffer<float> const source{from};
  joust::device::buffer<bfloat16> to{from.size()};
  joust::device::buffer<float> back{from.size()};
  joust::device::for_each_index(order, from.size(), convert{source.data(), to.data(), back.data()});
  auto const converted = to.download(order);
  auto const returned = back.download(order);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    wrong += converted[i].bits != bfloat16{from[i]}.bits;
    wrong += !(returned[i] == float{converted[i]} || (std::isnan(returned[i]) && std::isnan(from[i])));
  }
  CHECK(wrong == 0);
}
