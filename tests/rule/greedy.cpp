// SPDX-License-Identifier: MIT
#include <joust/rule/greedy.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

using joust_test::finite_belief;

static_assert(joust::duel_rule<joust::greedy, finite_belief>);
static_assert(!joust::greedy::may_self_duel);

TEST_CASE("greedy takes the largest mean and its runner-up", "[greedy]") {
  // Means 2, 0.5, 3, -4: the favourites of single members (3 and 1) do not count.
  finite_belief belief{{{2.0, 9.0, 3.0, -12.0}, {2.0, -8.0, 3.0, 4.0}}};
  joust_test::check_distribution(belief, joust::greedy{}, {{{2, 0}, 1.0}}, 1);
  joust_test::check_distribution(belief.permuted({1, 2, 3, 0}), joust::greedy{}, {{{3, 1}, 1.0}}, 2);
  CHECK(belief.draws == 0);
  joust_test::check_shift_invariance(belief, joust::greedy{});
}

TEST_CASE("greedy draws among equal means uniformly, for either seat", "[greedy]") {
  finite_belief const top{{{1.0, 1.0, 1.0, 0.0}}};
  joust_test::distribution expected;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      if (i != j) expected[{i, j}] = 1.0 / 6.0;
    }
  }
  joust_test::check_distribution(top, joust::greedy{}, expected, 3);
  finite_belief const rivals{{{1.0, 2.0, 1.0, 0.0}}};
  joust_test::check_distribution(rivals, joust::greedy{}, {{{1, 0}, 0.5}, {{1, 2}, 0.5}}, 4);
}

TEST_CASE("greedy refuses a single candidate", "[greedy][fault]") {
  joust_test::check_refuses_one_candidate(joust::greedy{});
}
