// SPDX-License-Identifier: MIT
//
// A policy that does not learn.
//
// expect: joust::trainable_policy: give your policy a member accumulate(context, action, weight) that adds weight times the gradient of the log-probability
// expect: joust::trainable_policy: give your policy a member step() that applies the accumulated gradient
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::trainable_policy;
#else
using model = archetype::policy;
#endif

int main() { joust::explain_trainable_policy<model, joust::no_context, std::size_t>(); }
