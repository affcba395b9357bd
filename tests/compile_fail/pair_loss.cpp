// SPDX-License-Identifier: MIT
//
// All that a loss of pairs needs, none of it there.
//
// expect: joust::pair_loss: give your loss a const member value(joust::scored_pair const&) that returns a double
// expect: joust::pair_loss: give your loss a const member slopes(joust::scored_pair const&) that returns joust::pair_slopes, the derivatives of value
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::pair_loss;
#else
struct model {};
#endif

int main() { joust::explain_pair_loss<model>(); }
