// SPDX-License-Identifier: MIT
#include <joust/rule/best_against_worst.hpp>

#include <catch2/catch.hpp>

#include <joust/laws/duel_rule.hpp>

#include "finite_belief.hpp"

namespace {

using joust::best_against_worst;
using joust::opinion;
using joust_test::check_distribution;
using joust_test::finite_belief;

static_assert(joust::duel_rule<best_against_worst, finite_belief>);
static_assert(!best_against_worst::may_self_duel);

best_against_worst by(opinion of) { return best_against_worst{{.of = of}}; }

}  // namespace

TEST_CASE("a draw pairs one member's best with its worst", "[best_against_worst]") {
  // Best and worst: (0, 3), (1, 0), (2, 0), (0, 3).
  finite_belief const belief{
      {{4.0, 3.0, 2.0, 1.0}, {-9.0, 2.0, 1.0, 0.0}, {0.0, 1.0, 5.0, 2.0}, {7.0, 1.0, 0.0, -1.0}}};
  check_distribution(belief, best_against_worst{}, {{{0, 3}, 0.5}, {{1, 0}, 0.25}, {{2, 0}, 0.25}}, 1);
}

TEST_CASE("the mean pairs the best with the worst on average", "[best_against_worst]") {
  // Means 0.5, 1.75, 2, 0.5 less 1/4.
  finite_belief const belief{
      {{4.0, 3.0, 2.0, 1.0}, {-9.0, 2.0, 1.0, 0.0}, {0.0, 1.0, 5.0, 2.0}, {7.0, 1.0, 0.0, -2.0}}};
  finite_belief looked_at = belief;
  joust::stream random{1};
  CHECK(by(opinion::mean)(looked_at, random) == joust::pairing{2, 3});
  CHECK(looked_at.draws == 0);
  CHECK(random == joust::stream{1});
  static_cast<void>(best_against_worst{}(looked_at, random));
  CHECK(looked_at.draws == 1);
  check_distribution(belief, by(opinion::mean), {{{2, 3}, 1.0}}, 2);
}

TEST_CASE("equal rewards are drawn from uniformly", "[best_against_worst]") {
  std::uint64_t seed = 10;
  for (opinion const of : {opinion::draw, opinion::mean}) {
    check_distribution(finite_belief{{{5.0, 5.0, 1.0, 2.0, 1.0}}}, by(of),
                       {{{0, 2}, 0.25}, {{0, 4}, 0.25}, {{1, 2}, 0.25}, {{1, 4}, 0.25}}, ++seed);
    double const sixth = 1.0 / 6.0;
    check_distribution(finite_belief{{{3.0, 3.0, 3.0}}}, by(of),
                       {{{0, 1}, sixth},
                        {{0, 2}, sixth},
                        {{1, 0}, sixth},
                        {{1, 2}, sixth},
                        {{2, 0}, sixth},
                        {{2, 1}, sixth}},
                       ++seed);
    check_distribution(finite_belief{{{0.0, 1.0}}}, by(of), {{{1, 0}, 1.0}}, ++seed);
  }
}

TEST_CASE("best_against_worst keeps the laws of a rule", "[best_against_worst]") {
  finite_belief const belief{{{4.0, 3.0, 2.0, 1.0}, {-9.0, 2.0, 1.0, 0.0}, {0.0, 1.0, 5.0, 2.0}}};
  for (opinion const of : {opinion::draw, opinion::mean}) {
    auto const report = joust::laws::duel_rule(by(of), joust::stream{3});
    INFO(report.text());
    CHECK(static_cast<bool>(report));
    joust_test::check_shift_invariance(belief, by(of));
    joust_test::check_refuses_one_candidate(by(of));
  }
  CHECK(joust::names_of(opinion::mean)[static_cast<std::size_t>(opinion::mean)] == "mean");
  CHECK(by(opinion::mean) != best_against_worst{});
}
