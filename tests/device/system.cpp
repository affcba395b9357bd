// SPDX-License-Identifier: MIT
#include <joust/device/system.hpp>

#include <string_view>
#include <type_traits>

#include <catch2/catch.hpp>

#include <joust/device/queue.hpp>

#if __has_include(<all_of_device.hpp>)
#include <all_of_device.hpp>  // made from the tree: no two headers may disagree on a name
#endif

TEST_CASE("the system is the one that the build has chosen") {
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  STATIC_REQUIRE(joust::device::on_gpu);
  STATIC_REQUIRE(std::is_same_v<joust::device::queue, joust::device::on_cuda::queue>);
  CHECK(joust::device::system_name == "cuda");
#else
  STATIC_REQUIRE(!joust::device::on_gpu);
#endif
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
  STATIC_REQUIRE(std::is_same_v<joust::device::queue, joust::device::on_omp::queue>);
  CHECK(joust::device::system_name == "omp");
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB
  STATIC_REQUIRE(std::is_same_v<joust::device::queue, joust::device::on_tbb::queue>);
  CHECK(joust::device::system_name == "tbb");
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CPP
  STATIC_REQUIRE(std::is_same_v<joust::device::queue, joust::device::on_cpp::queue>);
  CHECK(joust::device::system_name == "cpp");
#endif
}
