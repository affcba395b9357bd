// SPDX-License-Identifier: MIT
//
// The agents of joust-lab by family: each file agents_<family>.cpp makes one list of them.
#pragma once

#include <vector>

#include <joust/core/vocabulary.hpp>
#include <joust/experiment/any_agent.hpp>

#include "catalogue_entry.hpp"

namespace lab {

using made_agent = made<joust::any_agent, joust::setting>;

std::vector<made_agent> bound_agents();           // confidence bounds
std::vector<made_agent> rmed_agents();            // empirical divergence
std::vector<made_agent> thompson_agents();        // Thompson sampling, merging
std::vector<made_agent> elimination_agents();     // elimination, batches
std::vector<made_agent> reduction_agents();       // reductions to ordinary bandits, adversarial
std::vector<made_agent> identification_agents();  // those that stop with a certificate
std::vector<made_agent> other_agents();           // winner stays, continuous actions, policy classes

}  // namespace lab
