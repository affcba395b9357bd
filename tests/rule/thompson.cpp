// SPDX-License-Identifier: MIT
#include <joust/rule/thompson.hpp>

#include <cmath>

#include <catch2/catch.hpp>

#include "finite_belief.hpp"

namespace {

using joust::clash;
using joust::thompson;
using joust_test::distribution;
using joust_test::favourite;
using joust_test::finite_belief;

static_assert(joust::duel_rule<thompson, finite_belief>);
static_assert(!thompson::may_self_duel);

// Six opinions without ties: favourites 0, 0, 0, 1, 1, 3; runners-up 1, 1, 2, 2, 0, 0.
finite_belief opinions() {
  return finite_belief{{{5.0, 2.0, 1.0, 0.0},
                        {4.0, 3.0, -2.0, 1.0},
                        {3.0, 0.0, 2.0, 1.0},
                        {0.0, 7.0, 5.0, -3.0},
                        {2.0, 4.0, 1.0, 0.0},
                        {3.0, 1.0, 0.0, 6.0}}};
}

// All cases listed. With p_i the share of draws for i: the second is j != i after k agreeing draws with
// probability p_i^k p_j, k = 0 .. max_redraws, and the fallback has the remaining p_i^(max_redraws + 1).
distribution expected_of(finite_belief belief, joust::thompson_options options) {
  std::vector<double> p(belief.size());
  double const each = 1.0 / static_cast<double>(belief.members().size());
  for (auto const& r : belief.members()) p[favourite(r)] += each;
  distribution result;
  for (std::size_t i = 0; i < belief.size(); ++i) {
    if (p[i] == 0.0) continue;
    double tries = 0.0;
    for (std::size_t k = 0; k <= options.max_redraws; ++k) tries += std::pow(p[i], static_cast<double>(k));
    for (std::size_t j = 0; j < belief.size(); ++j) {
      if (j != i && p[j] > 0.0) result[{i, j}] += p[i] * tries * p[j];
    }
    double const agreed = p[i] * std::pow(p[i], static_cast<double>(options.max_redraws + 1));
    if (options.on_clash == clash::runner_up) {
      for (auto const& r : belief.members()) {
        if (favourite(r) == i) result[{i, favourite(r, i)}] += agreed * each / p[i];
      }
    } else if (options.on_clash == clash::uniform) {
      for (std::size_t j = 0; j < belief.size(); ++j) {
        if (j != i) result[{i, j}] += agreed / static_cast<double>(belief.size() - 1);
      }
    } else {
      std::size_t widest = i;
      for (std::size_t j = 0; j < belief.size(); ++j) {
        if (belief.pair_variance(i, j) > belief.pair_variance(i, widest)) widest = j;
      }
      result[{i, widest}] += agreed;
    }
  }
  return result;
}

}  // namespace

TEST_CASE("thompson has its exact distribution, for every fallback and number of redraws", "[thompson]") {
  std::uint64_t seed = 100;
  for (clash const on_clash : {clash::runner_up, clash::uniform, clash::largest_variance}) {
    for (std::size_t const max_redraws : {0U, 1U, 20U}) {
      joust::thompson_options const options{.max_redraws = max_redraws, .on_clash = on_clash};
      joust_test::check_distribution(opinions(), thompson{options}, expected_of(opinions(), options), ++seed);
      auto const permuted = opinions().permuted({2, 0, 3, 1});
      joust_test::check_distribution(permuted, thompson{options}, expected_of(permuted, options), ++seed);
    }
  }
}

TEST_CASE("thompson ends when all draws agree, by its fallback and after its cap", "[thompson]") {
  // One member, and several identical ones: the second draw never differs.
  for (std::size_t const members : {1U, 4U}) {
    finite_belief belief{std::vector<std::vector<double>>(members, {1.0, 3.0, 2.0, 0.0})};
    joust::stream random{6};
    CHECK(thompson{}(belief, random) == joust::pairing{1, 2});
    CHECK(belief.draws == 22);
    belief.draws = 0;
    CHECK(thompson{{.max_redraws = 0}}(belief, random) == joust::pairing{1, 2});
    CHECK(belief.draws == 2);
    distribution const others{{{1, 0}, 1.0 / 3.0}, {{1, 2}, 1.0 / 3.0}, {{1, 3}, 1.0 / 3.0}};
    joust_test::check_distribution(belief, thompson{{.max_redraws = 1, .on_clash = clash::uniform}}, others,
                                   7);
    // No variance anywhere: the widest is any.
    joust_test::check_distribution(belief, thompson{{.max_redraws = 1, .on_clash = clash::largest_variance}},
                                   others, 8);
  }
}

TEST_CASE("thompson draws no more than it needs", "[thompson]") {
  finite_belief belief{{{1.0, 0.0}, {0.0, 1.0}}};
  joust::stream random{9};
  double draws = 0.0;
  for (int t = 0; t < 2000; ++t) {
    belief.draws = 0;
    (void)thompson{}(belief, random);
    draws += static_cast<double>(belief.draws);
  }
  // 1 + a geometric number with success 1/2: mean 3, variance 2; 5 sigma of the mean of 2000 is 0.16.
  CHECK(std::fabs(draws / 2000.0 - 3.0) < 0.16);
}

TEST_CASE("thompson breaks ties within a draw uniformly", "[thompson]") {
  finite_belief const tied{{{1.0, 1.0, 0.0}}};
  joust_test::check_distribution(tied, thompson{{.max_redraws = 0}}, {{{0, 1}, 0.5}, {{1, 0}, 0.5}}, 10);
}

TEST_CASE("thompson cares for differences only", "[thompson]") {
  for (clash const on_clash : {clash::runner_up, clash::uniform, clash::largest_variance}) {
    joust_test::check_shift_invariance(opinions(), thompson{{.max_redraws = 1, .on_clash = on_clash}});
  }
}

TEST_CASE("thompson refuses a single candidate", "[thompson][fault]") {
  joust_test::check_refuses_one_candidate(thompson{});
}
