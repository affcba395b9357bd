// SPDX-License-Identifier: MIT
#include "device.hpp"

#include <stdexcept>
#include <string>

namespace lab {

device_study find_device(std::string const& name) {
  if (name == "host") {
#if defined(JOUST_LAB_WITH_HOST_SYSTEM)
    return study_on_host_system;
#else
    throw std::invalid_argument{
        "--device host: this joust-lab was built without it; configure with -DJOUST_DEVICE=ON"};
#endif
  }
  if (name == "cuda") {
#if defined(JOUST_LAB_WITH_CUDA)
    return study_on_cuda;
#else
    throw std::invalid_argument{
        "--device cuda: this joust-lab was built without it; configure with -DJOUST_CUDA=ON where nvcc is"};
#endif
  }
  throw std::invalid_argument{"--device '" + name + "': expected host or cuda"};
}

}  // namespace lab
