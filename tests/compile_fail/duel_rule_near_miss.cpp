// SPDX-License-Identifier: MIT
//
// A rule that changes when it is asked, and on a belief that is none.
//
// expect: joust::belief: give your belief a member size() that returns the number of candidates
// expect: joust::belief: give your belief a member mean() that returns the expected rewards as a std::span<double const>
// expect: joust::belief: give your belief a member draw(stream&) that returns one joint draw of the rewards as a std::span<double const>
// expect: joust::belief: give your belief a member pair_variance(i, j) that returns the variance of the rewards' difference
// expect: joust::duel_rule: give your rule a const call operator()(belief&, stream&) that returns a joust::pairing
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using rewards = archetype::belief;
using model = archetype::duel_rule;
#else
struct rewards {};
struct model {
  static constexpr bool may_self_duel = false;
  joust::pairing operator()(rewards&, joust::stream&);
};
#endif

int main() { joust::explain_duel_rule<model, rewards>(); }
