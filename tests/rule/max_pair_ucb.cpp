// SPDX-License-Identifier: MIT
#include <joust/rule/max_pair_ucb.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/laws/duel_rule.hpp>
#include <joust/rule/greedy.hpp>

#include "finite_belief.hpp"

namespace {

using joust::max_pair_ucb;
using joust_test::distribution;
using joust_test::finite_belief;

static_assert(joust::duel_rule<max_pair_ucb, finite_belief>);
static_assert(!max_pair_ucb::may_self_duel);

// Means 4, 3, 2, -10. The difference of 0 and 2 has deviation 1, every other pair among the first three less;
// that of 3 to the others has deviation 8.
finite_belief doubts() { return finite_belief{{{4.0, 3.0, 1.0, -18.0}, {4.0, 3.0, 3.0, -2.0}}}; }

// The pair that a search over all pairs finds, from the definition; `index` is what is maximised.
template <class Index>
distribution expected_of(std::size_t candidates, Index index) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates; ++i) {
    for (std::size_t j = 0; j < candidates; ++j) {
      if (i != j) largest = std::fmax(largest, index(i, j));
    }
  }
  distribution result;
  double ties = 0.0;
  for (std::size_t i = 0; i < candidates; ++i) {
    for (std::size_t j = 0; j < candidates; ++j) {
      if (i == j || index(i, j) < largest) continue;
      result[{i, j}] = 1.0;
      ties += 1.0;
    }
  }
  for (auto& [pair, probability] : result) probability /= ties;
  return result;
}

}  // namespace

TEST_CASE("max_pair_ucb weighs means against doubt", "[max_pair_ucb]") {
  // 4 + 3 against 4 + 2 + beta and 4 - 10 + 8 beta: the choice changes at beta = 1 and 12/7.
  joust_test::check_distribution(doubts(), max_pair_ucb{{.beta = 0.0}}, {{{0, 1}, 0.5}, {{1, 0}, 0.5}}, 1);
  joust_test::check_distribution(doubts(), max_pair_ucb{{.beta = 0.9}}, {{{0, 1}, 0.5}, {{1, 0}, 0.5}}, 2);
  joust_test::check_distribution(doubts(), max_pair_ucb{{.beta = 1.25}}, {{{0, 2}, 0.5}, {{2, 0}, 0.5}}, 3);
  joust_test::check_distribution(doubts(), max_pair_ucb{{.beta = 2.0}}, {{{0, 3}, 0.5}, {{3, 0}, 0.5}}, 4);
  // At 1, the default, the first two are equal.
  joust_test::check_distribution(doubts(), max_pair_ucb{},
                                 {{{0, 1}, 0.25}, {{1, 0}, 0.25}, {{0, 2}, 0.25}, {{2, 0}, 0.25}}, 5);
  joust_test::check_distribution(doubts().permuted({2, 3, 1, 0}), max_pair_ucb{{.beta = 1.25}},
                                 {{{2, 1}, 0.5}, {{1, 2}, 0.5}}, 6);
  finite_belief untouched = doubts();
  joust::stream random{7};
  (void)max_pair_ucb{}(untouched, random);
  CHECK(untouched.draws == 0);
}

