// SPDX-License-Identifier: MIT
//
// All that a rule needs, none of it there.
//
// expect: joust::duel_rule: give your rule a const call operator()(belief&, stream&) that returns a joust::pairing
// expect: joust::duel_rule: say in a static constexpr bool may_self_duel whether your rule may pick the same candidate twice
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::duel_rule;
#else
struct model {};
#endif

int main() { joust::explain_duel_rule<model, archetype::belief>(); }
