// SPDX-License-Identifier: MIT
//
// Something that learns but is no policy.
//
// expect: joust::policy: give your policy a const member sample(context, stream&) that returns an action
// expect: joust::policy: give your policy a const member log_probability(context, action) that returns a double
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::trainable_policy;
#else
struct model {
  void accumulate(joust::no_context, std::size_t, double);
  void step();
};
#endif

int main() { joust::explain_trainable_policy<model, joust::no_context, std::size_t>(); }
