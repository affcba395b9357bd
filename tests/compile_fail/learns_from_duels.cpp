// SPDX-License-Identifier: MIT
//
// Neither with a context nor without.
//
// expect: joust::learns_from_duels: give your agent a member observe(first, second, outcome)
// expect: joust::learns_from_duels: give your agent a member observe(context, first, second, outcome)
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
  joust::explain_learns_from_duels<model>();
  joust::explain_learns_from_duels<other, std::vector<double>>();
}
