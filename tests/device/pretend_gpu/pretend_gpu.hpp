// SPDX-License-Identifier: MIT
//
// A GPU of one host's thread, so that what joust/device says to CUDA is tested where there is none. It is as
// strict as a GPU, and stricter where a GPU would let a mistake pass now and then:
//
//   memory     that of the device can be touched by kernels and copies only: else the program ends there. The
//              memory around an allocation, and that of freed ones, is nobody's. New memory is full of NaN
//   queues     work is done when somebody waits for it, not before
//   kernels    may hold no pointer to the host's memory; indices are called in an order of no meaning
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What cudaStream_t points to.
struct CUstream_st {
  std::vector<std::function<void()>> work;
};

namespace pretend_gpu {

class machine {
 public:
  static machine& the() {
    static machine only;
    return only;
  }

  void* allocate(std::size_t bytes) {
    if (bytes == 0 || bytes > most_bytes) return nullptr;
    std::size_t const whole = (bytes + page - 1) / page * page;
    void* const all =
        mmap(nullptr, whole + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) return nullptr;
    char* const inner = static_cast<char*>(all) + page;
    protect(inner, whole, PROT_READ | PROT_WRITE);
    std::memset(inner, 0xff, whole);
    if (awake_ == 0) protect(inner, whole, PROT_NONE);
    // As close to the end as numbers of any kind may lie.
    char* const data = inner + (whole - (bytes + 15) / 16 * 16);
    live_[data] = {inner, whole, bytes};
    return data;
  }

  bool release(void* memory) {
    if (memory == nullptr) return true;
    finish_all();  // as cudaFree does
    auto const found = live_.find(static_cast<char*>(memory));
    if (found == live_.end()) return false;
    munmap(found->second.inner - page, found->second.whole + 2 * page);
    live_.erase(found);
    return true;
  }

  /// Whether all of the bytes are of one allocation.
  bool holds(void const* memory, std::size_t bytes) const {
    auto const* const begin = static_cast<char const*>(memory);
    auto after = live_.upper_bound(const_cast<char*>(begin));
    if (after == live_.begin()) return false;
    auto const& [data, of] = *std::prev(after);
    return begin >= data && begin + bytes <= data + of.bytes;
  }

  /// Throws unless none of the object's words is an address of the host.
  void require_no_host_pointer(void const* object, std::size_t bytes) const {
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<char const*>(object) + at, sizeof word);
      if (word < std::uint64_t{1} << 40U || word >= std::uint64_t{1} << 47U) continue;
      auto* const address = reinterpret_cast<void*>(word);  // NOLINT
      if (holds(address, 0)) continue;
      auto* const start = reinterpret_cast<void*>(word / page * page);  // NOLINT
      if (msync(start, page, MS_ASYNC) == 0)
        throw std::logic_error{"a kernel holds a pointer to the host's memory, at byte " +
                               std::to_string(at)};
    }
  }

  void add(CUstream_st* stream) { streams_.insert(stream); }
  void remove(CUstream_st* stream) {
    finish(stream);
    streams_.erase(stream);
  }
  bool knows(CUstream_st* stream) const { return streams_.count(stream) != 0; }

  void put(CUstream_st* stream, std::function<void()> work) { stream->work.push_back(std::move(work)); }

  void finish(CUstream_st* stream) {
    std::vector<std::function<void()>> const work = std::exchange(stream->work, {});
    if (work.empty()) return;
    wake();
    for (auto const& each : work) each();
    sleep();
  }
  void finish_all() {
    for (CUstream_st* const stream : streams_) finish(stream);
  }

  /// Between these the host may touch the memory of the device.
  void wake() {
    if (awake_++ == 0) protect_all(PROT_READ | PROT_WRITE);
  }
  void sleep() {
    if (--awake_ == 0) protect_all(PROT_NONE);
  }

 private:
  struct allocation {
    char* inner;
    std::size_t whole;
    std::size_t bytes;
  };
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t most_bytes = std::size_t{4} << 30U;

  static void protect(void* from, std::size_t bytes, int rights) {
    if (mprotect(from, bytes, rights) != 0) std::abort();
  }
  void protect_all(int rights) const {
    for (auto const& [data, of] : live_) protect(of.inner, of.whole, rights);
  }

  std::map<char*, allocation> live_;
  std::set<CUstream_st*> streams_;
  int awake_ = 0;
};

/// A kernel of `count` threads that do not see each other.
template <class Call>
void launch(CUstream_st* stream, std::size_t count, Call call) {
  __builtin_clear_padding(&call);  // whatever lay there before is no pointer
  machine::the().require_no_host_pointer(&call, sizeof call);
  machine::the().put(stream, [count, call] {
    // From the middle on and with steps that meet every index once.
    std::size_t step = count < 3 ? 1 : 7919 % count;
    while (step == 0 || std::gcd(step, count) != 1) ++step;
    for (std::size_t i = 0, at = count / 2; i < count; ++i, at = (at + step) % count) call(at);
  });
}

}  // namespace pretend_gpu
