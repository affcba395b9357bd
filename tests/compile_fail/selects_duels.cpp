// SPDX-License-Identifier: MIT
//
// Neither with a context nor without.
//
// expect: joust::selects_duels: give your agent a member select(stream&) that returns a joust::pairing
// expect: joust::selects_duels: give your agent a member select(context, stream&) that returns a joust::pairing
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::dueling_agent;
using other = archetype::contextual_agent;
#else
struct model {};
using other = model;
#endif

int main() {
  joust::explain_selects_duels<model>();
  joust::explain_selects_duels<other, std::vector<double>>();
}
