// SPDX-License-Identifier: MIT
//
// An agent that names one arm instead of two.
//
// expect: joust::dueling_agent: give your agent a member select(stream&) that returns a joust::pairing
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::dueling_agent;
#else
struct model : archetype::dueling_agent {
  std::size_t select(joust::stream&);
};
#endif

int main() { joust::explain_dueling_agent<model>(); }
