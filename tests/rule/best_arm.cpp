// SPDX-License-Identifier: MIT
#include <joust/rule/best_arm.hpp>

#include <catch2/catch.hpp>

#include <joust/core/logistic_normal.hpp>

#include "finite_belief.hpp"

namespace {

using joust::best_arm;
using joust::variance_of;
using joust_test::distribution;
using joust_test::favourite;
using joust_test::finite_belief;
using joust_test::finite_preferences;

static_assert(joust::duel_rule<best_arm, finite_belief>);
static_assert(joust::duel_rule<best_arm, finite_preferences>);
static_assert(!best_arm::may_self_duel);

// 0 and 1 are close rivals, 2 is 0 less a constant (so against 1 it is as uncertain as 0, and closer), 3 surely
// loses but by an uncertain amount.
std::vector<std::vector<double>> rewards() {
  return {{2.0, 1.0, 1.75, -20.0}, {3.0, 3.5, 2.75, -30.0}, {1.0, 0.0, 0.75, -44.0}, {4.0, 3.0, 3.75, -25.0}};
}

// The favourite's distribution, and the rival by brute force over all others.
template <class Belief, class Variance>
distribution expected_of(Belief belief, Variance variance) {
  distribution result;
  double const each = 1.0 / static_cast<double>(belief.members().size());
  for (auto const& r : belief.members()) {
    std::size_t const first = favourite(r);
    std::size_t second = first;
    double largest = -1.0;
    for (std::size_t j = 0; j < belief.size(); ++j) {
      if (j != first && variance(belief, first, j) > largest) {
        second = j;
        largest = variance(belief, first, j);
      }
    }
    result[{first, second}] += each;
  }
  return result;
}

double of_reward(finite_belief& belief, std::size_t i, std::size_t j) { return belief.pair_variance(i, j); }
double of_gaussian_preference(finite_belief& belief, std::size_t i, std::size_t j) {
  return joust::logistic_normal(belief.mean()[i] - belief.mean()[j], belief.pair_variance(i, j)).variance;
}
double of_preference(finite_preferences& belief, std::size_t i, std::size_t j) {
  return belief.preference_variance(i, j);
}

// What a belief over independent candidates would say: the sum of two marginal variances.
class marginal_belief : public finite_belief {
 public:
  using finite_belief::finite_belief;
  double pair_variance(std::size_t i, std::size_t j) {
    auto const marginal = [&](std::size_t k) { return variance([&](auto const& r) { return r[k]; }); };
    return i == j ? 0.0 : marginal(i) + marginal(j);
  }
};

}  // namespace

TEST_CASE("best_arm has its exact distribution under each criterion", "[best_arm]") {
  std::uint64_t seed = 200;
  for (auto const& place : std::vector<std::vector<std::size_t>>{{0, 1, 2, 3}, {2, 0, 3, 1}, {3, 2, 1, 0}}) {
    finite_belief const plain = finite_belief{rewards()}.permuted(place);
    finite_preferences const knowing{plain.members()};
    joust_test::check_distribution(plain, best_arm{{.criterion = variance_of::reward}},
                                   expected_of(plain, of_reward), ++seed);
    joust_test::check_distribution(plain, best_arm{}, expected_of(plain, of_gaussian_preference), ++seed);
    joust_test::check_distribution(knowing, best_arm{}, expected_of(knowing, of_preference), ++seed);
  }
}

TEST_CASE("the preference criterion asks whose victory is open, the reward criterion what is uncertain",
          "[best_arm]") {
  // Favourites are 0, 1, 0, 0. The sure loser has the widest reward difference and no open victory.
  finite_belief const belief{rewards()};
  joust_test::check_distribution(belief, best_arm{}, {{{0, 1}, 0.75}, {{1, 2}, 0.25}}, 1);
  finite_preferences const knowing{rewards()};
  joust_test::check_distribution(knowing, best_arm{}, {{{0, 1}, 0.75}, {{1, 2}, 0.25}}, 2);
  joust_test::check_distribution(belief, best_arm{{.criterion = variance_of::reward}},
                                 {{{0, 3}, 0.75}, {{1, 3}, 0.25}}, 3);
}

TEST_CASE("a belief that adds marginal variances makes best_arm choose wrongly", "[best_arm]") {
  // 1 moves with 0, 2 moves alone and less: jointly 2 is the uncertain rival, by marginals it is 1.
  std::vector<std::vector<double>> const members{{9.0, 8.0, 4.0}, {1.0, 0.0, 0.5}, {5.0, 4.0, 2.0}};
  joust::stream random{4};
  for (variance_of const criterion : {variance_of::preference, variance_of::reward}) {
    best_arm const rule{{.criterion = criterion}};
    finite_belief joint{members};
    marginal_belief marginal{members};
    CHECK(rule(joint, random) == joust::pairing{0, 2});
    CHECK(rule(marginal, random) == joust::pairing{0, 1});
  }
}

TEST_CASE("without any variance the rival is any other", "[best_arm]") {
  // One member; several identical ones; several that differ by a constant only.
  std::vector<finite_belief> const certain{finite_belief{{{1.0, 3.0, 2.0}}},
                                           finite_belief{{{1.0, 3.0, 2.0}, {1.0, 3.0, 2.0}}},
                                           finite_belief{{{1.0, 3.0, 2.0}, {5.0, 7.0, 6.0}}}};
  std::uint64_t seed = 300;
  for (finite_belief const& belief : certain) {
    for (variance_of const criterion : {variance_of::preference, variance_of::reward}) {
      joust_test::check_distribution(belief, best_arm{{.criterion = criterion}},
                                     {{{1, 0}, 0.5}, {{1, 2}, 0.5}}, ++seed);
    }
  }
}

TEST_CASE("equal variances are drawn from uniformly", "[best_arm]") {
  finite_belief const twins{{{4.0, 1.0, 0.0, 0.0}, {4.0, 1.0, 2.0, 2.0}}};
  joust_test::check_distribution(twins, best_arm{}, {{{0, 2}, 0.5}, {{0, 3}, 0.5}}, 5);
}

TEST_CASE("best_arm cares for differences only", "[best_arm]") {
  for (variance_of const criterion : {variance_of::preference, variance_of::reward}) {
    joust_test::check_shift_invariance(finite_belief{rewards()}, best_arm{{.criterion = criterion}});
    joust_test::check_shift_invariance(finite_preferences{rewards()}, best_arm{{.criterion = criterion}});
  }
}

TEST_CASE("skipping quadratures changes no decision", "[best_arm]") {
  joust::stream random{6};
  for (int t = 0; t < 300; ++t) {
    std::vector<std::vector<double>> members(3, std::vector<double>(12));
    double const scale = t % 3 == 0 ? 0.01 : t % 3 == 1 ? 1.0 : 10.0;
    for (auto& r : members) {
      for (double& x : r) x = scale * (joust::draw_uniform(random) - 0.5);
    }
    finite_belief belief{members};
    joust::pairing const duel = best_arm{}(belief, random);
    for (std::size_t j = 0; j < 12; ++j) {
      if (j != duel.first) {
        CHECK(of_gaussian_preference(belief, duel.first, j) <=
              of_gaussian_preference(belief, duel.first, duel.second));
      }
    }
  }
}

TEST_CASE("best_arm refuses a single candidate", "[best_arm][fault]") {
  joust_test::check_refuses_one_candidate(best_arm{});
}
