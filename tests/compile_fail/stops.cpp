// SPDX-License-Identifier: MIT
//
// A yes or no is not a certificate.
//
// expect: joust::stops: give your agent a const member stop() that returns a std::optional<joust::certificate>
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::stopping_agent;
#else
struct model {
  bool stop() const { return true; }
};
#endif

int main() { joust::explain_stops<model>(); }
