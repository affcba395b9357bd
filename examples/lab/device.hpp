// SPDX-License-Identifier: MIT
//
// Where joust-lab can play a study instead of with the core's own agents: the host system and the GPU of
// joust/device, as far as the program was built with them.
#pragma once

#include <string>
#include <vector>

#include <joust/experiment/named.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/study.hpp>

namespace lab {

/// joust::device::replicate, on one system.
using device_study = joust::study (*)(joust::study_options const&, joust::arena const&,
                                      std::vector<joust::contender> const&);

/// The device of that name, "host" or "cuda". Throws std::invalid_argument for any other, and for one that the
/// program was built without: the message says how to build with it.
[[nodiscard]] device_study find_device(std::string const& name);

// Each is defined in a source of its own, which is built where the system is.
joust::study study_on_host_system(joust::study_options const&, joust::arena const&,
                                  std::vector<joust::contender> const&);
joust::study study_on_cuda(joust::study_options const&, joust::arena const&,
                           std::vector<joust::contender> const&);

}  // namespace lab
