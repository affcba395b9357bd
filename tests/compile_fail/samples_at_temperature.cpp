// SPDX-License-Identifier: MIT
//
// A policy that knows one temperature only.
//
// expect: joust::samples_at_temperature: give your policy a const member sample(context, stream&, temperature) that returns an action
// expect: joust::samples_at_temperature: give your policy a const member sample_batch(context, count, stream&, temperature) that returns a std::vector of actions
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::samples_at_temperature;
#else
using model = archetype::policy;
#endif

int main() { joust::explain_samples_at_temperature<model, joust::no_context, std::size_t>(); }
