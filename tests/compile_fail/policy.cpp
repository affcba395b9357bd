// SPDX-License-Identifier: MIT
//
// All that a policy needs, none of it there.
//
// expect: joust::policy: give your policy a const member sample(context, stream&) that returns an action
// expect: joust::policy: give your policy a const member log_probability(context, action) that returns a double
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::policy;
#else
struct model {};
#endif

int main() { joust::explain_policy<model, joust::no_context, std::size_t>(); }
