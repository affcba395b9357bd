// SPDX-License-Identifier: MIT
//
// An agent that forgets everything when the process ends.
//
// expect: joust::saves_state: give your agent a const member save() that returns a std::string
// expect: joust::saves_state: give your agent a static member load(std::string_view) that returns an agent
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::saved_agent;
#else
struct model {};
#endif

int main() { joust::explain_saves_state<model>(); }
