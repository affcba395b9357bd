// SPDX-License-Identifier: MIT
#include <vector>

#include <joust/arms/active_ranking.hpp>
#include <joust/arms/certified.hpp>
#include <joust/arms/explore_verify.hpp>
#include <joust/arms/knockout.hpp>
#include <joust/arms/opt_max.hpp>
#include <joust/arms/plpac.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/seq_eliminate.hpp>
#include <joust/arms/uniform.hpp>

#include "agent_shelf.hpp"
#include "k_armed_entry.hpp"

namespace lab {

std::vector<made_agent> identification_agents() {
  return {
      k_armed_entry<joust::certified<joust::rucb>>(
          "certified-rucb", "RUCB, until its winner is proven; needs a Condorcet winner"),
      k_armed_entry<joust::certified<joust::uniform_arms>>(
          "certified-uniform", "random pairs, until a winner is proven; needs a Condorcet winner"),
      k_armed_entry<joust::knockout>(
          "knockout",
          "a cup (Falahatgar et al. 2017); needs strong transitivity and the triangle inequality"),
      k_armed_entry<joust::seq_eliminate>(
          "seq-eliminate",
          "a champion and its challengers (Falahatgar et al. 2017); needs strong transitivity"),
      k_armed_entry<joust::opt_max>(
          "opt-max", "every arm against an anchor (Falahatgar et al. 2018); needs medium transitivity"),
      k_armed_entry<joust::active_ranking>(
          "active-ranking", "Borda scores by successive elimination (Heckel et al. 2019); no assumption"),
      k_armed_entry<joust::pl_pac>(
          "plpac", "passes of quicksort (Szorenyi et al. 2015); needs the Plackett-Luce model"),
      k_armed_entry<joust::explore_verify>("explore-verify",
                                           "a guess, then its proof (Karnin 2016); needs a Condorcet winner"),
  };
}

}  // namespace lab
