// SPDX-License-Identifier: MIT
//
// An array in the memory of the device: of the GPU, or of the host where that is the device. It is filled and
// read by explicit copies; nothing moves by itself.
//
//   needs   a system (device/system.hpp); elements that may be copied byte by byte
//   cost    an allocation where it grows; a copy of the bytes
#pragma once

#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

template <class T>
class buffer {
  static_assert(std::is_trivially_copyable_v<T>, "elements of a device buffer are copied byte by byte");

 public:
  /// Without elements.
  buffer() = default;

  /// `count` elements of no particular value. Throws std::bad_alloc or device_error where memory ends.
  explicit buffer(std::size_t count) { resize(count); }

  /// A copy of host memory, complete when the constructor returns.
  explicit buffer(std::span<T const> values) : buffer{values.size()} {
    queue order;
    copy_from(order, values);
    order.wait();
  }
  explicit buffer(std::vector<T> const& values) : buffer{std::span<T const>{values}} {}

  buffer(buffer&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        room_{std::exchange(other.room_, 0)} {}
  buffer& operator=(buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    return *this;
  }
  ~buffer() { release(data_); }

  /// After this there are `count` elements. Within what was once allocated, the first ones keep their values
  /// and nothing is allocated; beyond it all are lost. Work under way on the elements must have ended.
  void resize(std::size_t count) {
    if (count > room_) {
      T* const grown = allocate(count);
      release(data_);
      data_ = grown;
      room_ = count;
    }
    size_ = count;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Of the device: not to be read by the host where that is a GPU.
  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] T const* data() const noexcept { return data_; }

  /// Copies host memory here, in the order of the queue; on a GPU `values` must live until it has waited.
  /// Throws std::invalid_argument unless there are as many elements.
  void copy_from(queue const& order, std::span<T const> values) {
    require_as_many(values.size());
    if (size_ == 0) return;
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
    detail::check_cuda(
        cudaMemcpyAsync(data_, values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice, order.stream()),
        "copying to the device");
#else
    static_cast<void>(order);
    std::memcpy(static_cast<void*>(data_), values.data(), size_ * sizeof(T));
#endif
  }

  /// The other way. On a GPU `values` holds them once the queue has waited.
  void copy_to(queue const& order, std::span<T> values) const {
    require_as_many(values.size());
    if (size_ == 0) return;
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
    detail::check_cuda(
        cudaMemcpyAsync(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost, order.stream()),
        "copying from the device");
#else
    static_cast<void>(order);
    std::memcpy(static_cast<void*>(values.data()), data_, size_ * sizeof(T));
#endif
  }

  /// All elements, after the work put into the queue so far.
  [[nodiscard]] std::vector<T> download(queue const& order) const {
    std::vector<T> values(size_);
    copy_to(order, values);
    order.wait();
    return values;
  }

 private:
  void require_as_many(std::size_t count) const {
    if (count != size_) {
      joust::detail::reject("values", "of length " + joust::detail::text(count),
                            joust::detail::text(size_) + ", the length of the buffer");
    }
  }

  [[nodiscard]] static T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_array_new_length{};
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
    void* memory = nullptr;
    detail::check_cuda(cudaMalloc(&memory, count * sizeof(T)), "allocating device memory");
    return static_cast<T*>(memory);
#else
    return static_cast<T*>(::operator new(count * sizeof(T), alignment));
#endif
  }
  static void release(T* memory) noexcept {
    if (memory == nullptr) return;
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
    static_cast<void>(cudaFree(memory));
#else
    ::operator delete(memory, alignment);
#endif
  }

  static constexpr std::align_val_t alignment{64};  // a cache line, and the widest vector register

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
