// SPDX-License-Identifier: MIT
//
// A hash of bytes that is the same everywhere: for names that become numbers, and for checksums. Every step is
// invertible, so a change of a single byte always shows.
//
//   source  Fowler, Noll & Vo, FNV-1a of 64 bits
#pragma once

#include <cstdint>
#include <string_view>

namespace joust::detail {

[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view bytes) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (char const byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return hash;
}

}  // namespace joust::detail
