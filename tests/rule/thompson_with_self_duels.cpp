// SPDX-License-Identifier: MIT
#include <joust/rule/thompson_with_self_duels.hpp>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

using joust::thompson_with_self_duels;
using joust_test::finite_belief;

static_assert(joust::duel_rule<thompson_with_self_duels, finite_belief>);
static_assert(thompson_with_self_duels::may_self_duel);

TEST_CASE("two independent favourites, possibly the same", "[thompson_with_self_duels]") {
  // Favourites 0, 0, 2, 1 with probabilities 1/2, 1/4, 1/4.
  finite_belief const belief{{{2.0, 1.0, 0.0}, {3.0, 0.0, 1.0}, {0.0, 1.0, 2.0}, {0.0, 4.0, 2.0}}};
  double const p[] = {0.5, 0.25, 0.25};
  for (std::size_t const redraws : {0U, 2U}) {
    joust_test::distribution expected;
    for (std::size_t i = 0; i < 3; ++i) {
      double tries = 0.0;
      for (std::size_t k = 0; k <= redraws; ++k) tries = 1.0 + p[i] * tries;
      for (std::size_t j = 0; j < 3; ++j) {
        if (j != i) expected[{i, j}] = p[i] * p[j] * tries;
      }
      expected[{i, i}] = p[i] * (1.0 - (1.0 - p[i]) * tries);
    }
    joust_test::check_distribution(belief, thompson_with_self_duels{{.max_redraws = redraws}}, expected,
                                   20 + redraws);
  }
  joust_test::check_shift_invariance(belief, thompson_with_self_duels{});
}

TEST_CASE("agreement is a self-duel, and one candidate can only duel itself", "[thompson_with_self_duels]") {
  joust::stream random{1};
  finite_belief settled{{{1.0, 3.0}, {0.0, 2.0}}};
  CHECK(thompson_with_self_duels{{.max_redraws = 5}}(settled, random) == joust::pairing{1, 1});
  CHECK(settled.draws == 7);
  finite_belief lonely{{{1.0}}};
  CHECK(thompson_with_self_duels{}(lonely, random).self_duel());
}

TEST_CASE("no candidate is refused", "[thompson_with_self_duels][fault]") {
  finite_belief nobody{{{}}};
  joust::stream random{1};
  CHECK_THROWS_AS(thompson_with_self_duels{}(nobody, random), std::invalid_argument);
}
