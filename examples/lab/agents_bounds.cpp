// SPDX-License-Identifier: MIT
//
// Agents of joust-lab that go by confidence bounds.

#include <vector>

#include <joust/arms/ccb.hpp>
#include <joust/arms/rcs.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/savage.hpp>
#include <joust/arms/scb.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> bound_agents() {
  return {
      k_armed_entry<joust::rucb>("rucb", "relative upper confidence bound; needs a Condorcet winner"),
      k_armed_entry<joust::rcs>("rcs", "relative confidence sampling; needs a Condorcet winner"),
      k_armed_entry<joust::ccb>("ccb", "Copeland confidence bound; needs no ties"),
      k_armed_entry<joust::scb>("scb", "scalable Copeland bandits; needs no ties, for hundreds of arms"),
      k_armed_entry<joust::savage>(
          "savage", "all pairs that matter in turn, then the winner; needs the horizon or a confidence"),
  };
}

}  // namespace lab
