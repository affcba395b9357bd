// SPDX-License-Identifier: MIT
//
// What only metrics may read is not const.
//
// expect: joust::environment: give your environment a const member shape() that returns a joust::setting
// expect: joust::environment: give your environment a const member probability(first, second)
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::environment;
#else
struct model : archetype::environment {
  joust::setting shape();
  double probability(std::size_t, std::size_t);
};
#endif

int main() { joust::explain_environment<model>(); }
