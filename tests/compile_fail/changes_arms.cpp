// SPDX-License-Identifier: MIT
//
// The same arms for ever.
//
// expect: joust::changes_arms: give your agent a member add_arm() that returns the new arm's index
// expect: joust::changes_arms: give your agent a member retire(arm)
// expect: joust::changes_arms: give your agent const members in_play(arm) and arms()
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::changing_agent;
#else
struct model {};
#endif

int main() { joust::explain_changes_arms<model>(); }
