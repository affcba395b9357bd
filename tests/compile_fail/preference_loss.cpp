// SPDX-License-Identifier: MIT
//
// All that a loss needs, none of it there.
//
// expect: joust::preference_loss: give your loss a const member value(margin) that returns a double
// expect: joust::preference_loss: give your loss a const member slope(margin), the derivative of value
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::preference_loss;
#else
struct model {};
#endif

int main() { joust::explain_preference_loss<model>(); }
