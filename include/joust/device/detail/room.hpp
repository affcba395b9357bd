// SPDX-License-Identifier: MIT
//
// Memory to work in: grown where it is too small, kept for the next call, never given back before its end.
#pragma once

#include <cstddef>

#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

// Room for `count` elements, of no particular value. What it replaces may be at work still, hence the wait.
template <class T>
[[nodiscard]] T* room_for(queue const& order, buffer<T>& memory, std::size_t count) {
  if (memory.size() < count) {
    order.wait();
    memory.resize(count);
  }
  return memory.data();
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
