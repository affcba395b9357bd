// SPDX-License-Identifier: MIT
//
// Agents that draw their hopes from a posterior.
#include <vector>

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/double_thompson_plus.hpp>
#include <joust/arms/kernel_self_sparring.hpp>
#include <joust/arms/merge_dts.hpp>
#include <joust/arms/merge_rucb.hpp>
#include <joust/arms/self_sparring.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> thompson_agents() {
  return {
      k_armed_entry<joust::double_thompson>("dts", "double Thompson sampling; needs no Condorcet winner"),
      k_armed_entry<joust::double_thompson_plus>(
          "dts+", "double Thompson sampling, ties by estimated regret; needs no Condorcet winner"),
      k_armed_entry<joust::self_sparring>(
          "self-sparring", "Thompson sampling of a record per arm, twice; needs a common scale of quality"),
      k_armed_entry<joust::kernel_self_sparring>(
          "kernel-self-sparring",
          "the same for arms that resemble their neighbours in index; needs a common scale of quality"),
      k_armed_entry<joust::merge_rucb>(
          "mergerucb", "confidence bounds in batches that merge, for many arms; needs a Condorcet winner"),
      k_armed_entry<joust::merge_dts>(
          "mergedts", "Thompson sampling in batches that merge, for many arms; needs a Condorcet winner"),
  };
}

}  // namespace lab
