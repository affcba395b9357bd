// SPDX-License-Identifier: MIT
#include <joust/rule/largest_pair_variance.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

namespace {

using joust::largest_pair_variance;
using joust::variance_of;
using joust_test::distribution;
using joust_test::finite_belief;
using joust_test::finite_preferences;

static_assert(joust::duel_rule<largest_pair_variance, finite_belief>);
static_assert(!largest_pair_variance::may_self_duel);

// 0 and 3 swing against each other far from equality, 1 and 2 near it.
finite_belief swings() {
  return finite_belief{{{10.0, 1.0, -1.0, -10.0}, {16.0, -1.0, 1.0, -16.0}, {12.0, 1.0, -1.0, -12.0}}};
}

}  // namespace

TEST_CASE("largest_pair_variance takes the widest pair in either order", "[largest_pair_variance]") {
  joust_test::check_distribution(swings(), largest_pair_variance{}, {{{0, 3}, 0.5}, {{3, 0}, 0.5}}, 1);
  joust_test::check_distribution(swings().permuted({1, 3, 0, 2}), largest_pair_variance{},
                                 {{{1, 2}, 0.5}, {{2, 1}, 0.5}}, 2);
  finite_belief untouched = swings();
  joust::stream random{3};
  (void)largest_pair_variance{}(untouched, random);
  CHECK(untouched.draws == 0);
}

TEST_CASE("by preference it takes the pair whose outcome is most open", "[largest_pair_variance]") {
  largest_pair_variance const rule{{.criterion = variance_of::preference}};
  joust_test::check_distribution(swings(), rule, {{{1, 2}, 0.5}, {{2, 1}, 0.5}}, 4);
  joust_test::check_distribution(finite_preferences{swings().members()}, rule, {{{1, 2}, 0.5}, {{2, 1}, 0.5}},
                                 5);
}

TEST_CASE("without any variance all pairs are alike", "[largest_pair_variance]") {
  finite_belief const certain{{{3.0, 1.0, 2.0}, {5.0, 3.0, 4.0}}};
  distribution expected;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      if (i != j) expected[{i, j}] = 1.0 / 6.0;
    }
  }
  joust_test::check_distribution(certain, largest_pair_variance{}, expected, 6);
}

TEST_CASE("two copies of one candidate are never the widest pair", "[largest_pair_variance]") {
  // By the sum of marginals 0 and 1 would be; jointly they do not differ at all.
  finite_belief const copies{{{9.0, 9.0, 0.0}, {-9.0, -9.0, 0.0}}};
  joust_test::check_distribution(copies, largest_pair_variance{},
                                 {{{0, 2}, 0.25}, {{2, 0}, 0.25}, {{1, 2}, 0.25}, {{2, 1}, 0.25}}, 7);
}

TEST_CASE("largest_pair_variance cares for differences only", "[largest_pair_variance]") {
  joust_test::check_shift_invariance(swings(), largest_pair_variance{});
  joust_test::check_shift_invariance(swings(), largest_pair_variance{{.criterion = variance_of::preference}});
}

TEST_CASE("largest_pair_variance refuses a single candidate", "[largest_pair_variance][fault]") {
  joust_test::check_refuses_one_candidate(largest_pair_variance{});
}