TEST_CASE("max_pair_ucb is the search over all pairs, and of nothing like it", "[max_pair_ucb]") {
  joust::stream random{8};
  int from_variance = 0;
  int from_marginals = 0;
  int from_difference = 0;
  for (std::uint64_t t = 0; t < 40; ++t) {
    std::size_t const candidates = 2 + t % 6;
    std::vector<std::vector<double>> members(4, std::vector<double>(candidates));
    for (auto& r : members) {
      for (double& x : r) x = 6.0 * joust::draw_uniform(random);
    }
    finite_belief belief{members};
    double const beta = 2.0 * joust::draw_uniform(random);
    auto const mean = [&](std::size_t i) { return belief.average([&](auto const& r) { return r[i]; }); };
    auto const marginal = [&](std::size_t i) { return belief.variance([&](auto const& r) { return r[i]; }); };
    auto const expected = expected_of(candidates, [&](std::size_t i, std::size_t j) {
      return mean(std::min(i, j)) + mean(std::max(i, j)) +
             beta * std::sqrt(belief.pair_variance(std::min(i, j), std::max(i, j)));
    });
    REQUIRE(expected.size() == 2);
    for (int n = 0; n < 20; ++n) {
      joust::pairing const duel = max_pair_ucb{{.beta = beta}}(belief, random);
      REQUIRE(expected.contains({duel.first, duel.second}));
    }
    // Mistakes that come to mind, each of which must show.
    auto const differs = [&](auto index) {
      return expected_of(candidates, index).contains(expected.begin()->first) ? 0 : 1;
    };
    from_variance += differs([&](std::size_t i, std::size_t j) {
      return mean(std::min(i, j)) + mean(std::max(i, j)) +
             beta * belief.pair_variance(std::min(i, j), std::max(i, j));
    });
    from_marginals += differs([&](std::size_t i, std::size_t j) {
      return mean(std::min(i, j)) + mean(std::max(i, j)) +
             beta * std::sqrt(marginal(std::min(i, j)) + marginal(std::max(i, j)));
    });
    from_difference += differs([&](std::size_t i, std::size_t j) {
      return std::fabs(mean(i) - mean(j)) +
             beta * std::sqrt(belief.pair_variance(std::min(i, j), std::max(i, j)));
    });
  }
  CHECK(from_variance > 0);
  CHECK(from_marginals > 0);
  CHECK(from_difference > 0);
}

TEST_CASE("with beta 0 it names the greedy pair", "[max_pair_ucb]") {
  finite_belief belief{{{2.0, 1.0, 1.75, -20.0}, {3.0, 3.5, 2.5, -30.0}}};
  joust::stream random{9};
  for (int n = 0; n < 50; ++n) {
    joust::pairing const duel = max_pair_ucb{{.beta = 0.0}}(belief, random);
    joust::pairing const best = joust::greedy{}(belief, random);
    CHECK((duel == best || duel == joust::pairing{best.second, best.first}));
  }
}

TEST_CASE("two copies of a winner are not asked about where a rival is in doubt", "[max_pair_ucb]") {
  finite_belief const copies{{{5.0, 5.0, 6.0}, {5.0, 5.0, 2.0}}};  // 5 + 5 against 5 + 4 + 2
  joust_test::check_distribution(copies, max_pair_ucb{},
                                 {{{0, 2}, 0.25}, {{2, 0}, 0.25}, {{1, 2}, 0.25}, {{2, 1}, 0.25}}, 10);
}

TEST_CASE("max_pair_ucb keeps the laws of rules", "[max_pair_ucb][law]") {
  joust_test::check_shift_invariance(doubts(), max_pair_ucb{});
  for (double const beta : {0.0, 1.0, 3.0}) {
    auto const report = joust::laws::duel_rule(max_pair_ucb{{.beta = beta}}, joust::stream{11});
    INFO(report.text());
    CHECK(report);
  }
}

TEST_CASE("max_pair_ucb refuses a single candidate and a beta that is no bonus", "[max_pair_ucb][fault]") {
  joust_test::check_refuses_one_candidate(max_pair_ucb{});
  CHECK_THROWS_WITH(max_pair_ucb({.beta = -0.5}),
                    Catch::Contains("beta: is -0.5; expected a finite number of at least 0"));
  CHECK_THROWS_WITH(max_pair_ucb({.beta = std::numeric_limits<double>::infinity()}),
                    Catch::Contains("beta: is inf; expected a finite number of at least 0"));
  CHECK_THROWS_AS(max_pair_ucb({.beta = std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  CHECK(max_pair_ucb{{.beta = 2.0}}.options().beta == 2.0);
  CHECK(!(max_pair_ucb{{.beta = 2.0}} == max_pair_ucb{}));
}
