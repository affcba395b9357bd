// SPDX-License-Identifier: MIT
//
// An agent of fixed arms where one with a context is wanted.
//
// expect: joust::dueling_agent: give your agent a member select(context, stream&) that returns a joust::pairing
// expect: joust::dueling_agent: give your agent a member observe(context, first, second, outcome)
// expect: joust::dueling_agent: give your agent a member recommend(context) that returns an index
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::contextual_agent;
#else
using model = archetype::dueling_agent;
#endif

int main() { joust::explain_dueling_agent<model, std::vector<double>>(); }
