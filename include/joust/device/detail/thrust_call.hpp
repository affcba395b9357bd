// SPDX-License-Identifier: MIT
//
// An algorithm of Thrust, with what a GPU says about it turned into a device_error.
#pragma once

#include <string>

#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <thrust/system_error.h>
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <class Call>
decltype(auto) thrust_call([[maybe_unused]] char const* doing, Call const& call) {
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  try {
    return call();
  } catch (thrust::system_error const& fault) {
    throw device_error{std::string{doing} + ": " + fault.what()};
  }
#else
  return call();
#endif
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
