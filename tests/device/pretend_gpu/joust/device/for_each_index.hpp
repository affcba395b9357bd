// SPDX-License-Identifier: MIT
//
// In the place of the header of this name: kernels of the pretended GPU.
#pragma once

#include <cstddef>
#include <type_traits>

#include <joust/core/host_device.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

/// Thrust's algorithms run at once, after all that was put before.
class awake_policy : public thrust::system::cpp::execution_policy<awake_policy> {
 public:
  explicit awake_policy(queue const& order) {
    order.wait();
    pretend_gpu::machine::the().wake();
  }
  ~awake_policy() { pretend_gpu::machine::the().sleep(); }
  awake_policy(awake_policy const&) = delete;
  awake_policy& operator=(awake_policy const&) = delete;
};

[[nodiscard]] inline awake_policy policy(queue const& order) { return awake_policy{order}; }

}  // namespace detail

template <class Call>
void for_each_index(queue const& order, std::size_t count, Call const& call) {
  static_assert(std::is_trivially_copyable_v<Call>, "a kernel's arguments are copied byte by byte");
  if (count != 0) pretend_gpu::launch(order.stream(), count, call);
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
