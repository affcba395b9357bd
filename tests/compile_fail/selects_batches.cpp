// SPDX-License-Identifier: MIT
//
// An agent that can only be asked for one pair at a time.
//
// expect: joust::selects_batches: give your agent a member select_batch(count, stream&) that returns a std::vector<joust::pairing>
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::batch_agent;
#else
using model = archetype::dueling_agent;
#endif

int main() { joust::explain_selects_batches<model>(); }
