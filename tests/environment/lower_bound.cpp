// SPDX-License-Identifier: MIT
#include <joust/environment/lower_bound.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <stdexcept>

#include <joust/environment/arithmetic8.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/cyclic4.hpp>
#include <joust/environment/rock_paper_scissors.hpp>

TEST_CASE("lower_bound: the constants of the named matrices", "[lower_bound]") {
  auto const arxiv = joust::average_regret_lower_bound(joust::arxiv6().preferences());
  CHECK(arxiv.winner_as_opponent == Approx(20.7).margin(0.05));
  CHECK(arxiv.best_opponent == Approx(20.7).margin(0.05));
  auto const cyclic = joust::average_regret_lower_bound(joust::cyclic4().preferences());
  CHECK(cyclic.winner_as_opponent == Approx(7.45).margin(0.005));
  CHECK(cyclic.best_opponent == Approx(0.82).margin(0.005));
  auto const arithmetic = joust::average_regret_lower_bound(joust::arithmetic8().preferences());
  CHECK(arithmetic.winner_as_opponent == Approx(12.7).margin(0.05));
  CHECK(arithmetic.best_opponent == Approx(12.7).margin(0.05));
}

TEST_CASE("lower_bound: two arms in closed form, wherever the winner stands", "[lower_bound]") {
  double const kl = 0.2 * std::log(0.4) + 0.8 * std::log(1.6);
  for (double const p : {0.2, 0.8}) {
    auto const bound = joust::average_regret_lower_bound({{0.5, p}, {1.0 - p, 0.5}});
    CHECK(bound.winner_as_opponent == Approx(0.3 / (2.0 * kl)).epsilon(1e-12));
    CHECK(bound.best_opponent == bound.winner_as_opponent);
  }
  auto const certain = joust::average_regret_lower_bound({{0.5, 1.0}, {0.0, 0.5}});
  CHECK(certain.best_opponent == Approx(0.25 / std::log(2.0)).epsilon(1e-12));
}

TEST_CASE("lower_bound: needs a Condorcet winner", "[lower_bound]") {
  CHECK_THROWS_WITH(joust::average_regret_lower_bound(joust::rock_paper_scissors().preferences()),
                    "preferences: is without a Condorcet winner; expected one arm that beats all others");
}
