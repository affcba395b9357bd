// SPDX-License-Identifier: MIT
#include <vector>

#include <joust/arms/beat_the_mean.hpp>
#include <joust/arms/c2b.hpp>
#include <joust/arms/interleaved_filter.hpp>
#include <joust/arms/pcomp.hpp>
#include <joust/arms/scomp.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> elimination_agents() {
  return {
      k_armed_entry<joust::interleaved_filter>("interleaved-filter",
                                               "a champion duels all others in turn until it has beaten them "
                                               "or is beaten; needs the horizon, SST"),
      k_armed_entry<joust::beat_the_mean>(
          "beat-the-mean",
          "drops the arm with the worst share against the mean of the field; needs the horizon, relaxed SST"),
      k_armed_entry<joust::pcomp>("pcomp",
                                  "compares all pairs in few batches and drops losers after each; needs the "
                                  "horizon, a Condorcet winner"),
      k_armed_entry<joust::scomp>(
          "scomp",
          "compares a few seeds with all others in few batches; for many arms; needs the horizon, SST"),
      k_armed_entry<joust::c2b>("c2b",
                                "in few batches, spares pairs of arms that a candidate seems to beat; needs "
                                "the horizon, a Condorcet winner"),
  };
}

}  // namespace lab
