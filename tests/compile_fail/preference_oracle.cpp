// SPDX-License-Identifier: MIT
//
// A judge that answers in words.
//
// expect: joust::preference_oracle: give your oracle a member compare(context, first, second, stream&) that returns the outcome, a number in [0, 1]
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::preference_oracle;
#else
struct model {
  char const* compare(joust::no_context, double, double, joust::stream&);
};
#endif

int main() { joust::explain_preference_oracle<model, joust::no_context, double>(); }
