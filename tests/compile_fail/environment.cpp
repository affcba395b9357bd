// SPDX-License-Identifier: MIT
//
// All that an environment needs, none of it there.
//
// expect: joust::environment: give your environment a const member shape() that returns a joust::setting
// expect: joust::environment: give your environment a member advance(stream&) that moves to the next round
// expect: joust::environment: give your environment a member features() that returns a matrix with one row per candidate
// expect: joust::environment: give your environment a member compare(first, second, stream&) that returns the outcome
// expect: joust::environment: give your environment a const member probability(first, second)
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::environment;
#else
struct model {};
#endif

int main() { joust::explain_environment<model>(); }
