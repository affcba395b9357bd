// SPDX-License-Identifier: MIT
#include <vector>

#include <joust/arms/borda_ucb.hpp>
#include <joust/arms/d_exp3.hpp>
#include <joust/arms/doubler.hpp>
#include <joust/arms/multi_sbm.hpp>
#include <joust/arms/rex3.hpp>
#include <joust/arms/sparring.hpp>
#include <joust/arms/versatile_db.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> reduction_agents() {
  return {
      k_armed_entry<joust::sparring>(
          "sparring", "two ordinary bandits play against each other (Ailon et al. 2014); fixed arms"),
      k_armed_entry<joust::versatile_db>(
          "versatile", "best of both worlds by two Tsallis-INF learners (Saha & Gaillard 2022); fixed arms"),
      k_armed_entry<joust::doubler>(
          "doubler", "a bandit against its own past epoch (Ailon et al. 2014); fixed arms with utilities"),
      k_armed_entry<joust::multi_sbm>(
          "multisbm", "a bandit for every opponent (Ailon et al. 2014); fixed arms with utilities"),
      k_armed_entry<joust::rex3>(
          "rex3", "relative exponential weights (Gajane et al. 2015); fixed arms, utilities may change"),
      k_armed_entry<joust::d_exp3>(
          "d-exp3", "exponential weights on Borda scores (Saha et al. 2021); fixed arms, known horizon"),
      k_armed_entry<joust::borda_ucb>(
          "borda-ucb",
          "even play until the Borda winner is clear (Saha et al. 2021); fixed arms, known horizon"),
  };
}

}  // namespace lab
