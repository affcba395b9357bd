// SPDX-License-Identifier: MIT
//
// Rewards in float, and a draw that takes no stream.
//
// expect: joust::belief: give your belief a member mean() that returns the expected rewards as a std::span<double const>
// expect: joust::belief: give your belief a member draw(stream&) that returns one joint draw of the rewards as a std::span<double const>
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::belief;
#else
struct model : archetype::belief {
  std::span<float const> mean();
  std::span<double const> draw();
};
#endif

int main() { joust::explain_belief<model>(); }
