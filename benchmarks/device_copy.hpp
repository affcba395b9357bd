// SPDX-License-Identifier: MIT
//
// The floor of what reads and writes much and reckons little: how many bytes per second the device moves, in
// and out counted, when it copies 128 MiB.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>

namespace device_copy {

struct copy_run {
  static constexpr std::size_t length = joust::device::on_gpu ? 1 : 4096;
  double const* from;
  double* to;
  JOUST_HOST_DEVICE void operator()(std::size_t run) const {
    for (std::size_t i = run * length; i < (run + 1) * length; ++i) to[i] = from[i];
  }
};

// Bytes per second, the best of a few.
inline double rate() {
  static double const best = [] {
    constexpr std::size_t count = std::size_t{16} << 20U;
    constexpr int copies = 4;
    joust::device::queue order;
    joust::device::buffer<double> const from{std::vector<double>(count, 1.0)};
    joust::device::buffer<double> to{std::vector<double>(count, 0.0)};
    double found = 0.0;
    for (int repeat = 0; repeat < 8; ++repeat) {
      auto const start = std::chrono::steady_clock::now();
      for (int n = 0; n < copies; ++n) {
        joust::device::for_each_index(order, count / copy_run::length, copy_run{from.data(), to.data()});
      }
      order.wait();
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
      found = std::max(found, copies * 2.0 * static_cast<double>(count * sizeof(double)) / took.count());
    }
    return found;
  }();
  return best;
}

}  // namespace device_copy
