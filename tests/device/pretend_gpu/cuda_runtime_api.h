// SPDX-License-Identifier: MIT
//
// The functions of CUDA's runtime that joust/device calls, for the pretended GPU.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <pretend_gpu.hpp>

using cudaStream_t = CUstream_st*;
enum cudaError_t {
  cudaSuccess,
  cudaErrorInvalidValue,
  cudaErrorMemoryAllocation,
  cudaErrorInvalidResourceHandle
};
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost };
constexpr unsigned cudaStreamNonBlocking = 1;

inline char const* cudaGetErrorString(cudaError_t code) {
  constexpr char const* words[] = {"no error", "invalid argument", "out of memory",
                                   "invalid resource handle"};
  return words[code];
}
inline cudaError_t cudaGetLastError() { return cudaSuccess; }

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new CUstream_st;
  pretend_gpu::machine::the().add(*stream);
  return cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (!pretend_gpu::machine::the().knows(stream)) return cudaErrorInvalidResourceHandle;
  pretend_gpu::machine::the().remove(stream);
  delete stream;
  return cudaSuccess;
}
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (!pretend_gpu::machine::the().knows(stream)) return cudaErrorInvalidResourceHandle;
  pretend_gpu::machine::the().finish(stream);
  return cudaSuccess;
}

inline cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  *memory = pretend_gpu::machine::the().allocate(bytes);
  return *memory == nullptr && bytes != 0 ? cudaErrorMemoryAllocation : cudaSuccess;
}
inline cudaError_t cudaFree(void* memory) {
  return pretend_gpu::machine::the().release(memory) ? cudaSuccess : cudaErrorInvalidValue;
}

// What is copied from the host is read at once, as it is from memory that is not locked to its place; what is copied to the
// host comes when somebody waits.
inline cudaError_t cudaMemcpyAsync(void* to, void const* from, std::size_t bytes, cudaMemcpyKind kind,
                                   cudaStream_t stream) {
  pretend_gpu::machine& gpu = pretend_gpu::machine::the();
  if (!gpu.knows(stream)) return cudaErrorInvalidResourceHandle;
  bool const down = kind == cudaMemcpyDeviceToHost;
  if (!gpu.holds(down ? from : to, bytes) || gpu.holds(down ? to : from, 1)) return cudaErrorInvalidValue;
  if (down) {
    gpu.put(stream, [=] { std::memcpy(to, from, bytes); });
  } else {
    auto const* const bytes_of = static_cast<char const*>(from);
    gpu.put(stream, [to, held = std::vector<char>(bytes_of, bytes_of + bytes)] {
      std::memcpy(to, held.data(), held.size());
    });
  }
  return cudaSuccess;
}
