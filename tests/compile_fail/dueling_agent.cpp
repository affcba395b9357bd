// SPDX-License-Identifier: MIT
//
// All that an agent needs, none of it there.
//
// expect: joust::dueling_agent: give your agent a member select(stream&) that returns a joust::pairing
// expect: joust::dueling_agent: give your agent a member observe(first, second, outcome)
// expect: joust::dueling_agent: give your agent a member recommend() that returns an index
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::dueling_agent;
#else
struct model {};
#endif

int main() { joust::explain_dueling_agent<model>(); }
