// SPDX-License-Identifier: MIT
//
// One call per index, on all cores or on a GPU: the loop that everything in this folder is made of. The calls
// must not depend on each other, since nobody knows which runs when.
//
//   needs   a system (device/system.hpp); a function object that can be copied to the device
//   cost    `count` calls, shared among cores; some 2 to 10 us to start
//   repeat  as the calls: each index is called once
#pragma once

#include <cstddef>
#include <cstdint>

#include <joust/device/system.hpp>  // before Thrust: it says which one this is to be

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <joust/core/host_device.hpp>
#include <joust/device/queue.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <limits>

#include <thrust/system/cuda/execution_policy.h>
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
#include <thrust/system/omp/execution_policy.h>
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB
#include <thrust/system/tbb/execution_policy.h>
#else
#include <thrust/system/cpp/execution_policy.h>
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

/// The system's way of running Thrust's algorithms, in the order of the queue.
[[nodiscard]] inline auto policy(queue const& order) {
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  return thrust::cuda::par_nosync.on(order.stream());
#else
  static_cast<void>(order);
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
  return thrust::omp::par;
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB
  return thrust::tbb::par;
#else
  return thrust::cpp::par;
#endif
#endif
}

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

// Not Thrust's own loop, which gives 512 indices to a block and two to a thread (CCCL 3.0): the contexts of
// 4096 prompts would fill 8 of an H200's 132 multiprocessors. It also has four copies of `call` in each
// kernel, and nvcc needs as much longer.
template <class Call>
__global__ void __launch_bounds__(256) call_one_index(std::size_t count, __grid_constant__ Call const call) {
  std::size_t const index = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (index < count) call(index);
}

/// The threads of a block: few where indices are few, so that blocks are many.
[[nodiscard]] constexpr unsigned threads_of_block(std::size_t count) noexcept {
  return count <= 8192 ? 32 : count <= 16384 ? 64 : count <= 32768 ? 128 : 256;
}

#endif

}  // namespace detail

/// Calls call(i) for every i below `count`. `call` has a const operator()(std::size_t), annotated with
/// JOUST_HOST_DEVICE, that throws nothing; it is copied. Throws device_error if a GPU refuses the work.
template <class Call>
void for_each_index(queue const& order, std::size_t count, Call const& call) {
  if (count == 0) return;
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  unsigned const threads = detail::threads_of_block(count);
  std::size_t const blocks = (count - 1) / threads + 1;
  if (blocks > std::numeric_limits<std::int32_t>::max()) {
    throw device_error{"starting work on the device: more than 2^31 - 1 blocks of calls at once"};
  }
  dim3 const grid{static_cast<unsigned>(blocks)};
  detail::call_one_index<<<grid, threads, 0, order.stream()>>>(count, call);
  detail::check_cuda(cudaGetLastError(), "starting work on the device");
#else
  if (count == 1) return call(std::size_t{0});  // no threads for a single call
  thrust::for_each_n(detail::policy(order), thrust::counting_iterator<std::size_t>{0}, count, call);
#endif
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
