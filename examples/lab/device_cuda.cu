// SPDX-License-Identifier: MIT
//
// Studies on the GPU.
#include <vector>

#include <joust/device/queue.hpp>
#include <joust/device/replicate.hpp>

#include "device.hpp"

joust::study lab::study_on_cuda(joust::study_options const& options, joust::arena const& where,
                                std::vector<joust::contender> const& contenders) {
  return joust::device::replicate(joust::device::queue{}, options, where, contenders);
}
