// SPDX-License-Identifier: MIT
//
// Both an oracle and its truth are missing.
//
// expect: joust::preference_oracle: give your oracle a member compare(context, first, second, stream&) that returns the outcome, a number in [0, 1]
// expect: joust::known_preference: give your oracle a const member probability(context, first, second) that returns the probability that the first wins
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::known_preference;
#else
struct model {};
#endif

int main() { joust::explain_known_preference<model, joust::no_context, double>(); }
