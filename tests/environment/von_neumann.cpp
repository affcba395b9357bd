// SPDX-License-Identifier: MIT
#include <joust/environment/von_neumann.hpp>

#include "random_matrix.hpp"

#include <joust/environment/winners.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

using joust::preference_matrix;
using joust::von_neumann_winner;

namespace {

// What makes weights optimal: a distribution that no arm beats, and, by complementary slackness, every arm
// with weight is among those that do best against it, at exactly 1/2.
void check_optimal(preference_matrix const& p, std::vector<double> const& w) {
  REQUIRE(w.size() == p.size());
  double sum = 0.0;
  for (double const weight : w) {
    CHECK(weight >= 0.0);
    sum += weight;
  }
  CHECK(std::fabs(sum - 1.0) < 1e-12);
  for (std::size_t j = 0; j < p.size(); ++j) {
    double payoff = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) payoff += w[i] * (p(i, j) - 0.5);
    CHECK(payoff >= -1e-12);
    if (w[j] > 1e-9) CHECK(payoff < 1e-12);
  }
}

preference_matrix from_gaps(std::size_t arms, std::vector<double> const& gaps) {
  std::vector<double> entries(arms * arms);
  for (std::size_t i = 0; i < arms * arms; ++i) entries[i] = 0.5 + gaps[i];
  return {arms, entries};
}

// Antisymmetric, each entry above the diagonal drawn by `draw`.
template <class Draw>
preference_matrix random_game(std::size_t arms, Draw const& draw) {
  std::vector<double> gaps(arms * arms, 0.0);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) gaps[j * arms + i] = -(gaps[i * arms + j] = draw());
  }
  return from_gaps(arms, gaps);
}

}  // namespace

TEST_CASE("von_neumann: in a cycle of three each weighs as much as the gap it takes no part in",
          "[von_neumann]") {
  joust::stream random{61};
  for (int trial = 0; trial < 200; ++trial) {
    double const size = trial % 3 == 0 ? 1e-7 : 0.5;  // small gaps are solved as exactly as large ones
    double const a = size * (0.01 + 0.99 * joust::draw_uniform(random));  // 1 beats 0
    double const b = size * (0.01 + 0.99 * joust::draw_uniform(random));  // 2 beats 1
    double const c = size * (0.01 + 0.99 * joust::draw_uniform(random));  // 0 beats 2
    preference_matrix const p{{0.5, 0.5 - a, 0.5 + c}, {0.5 + a, 0.5, 0.5 - b}, {0.5 - c, 0.5 + b, 0.5}};
    double const exact_a = p(1, 0) - 0.5;  // as stored
    double const exact_b = p(2, 1) - 0.5;
    double const exact_c = p(0, 2) - 0.5;
    double const sum = exact_a + exact_b + exact_c;
    auto const w = von_neumann_winner(p);
    CHECK(w[0] == Approx(exact_b / sum).epsilon(1e-10));
    CHECK(w[1] == Approx(exact_c / sum).epsilon(1e-10));
    CHECK(w[2] == Approx(exact_a / sum).epsilon(1e-10));
    check_optimal(p, w);
  }
}

TEST_CASE("von_neumann: an arm that loses to none has all the weight", "[von_neumann]") {
  joust::stream random{62};
  int points = 0;
  for (int trial = 0; trial < 300; ++trial) {
    auto const p = joust::testing::random_matrix(2 + joust::draw_index(5, random), trial % 2 == 0, random);
    auto const winner = joust::condorcet_winner(p);
    if (!winner) continue;
    ++points;
    std::vector<double> alone(p.size(), 0.0);
    alone[*winner] = 1.0;
    CHECK(von_neumann_winner(p) == alone);
  }
  CHECK(points > 50);
  CHECK(von_neumann_winner({{0.5, 0.2}, {0.8, 0.5}}) == std::vector<double>{0.0, 1.0});
  CHECK(von_neumann_winner({{0.5, 0.5}, {0.5, 0.5}}) == std::vector<double>{1.0, 0.0});
  CHECK(von_neumann_winner({{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}}) ==
        std::vector<double>{1.0, 0.0, 0.0});
}

