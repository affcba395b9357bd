// SPDX-License-Identifier: MIT
//
// Neither with a context nor without.
//
// expect: joust::recommends: give your agent a member recommend() that returns an index
// expect: joust::recommends: give your agent a member recommend(context) that returns an index
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
  joust::explain_recommends<model>();
  joust::explain_recommends<other, std::vector<double>>();
}
