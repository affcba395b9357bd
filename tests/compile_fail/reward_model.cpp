// SPDX-License-Identifier: MIT
//
// All that a reward model needs, none of it there.
//
// expect: joust::reward_model: give your model a member consider(contexts, candidate sets, policy, reference)
// expect: joust::reward_model: give your model a member belief(i) that returns a belief over the candidates of the i-th context considered
// expect: joust::reward_model: give your model a member observe(i, first, second, outcome, weight), candidates by their place in the i-th set
// expect: joust::reward_model: give your model a member train(), called once a round
// expect: joust::reward_model: give your model a member expected(context, candidates, policy, reference) that returns a std::vector of rewards
#include <cstddef>

#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/reward_model.hpp>

struct policy {};

#if defined(JOUST_TEST_TWIN)
using model = joust::no_reward_model;
#else
struct model {};
#endif

int main() { joust::explain_reward_model<model, std::size_t, std::size_t, policy>(); }
