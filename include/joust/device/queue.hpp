// SPDX-License-Identifier: MIT
//
// Where work is put, to be done in the order in which it was put. On a GPU it is a stream of CUDA: calls
// return before their work is done, and wait() waits for it. On a host every call returns when its work is
// done.
//
//   needs   a system (device/system.hpp)
//   cost    on a GPU the making of a stream; nothing on a host
#pragma once

#include <stdexcept>
#include <string>

#include <joust/device/system.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cuda_runtime_api.h>
#endif

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// What a GPU could not do, in the words of CUDA. On a host it is never thrown.
class device_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

namespace detail {

/// Throws device_error, "<doing>: <what CUDA says>", unless the call succeeded.
inline void check_cuda(cudaError_t code, char const* doing) {
  if (code == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // so that the next call is not blamed for it
  throw device_error{std::string{doing} + ": " + cudaGetErrorString(code)};
}

}  // namespace detail

class queue {
 public:
  /// A stream of its own. Throws device_error if there is no GPU.
  queue() {
    detail::check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a CUDA stream");
    owned_ = true;
  }

  /// A stream of the caller's, which outlives the queue.
  explicit queue(cudaStream_t stream) noexcept : stream_{stream} {}

  ~queue() {
    if (owned_) static_cast<void>(cudaStreamDestroy(stream_));
  }
  queue(queue const&) = delete;
  queue& operator=(queue const&) = delete;

  /// Returns when all work put so far is done. Throws device_error if any of it failed.
  void wait() const { detail::check_cuda(cudaStreamSynchronize(stream_), "waiting for the device"); }

  [[nodiscard]] cudaStream_t stream() const noexcept { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
  bool owned_ = false;
};

#else

class queue {
 public:
  queue() = default;
  queue(queue const&) = delete;
  queue& operator=(queue const&) = delete;

  /// Nothing is ever left to wait for.
  void wait() const noexcept {}
};

#endif

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
