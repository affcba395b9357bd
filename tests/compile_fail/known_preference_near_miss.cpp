// SPDX-License-Identifier: MIT
//
// The truth is there, but not const.
//
// expect: joust::known_preference: give your oracle a const member probability(context, first, second) that returns the probability that the first wins
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::known_preference;
#else
struct model : archetype::preference_oracle {
  double probability(joust::no_context, double, double);
};
#endif

int main() { joust::explain_known_preference<model, joust::no_context, double>(); }