TEST_CASE("von_neumann: weights are optimal in random games, also with many ties", "[von_neumann]") {
  joust::stream random{63};
  for (int trial = 0; trial < 1500; ++trial) {
    auto const p = joust::testing::random_matrix(2 + joust::draw_index(9, random), trial % 2 == 0, random);
    check_optimal(p, von_neumann_winner(p));
  }
  for (int trial = 0; trial < 60; ++trial) {
    std::size_t const arms = 20 + joust::draw_index(30, random);
    auto const sign = [&] { return joust::draw_index(2, random) == 0 ? 1.0 : -1.0; };
    auto const p = random_game(arms, [&] {
      if (trial % 3 == 0) return 0.25 * (static_cast<double>(joust::draw_index(3, random)) - 1.0);
      if (trial % 3 == 1) return 0.5 * sign();                                    // a tournament
      return 0.5 * sign() * std::pow(10.0, -10.0 * joust::draw_uniform(random));  // gaps of all sizes
    });
    check_optimal(p, von_neumann_winner(p));
  }
}

TEST_CASE("von_neumann: twins share nothing, and arms beaten by all of the support have no weight",
          "[von_neumann]") {
  // Rock, paper, scissors, a second rock, and two arms that lose to the three with 0.7.
  std::vector<double> const gaps{
      0.0,  -0.1, 0.1,  0.0,  0.2,  0.2,  //
      0.1,  0.0,  -0.1, 0.1,  0.2,  0.2,  //
      -0.1, 0.1,  0.0,  -0.1, 0.2,  0.2,  //
      0.0,  -0.1, 0.1,  0.0,  0.2,  0.2,  //
      -0.2, -0.2, -0.2, -0.2, 0.0,  0.1,  //
      -0.2, -0.2, -0.2, -0.2, -0.1, 0.0,
  };
  auto const p = from_gaps(6, gaps);
  auto const w = von_neumann_winner(p);
  check_optimal(p, w);
  CHECK(w[0] + w[3] == Approx(1.0 / 3.0).epsilon(1e-12));
  CHECK(w[0] * w[3] == 0.0);  // a corner of the set of optima
  CHECK(w[1] == Approx(1.0 / 3.0).epsilon(1e-12));
  CHECK(w[2] == Approx(1.0 / 3.0).epsilon(1e-12));
  CHECK(w[4] == 0.0);
  CHECK(w[5] == 0.0);
}

TEST_CASE("von_neumann: Bland's rule finds the same, where there is a single optimum", "[von_neumann]") {
  joust::stream random{64};
  for (int trial = 0; trial < 100; ++trial) {
    auto const p = joust::testing::random_matrix(3 + joust::draw_index(8, random), false, random);
    std::vector<double> gaps;
    for (std::size_t i = 0; i < p.size(); ++i) {
      for (double const chance : p.row(i)) gaps.push_back(chance - 0.5);
    }
    joust::detail::symmetric_game game{gaps, p.size(), 1e-11};
    REQUIRE(game.solve(joust::detail::symmetric_game::rule::bland));
    auto const by_bland = game.weights();
    auto const by_steepest = von_neumann_winner(p);
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(by_bland[i] == Approx(by_steepest[i]).margin(1e-11));
  }
}

TEST_CASE("von_neumann: near ties are told apart", "[von_neumann]") {
  joust::stream random{3};
  for (std::size_t arms = 4; arms < 40; ++arms) {
    std::vector<double> gaps(arms * arms, 0.0);
    for (std::size_t i = 0; i < arms; ++i) {
      for (std::size_t j = i + 1; j < arms; ++j) {
        double const coarse[] = {0.0, 0.3, -0.3};
        double const gap = coarse[(j - i) % 3] + 1e-10 * (2.0 * joust::draw_uniform(random) - 1.0);
        gaps[i * arms + j] = gap;
        gaps[j * arms + i] = -gap;
      }
    }
    auto const p = from_gaps(arms, gaps);
    check_optimal(p, von_neumann_winner(p));
  }
}

TEST_CASE("von_neumann: three hundred arms take a fraction of a second", "[von_neumann]") {
  joust::stream random{65};
  auto const p = joust::testing::random_matrix(300, false, random);
  auto const start = std::chrono::steady_clock::now();
  auto const w = von_neumann_winner(p);
  // 0.1 s when measured; a machine under sanitizers or load may be far slower.
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < 20.0);
  check_optimal(p, w);
  CHECK(w == von_neumann_winner(p));
}

TEST_CASE("von_neumann: weights that are not optimal are found out", "[von_neumann]") {
  preference_matrix const cycle{{0.5, 0.6, 0.4}, {0.4, 0.5, 0.6}, {0.6, 0.4, 0.5}};
  std::vector<double> const even{1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0};
  std::vector<double> const alone{1.0, 0.0, 0.0};
  CHECK(joust::detail::best_answer(cycle, even) < 1e-15);
  CHECK(joust::detail::best_answer(cycle, alone) == Approx(0.1));
}
