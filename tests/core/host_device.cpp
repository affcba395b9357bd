// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>

namespace {
[[nodiscard]] JOUST_HOST_DEVICE constexpr int annotated(int x) noexcept { return x + 1; }
}  // namespace

#define JOUST_TEST_TEXT_OF(...) #__VA_ARGS__
#define JOUST_TEST_TEXT(...) JOUST_TEST_TEXT_OF(__VA_ARGS__)

TEST_CASE("the annotation vanishes from a host build", "[host_device]") {
  static_assert(annotated(1) == 2);
#if !defined(__CUDACC__)
  static_assert(sizeof(JOUST_TEST_TEXT(JOUST_HOST_DEVICE)) == 1, "expands to nothing");
#endif
  SUCCEED();
}
