// SPDX-License-Identifier: MIT
#include <joust/device/queue.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>

namespace {

struct add_one {
  std::uint32_t* values;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { ++values[i]; }
};

}  // namespace

TEST_CASE("work in a queue is done in the order in which it was put") {
  joust::device::queue order;
  joust::device::buffer<std::uint32_t> values{std::vector<std::uint32_t>(1000, 7)};
  for (int round = 0; round < 20; ++round) {
    joust::device::for_each_index(order, values.size(), add_one{values.data()});
  }
  CHECK(values.download(order) == std::vector<std::uint32_t>(1000, 27));
}

TEST_CASE("waiting for nothing returns") {
  joust::device::queue const order;
  CHECK_NOTHROW(order.wait());
}

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
TEST_CASE("what CUDA refuses is said in its words, and does not stay behind") {
  CHECK_THROWS_WITH(joust::device::detail::check_cuda(cudaErrorInvalidValue, "trying"),
                    Catch::Contains("trying: ") && Catch::Contains("invalid"));
  CHECK(cudaGetLastError() == cudaSuccess);
}
#endif

#if defined(JOUST_PRETEND_GPU)
TEST_CASE("the pretended GPU is as strict as a GPU") {
  joust::device::queue order;
  joust::device::buffer<std::uint32_t> values{std::vector<std::uint32_t>(10, 7)};
  std::vector<std::uint32_t> seen(10, 1);

  // Work waits until somebody waits for it.
  joust::device::for_each_index(order, values.size(), add_one{values.data()});
  values.copy_to(order, seen);
  CHECK(seen == std::vector<std::uint32_t>(10, 1));
  order.wait();
  CHECK(seen == std::vector<std::uint32_t>(10, 8));

  // Whose memory it is matters.
  CHECK_THROWS_WITH(joust::device::for_each_index(order, 1, add_one{seen.data()}),
                    Catch::Contains("a pointer to the host's memory"));
  auto const copy = [&](void* to, void const* from, cudaMemcpyKind kind) {
    return cudaMemcpyAsync(to, from, 4, kind, order.stream());
  };
  CHECK(copy(seen.data(), values.data(), cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(copy(values.data(), values.data() + 5, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(copy(seen.data(), values.data() + 10, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue);
  CHECK(copy(seen.data(), values.data() + 9, cudaMemcpyDeviceToHost) == cudaSuccess);
  CHECK_FALSE(pretend_gpu::machine::the().holds(values.data(), 41));
}
#endif
