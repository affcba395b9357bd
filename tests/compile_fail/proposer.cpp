// SPDX-License-Identifier: MIT
//
// One action is no range of them.
//
// expect: joust::proposer: give your proposer a member propose(context, stream&) that returns a sized range of actions
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::proposer;
#else
struct model {
  int propose(int, joust::stream&);
};
#endif

int main() { joust::explain_proposer<model, int, int>(); }
