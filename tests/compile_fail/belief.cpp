// SPDX-License-Identifier: MIT
//
// All that a belief needs, none of it there.
//
// expect: joust::belief: give your belief a member size() that returns the number of candidates
// expect: joust::belief: give your belief a member mean() that returns the expected rewards as a std::span<double const>
// expect: joust::belief: give your belief a member draw(stream&) that returns one joint draw of the rewards as a std::span<double const>
// expect: joust::belief: give your belief a member pair_variance(i, j) that returns the variance of the rewards' difference
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::belief;
#else
struct model {};
#endif

int main() { joust::explain_belief<model>(); }
