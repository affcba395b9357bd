// SPDX-License-Identifier: MIT
#include <joust/rule/passive.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

using joust_test::finite_belief;

static_assert(joust::duel_rule<joust::passive, finite_belief>);
static_assert(!joust::passive::may_self_duel);

TEST_CASE("passive takes the first two as they come and asks no randomness", "[passive]") {
  finite_belief belief{{{0.0, 1.0, 9.0}, {0.0, 2.0, 8.0}}};
  joust::stream random{5};
  CHECK(joust::passive{}(belief, random) == joust::pairing{0, 1});
  CHECK(random == joust::stream{5});
  CHECK(belief.draws == 0);
}

TEST_CASE("passive refuses a single candidate", "[passive][fault]") {
  joust_test::check_refuses_one_candidate(joust::passive{});
}
