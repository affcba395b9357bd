// SPDX-License-Identifier: MIT
//
// fresh() is inherited, and makes an agent of the base.
//
// expect: joust::agent_prototype: give your agent a const member fresh(joust::setting const&) that returns an agent of the same type
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::agent_prototype;
#else
struct model : archetype::agent_prototype {};
#endif

int main() { joust::explain_agent_prototype<model>(); }
