// SPDX-License-Identifier: MIT
#include <vector>

#include <joust/arms/ecw_rmed.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rmed2.hpp>
#include <joust/arms/rmed2fh.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> rmed_agents() {
  return {
      k_armed_entry<joust::rmed1>(
          "rmed1",
          "relative minimum empirical divergence (Komiyama et al. 2015); fixed arms with a Condorcet winner"),
      k_armed_entry<joust::rmed2>(
          "rmed2",
          "RMED1 with the cheapest refutations (Komiyama et al. 2015); fixed arms with a Condorcet winner"),
      k_armed_entry<joust::rmed2fh>(
          "rmed2fh", "RMED2 for a known horizon (Komiyama et al. 2015); fixed arms with a Condorcet winner"),
      k_armed_entry<joust::ecw_rmed>(
          "ecw-rmed",
          "relative minimum empirical divergence for Copeland winners (Komiyama et al. 2016); fixed arms"),
  };
}

}  // namespace lab
