// SPDX-License-Identifier: MIT
//
// The upper half of a float: its sign, its exponent and seven of its digits. Half the bytes for numbers that
// are read once and forgotten, such as logits. Arithmetic is done in float; this is how they are kept.
//
//   cost    a shift to read; an addition and a shift to write
//   repeat  conversions are exact or rounded to nearest, ties to even, on every machine
//   source  bit for bit the layout of bfloat16 in CUDA (__nv_bfloat16), PyTorch and Arm
#pragma once

#include <bit>
#include <cstdint>

#include <joust/core/host_device.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// A 16-bit floating-point number. A pointer to CUDA's own may be cast to a pointer to this.
struct bfloat16 {
  std::uint16_t bits;

  bfloat16() = default;

  /// The nearest one; of two, the one whose last digit is even. What is too large becomes an infinity, and a
  /// NaN stays one.
  [[nodiscard]] JOUST_HOST_DEVICE explicit constexpr bfloat16(float value) noexcept : bits{rounded(value)} {}

  /// The same number.
  [[nodiscard]] JOUST_HOST_DEVICE constexpr operator float() const noexcept {  // NOLINT(*-explicit-*)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
  }

 private:
  // Adding just under half of the lower part, and one more if the upper part is odd, carries where it should;
  // of a NaN it could carry into the sign.
  [[nodiscard]] JOUST_HOST_DEVICE static constexpr std::uint16_t rounded(float value) noexcept {
    auto const whole = std::bit_cast<std::uint32_t>(value);
    std::uint32_t const nearest = (whole + 0x7fffU + ((whole >> 16U) & 1U)) >> 16U;
    std::uint32_t const quiet = (whole >> 16U) | 0x40U;
    return static_cast<std::uint16_t>((whole & 0x7fffffffU) > 0x7f800000U ? quiet : nearest);
  }
};
static_assert(sizeof(bfloat16) == 2 && alignof(bfloat16) == 2);

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
