// SPDX-License-Identifier: MIT
// The parts of joust that run on all cores or on a GPU, as a project of someone else sees them. The same source is
// compiled by the host compiler and, as device.cu, by nvcc.
#include <cstddef>
#include <vector>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>

namespace {

struct square {
  double* values;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { values[i] *= values[i]; }
};

}  // namespace

int main() try {
  joust::device::queue order;
  joust::device::buffer<double> values{std::vector<double>{1.0, 2.0, 3.0}};
  joust::device::for_each_index(order, values.size(), square{values.data()});
  return values.download(order) == std::vector<double>{1.0, 4.0, 9.0} ? 0 : 1;
} catch (joust::device::device_error const&) {
  return 77;  // there is no GPU
}
