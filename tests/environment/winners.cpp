// SPDX-License-Identifier: MIT
#include <joust/environment/winners.hpp>

#include "random_matrix.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

using joust::preference_matrix;

namespace {

std::optional<std::size_t> slow_condorcet(preference_matrix const& p) {
  for (std::size_t i = 0; i < p.size(); ++i) {
    bool beats_all = true;
    for (std::size_t j = 0; j < p.size(); ++j) beats_all = beats_all && (i == j || p(i, j) > 0.5);
    if (beats_all) return i;
  }
  return std::nullopt;
}

int beaten(preference_matrix const& p, std::size_t i) {
  int count = 0;
  for (std::size_t j = 0; j < p.size(); ++j) count += j != i && p(i, j) > 0.5 ? 1 : 0;
  return count;
}

double borda(preference_matrix const& p, std::size_t i) {
  double sum = 0.0;
  for (std::size_t j = 0; j < p.size(); ++j) sum += j != i ? p(i, j) : 0.0;
  return sum / static_cast<double>(p.size() - 1);
}

}  // namespace

TEST_CASE("winners: agree with their definitions on random matrices", "[winners]") {
  joust::stream random{21};
  int with_winner = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::size_t const arms = 2 + joust::draw_index(6, random);
    auto const p = joust::testing::random_matrix(arms, trial % 2 == 0, random);
    CHECK(joust::condorcet_winner(p) == slow_condorcet(p));
    with_winner += joust::condorcet_winner(p) ? 1 : 0;

    auto const copeland = joust::copeland_scores(p);
    auto const score = joust::borda_scores(p);
    int most = 0;
    double highest = 0.0;
    for (std::size_t i = 0; i < arms; ++i) {
      CHECK(copeland[i] == static_cast<double>(beaten(p, i)) / static_cast<double>(arms - 1));
      CHECK(score[i] == Approx(borda(p, i)).margin(1e-14));
      most = std::max(most, beaten(p, i));
      highest = std::max(highest, borda(p, i));
    }
    std::vector<std::size_t> most_beating;
    std::vector<std::size_t> best_on_average;
    for (std::size_t i = 0; i < arms; ++i) {
      if (beaten(p, i) == most) most_beating.push_back(i);
      if (borda(p, i) > highest - 1e-12) best_on_average.push_back(i);
    }
    CHECK(joust::copeland_winners(p) == most_beating);
    CHECK(joust::borda_winners(p) == best_on_average);
    if (auto const winner = joust::condorcet_winner(p)) {
      CHECK(joust::copeland_winners(p) == std::vector<std::size_t>{*winner});
    }
  }
  CHECK(with_winner > 50);  // both cases were met
  CHECK(with_winner < 350);
}

TEST_CASE("winners: a cycle has no Condorcet winner, and a tie is no win", "[winners]") {
  preference_matrix const cycle{{0.5, 0.6, 0.4}, {0.4, 0.5, 0.6}, {0.6, 0.4, 0.5}};
  CHECK(joust::condorcet_winner(cycle) == std::nullopt);
  CHECK(joust::copeland_winners(cycle) == std::vector<std::size_t>{0, 1, 2});
  CHECK(joust::borda_winners(cycle) == std::vector<std::size_t>{0, 1, 2});
  preference_matrix const tied{{0.5, 0.5}, {0.5, 0.5}};
  CHECK(joust::condorcet_winner(tied) == std::nullopt);
  CHECK(joust::copeland_scores(tied) == std::vector<double>{0.0, 0.0});
}

TEST_CASE("winners: the Borda winner may be another than the Condorcet winner", "[winners]") {
  preference_matrix const p{{0.5, 0.51, 0.51}, {0.49, 0.5, 1.0}, {0.49, 0.0, 0.5}};
  CHECK(joust::condorcet_winner(p) == 0u);
  CHECK(joust::borda_winners(p) == std::vector<std::size_t>{1});
}

TEST_CASE("winners: the best few are the highest scores, ties by index and stated", "[winners]") {
  joust::stream random{22};
  int tied = 0;
  for (int trial = 0; trial < 300; ++trial) {
    std::size_t const arms = 2 + joust::draw_index(6, random);
    auto const p = joust::testing::random_matrix(arms, trial % 2 == 0, random);
    for (std::size_t count = 1; count <= arms; ++count) {
      for (bool const by_borda : {true, false}) {
        auto const score = by_borda ? joust::borda_scores(p) : joust::copeland_scores(p);
        auto const top = by_borda ? joust::borda_top(p, count) : joust::copeland_top(p, count);
        REQUIRE(top.arms.size() == count);
        for (std::size_t n = 1; n < count; ++n) {
          double const step = score[top.arms[n - 1]] - score[top.arms[n]];
          CHECK(step > -1e-12);
          if (step < 1e-12) CHECK(top.arms[n - 1] < top.arms[n]);
        }
        bool unique = true;
        for (std::size_t i = 0; i < arms; ++i) {
          if (std::ranges::find(top.arms, i) != top.arms.end()) continue;
          CHECK(score[i] < score[top.arms.back()] + 1e-12);
          unique = unique && score[i] < score[top.arms.back()] - 1e-12;
        }
        CHECK(top.unique == unique);
        tied += unique ? 0 : 1;
      }
    }
    CHECK(joust::borda_top(p, 1).arms.front() == joust::borda_winners(p).front());
    CHECK(joust::borda_top(p, 1).unique == (joust::borda_winners(p).size() == 1));
  }
  CHECK(tied > 100);
}

TEST_CASE("winners: the best none and the best of more than there are", "[winners]") {
  preference_matrix const p{{0.5, 0.6}, {0.4, 0.5}};
  CHECK(joust::copeland_top(p, 2) == joust::top_arms{{0, 1}, true});
  CHECK_THROWS_WITH(joust::borda_top(p, 0), "count: is 0; expected a number of arms from 1 to 2");
  CHECK_THROWS_AS(joust::copeland_top(p, 3), std::invalid_argument);
}
