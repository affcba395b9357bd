// SPDX-License-Identifier: MIT
//
// One pass over many numbers that suits cores and GPUs alike: on a GPU neighbouring numbers go to
// neighbouring threads; a core is given runs of them, which it can vectorise.
#pragma once

#include <cstddef>

#include <joust/core/host_device.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <class Call>
struct run_of_numbers {
  static constexpr std::size_t length = cut_for_gpu ? 1 : 1024;

  std::size_t count;
  Call call;

  JOUST_HOST_DEVICE void operator()(std::size_t run) const {
    std::size_t const first = run * length;
    std::size_t const left = count - first;
    call(first, left < length ? left : length);
  }
};

// Calls call(first, count) for runs that make up all numbers below `count`.
template <class Call>
void for_each_run(queue const& order, std::size_t count, Call const& call) {
  constexpr std::size_t length = run_of_numbers<Call>::length;
  for_each_index(order, count / length + (count % length != 0 ? 1 : 0), run_of_numbers<Call>{count, call});
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
