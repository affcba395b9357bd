// SPDX-License-Identifier: MIT
//
// All that a posterior needs, none of it there.
//
// expect: joust::posterior: give your posterior a member at(features) that returns a belief over the rows' rewards
// expect: joust::posterior: give your posterior a member observe(first, second, outcome, weight) that takes the features of both
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::posterior;
#else
struct model {};
#endif

int main() { joust::explain_posterior<model, archetype::column, double>(); }
