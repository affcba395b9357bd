// SPDX-License-Identifier: MIT
//
// Counts what the test program allocates through operator new. The definitions are weak, so that every file
// that includes them can be linked alone or together with the others.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

inline std::atomic<std::size_t> allocation_count{0};

// An address sanitizer brings an operator new of its own, which may take precedence.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool allocations_are_counted = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool allocations_are_counted = false;
#else
inline constexpr bool allocations_are_counted = true;
#endif
#else
inline constexpr bool allocations_are_counted = true;
#endif

// The matching array forms call these.
__attribute__((weak, noinline)) void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* const memory = std::malloc(size != 0 ? size : 1)) return memory;
  throw std::bad_alloc{};
}
__attribute__((weak, noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((weak, noinline)) void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
