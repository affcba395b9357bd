// SPDX-License-Identifier: MIT
#include <joust/rule/uniform_pair.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

using joust_test::finite_belief;

static_assert(joust::duel_rule<joust::uniform_pair, finite_belief>);
static_assert(!joust::uniform_pair::may_self_duel);

TEST_CASE("uniform_pair takes every ordered pair equally often and never a self-duel", "[uniform_pair]") {
  for (std::size_t const candidates : {2U, 3U, 5U}) {
    finite_belief belief{{std::vector<double>(candidates, 1.0)}};
    joust_test::distribution expected;
    for (std::size_t i = 0; i < candidates; ++i) {
      for (std::size_t j = 0; j < candidates; ++j) {
        if (i != j) expected[{i, j}] = 1.0 / static_cast<double>(candidates * (candidates - 1));
      }
    }
    joust_test::check_distribution(belief, joust::uniform_pair{}, expected, candidates);
  }
}

TEST_CASE("uniform_pair refuses a single candidate", "[uniform_pair][fault]") {
  joust_test::check_refuses_one_candidate(joust::uniform_pair{});
}
