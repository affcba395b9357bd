// SPDX-License-Identifier: MIT
#include <joust/agent/contextual.hpp>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <tuple>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/greedy.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/thompson.hpp>
#include <joust/rule/thompson_with_self_duels.hpp>
#include <joust/rule/uniform_pair.hpp>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JOUST_TEST_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define JOUST_TEST_COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(JOUST_TEST_COUNTS_ALLOCATIONS) && defined(__GLIBC__)
#define JOUST_TEST_COUNTS_ALLOCATIONS 1
#endif

#if JOUST_TEST_COUNTS_ALLOCATIONS
// Eigen allocates by malloc, the standard library by operator new, which calls malloc: count there. Weak, so that
// another test of the same program may do the same.
namespace {
std::size_t allocations = 0;
std::size_t failing = 0;  // the allocation that fails, 0 for none
}  // namespace
extern "C" void* __libc_malloc(std::size_t);
extern "C" __attribute__((weak)) void* malloc(std::size_t bytes) {
  return ++allocations == failing ? nullptr : __libc_malloc(bytes);
}
#endif

namespace {

using joust::contextual;
using joust::linear_logistic;

using explorer = contextual<linear_logistic, joust::thompson>;
static_assert(joust::dueling_agent<explorer, Eigen::MatrixXd>);
static_assert(joust::dueling_agent<explorer, Eigen::Ref<Eigen::MatrixXd const>>);
static_assert(joust::agent_prototype<explorer>);
static_assert(!joust::dueling_agent<explorer>);  // it cannot choose without features
static_assert(!joust::dueling_agent<explorer, std::vector<double>>);

struct no_rule {};
static_assert(!joust::selects_duels<contextual<linear_logistic, no_rule>, Eigen::MatrixXd>);

struct problem {
  Eigen::MatrixXd phi;
  Eigen::VectorXd rewards;

  problem(Eigen::Index candidates, Eigen::Index d, std::uint64_t seed) {
    joust::stream random{seed};
    boost::random::normal_distribution<double> normal;
    auto const draw = [&] { return normal(random); };
    phi = Eigen::MatrixXd::NullaryExpr(candidates, d, draw);
    rewards = phi * Eigen::VectorXd::NullaryExpr(d, draw);
  }
  [[nodiscard]] std::size_t best() const {
    Eigen::Index index = 0;
    rewards.maxCoeff(&index);
    return static_cast<std::size_t>(index);
  }
  double answer(joust::pairing duel, joust::stream& random) const {
    return joust::draw_bernoulli(joust::sigmoid(rewards[static_cast<Eigen::Index>(duel.first)] -
                                                rewards[static_cast<Eigen::Index>(duel.second)]),
                                 random);
  }
};

template <class Agent>
void play(Agent& agent, problem const& world, int rounds, joust::stream& random) {
  for (int t = 0; t < rounds; ++t) {
    joust::pairing const duel = agent.select(world.phi, random);
    if (!duel.self_duel()) agent.observe(world.phi, duel.first, duel.second, world.answer(duel, random));
  }
}

std::size_t row(Eigen::Index i) { return static_cast<std::size_t>(i); }

}  // namespace

TEST_CASE("posterior and rule make an agent that finds the best candidate", "[contextual]") {
  problem const world{8, 4, 31};
  joust::stream random{32};
  auto const finds_it = [&](auto agent) {
    play(agent, world, 400, random);
    return agent.recommend(world.phi) == world.best();
  };
  linear_logistic const prior{{.dimension = 4}};
  CHECK(finds_it(contextual{prior, joust::thompson{}}));
  CHECK(finds_it(contextual{prior, joust::thompson_with_self_duels{}}));
  CHECK(finds_it(contextual{prior, joust::best_arm{}}));
  CHECK(finds_it(contextual{prior, joust::largest_pair_variance{}}));
  CHECK(finds_it(contextual{prior, joust::uniform_pair{}}));
}

TEST_CASE("candidates may be others every round", "[contextual]") {
  joust::stream random{33};
  boost::random::normal_distribution<double> normal;
  Eigen::Vector3d const theta{1.5, -1.0, 0.5};
  contextual agent{linear_logistic{{.dimension = 3}}, joust::thompson{}};
  double early = 0.0;
  double late = 0.0;
  constexpr int rounds = 600;
  for (int t = 0; t < rounds; ++t) {
    Eigen::MatrixXd const phi = Eigen::MatrixXd::NullaryExpr(4 + t % 5, 3, [&] { return normal(random); });
    Eigen::VectorXd const rewards = phi * theta;
    auto const [first, second] = agent.select(phi, random);
    auto const i = static_cast<Eigen::Index>(first);
    auto const j = static_cast<Eigen::Index>(second);
    double const regret = rewards.maxCoeff() - 0.5 * (rewards[i] + rewards[j]);
    (t < 100 ? early : late) += regret / (t < 100 ? 100 : t >= rounds - 100 ? 100 : 1e300);
    agent.observe(phi.row(i), phi.row(j),
                  joust::draw_bernoulli(joust::sigmoid(rewards[i] - rewards[j]), random));
  }
  CHECK((agent.posterior().mean() - theta).norm() < 0.6);  // about 4 posterior standard deviations
  CHECK(late < early);
}

TEST_CASE("a duel teaches the same by rows and by indices", "[contextual]") {
  problem const world{5, 3, 34};
  contextual by_rows{linear_logistic{{.dimension = 3}}, joust::best_arm{}};
  contextual by_index = by_rows;
  by_rows.observe(world.phi.row(1), world.phi.row(4), 1.0);
  by_rows.observe(world.phi.row(2), world.phi.row(0), 0.25, 2.0);
  by_index.observe(world.phi, row(1), row(4), 1.0);
  by_index.observe(world.phi, row(2), row(0), 0.25, 2.0);
  CHECK(by_rows == by_index);
  CHECK(by_rows.posterior().observations() == 2);
  contextual swapped{linear_logistic{{.dimension = 3}}, joust::best_arm{}};
  swapped.observe(world.phi, row(4), row(1), 0.0);
  swapped.observe(world.phi, row(0), row(2), 0.75, 2.0);
  CHECK(swapped == by_index);
}

TEST_CASE("recommend names the largest mean, the lowest index among equals, and changes nothing",
          "[contextual]") {
  contextual agent{linear_logistic{{.dimension = 2}}, joust::thompson{}};
  Eigen::MatrixXd phi(4, 2);
  phi << 0, 1, 1, 0, 0, 0, 1, 0;
  CHECK(agent.recommend(phi) == 0);  // nothing learnt: all equal
  agent.observe(phi, row(1), row(0), 1.0);
  CHECK(agent.recommend(phi) == 1);  // 1 and 3 are the same candidate
  auto const copy = agent;
  (void)agent.recommend(phi);
  CHECK(agent == copy);
  joust::stream one{5};
  joust::stream two{5};
  contextual never_asked = copy;
  for (int t = 0; t < 20; ++t) {
    (void)agent.recommend(phi);
    CHECK(agent.select(phi, one) == never_asked.select(phi, two));
  }
}

TEST_CASE("same duels and same stream give the same run, from a copy too", "[contextual]") {
  problem const world{6, 3, 35};
  contextual agent{linear_logistic{{.dimension = 3}}, joust::thompson{}};
  joust::stream random{36};
  play(agent, world, 50, random);
  contextual copy = agent;
  joust::stream same = random;
  play(agent, world, 50, random);
  play(copy, world, 50, same);
  CHECK(agent == copy);
  CHECK(random == same);
}

TEST_CASE("an unanswered selection is harmless", "[contextual]") {
  problem const world{6, 3, 37};
  contextual agent{linear_logistic{{.dimension = 3}}, joust::best_arm{}};
  contextual const before = agent;
  joust::stream random{38};
  (void)agent.select(world.phi, random);
  CHECK(agent == before);
}

TEST_CASE("fresh makes an agent of the setting's dimension with the same options", "[contextual]") {
  contextual const prototype{linear_logistic{{.prior_precision = 3.0}}, joust::thompson{{.max_redraws = 2}}};
  auto agent = prototype.fresh({.dimension = 3});
  CHECK(agent.posterior() ==
        linear_logistic{{.dimension = 3, .prior_precision = 3.0, .fixed_candidates = true}});
  CHECK(agent.rule() == prototype.rule());
  problem const world{5, 3, 39};
  joust::stream random{40};
  play(agent, world, 10, random);
  CHECK(agent.fresh({.dimension = 3}) == prototype.fresh({.dimension = 3}));
  CHECK_THROWS_WITH(prototype.fresh({.arms = 5}), Catch::Contains("setting.dimension: is 0"));
}

TEST_CASE("mistakes are refused and change nothing", "[contextual][fault]") {
  problem const world{4, 3, 41};
  contextual agent{linear_logistic{{.dimension = 3}}, joust::thompson{}};
  joust::stream random{42};
  play(agent, world, 5, random);
  auto const before = agent;
  CHECK_THROWS_WITH(agent.observe(world.phi, row(4), row(0), 1.0), Catch::Contains("first: is 4"));
  CHECK_THROWS_WITH(agent.observe(world.phi, row(0), row(9), 1.0), Catch::Contains("second: is 9"));
  CHECK_THROWS_AS(agent.observe(world.phi, row(0), row(1), 1.5), std::invalid_argument);
  CHECK_THROWS_AS(agent.observe(world.phi, row(0), row(1), 1.0, -1.0), std::invalid_argument);
  CHECK_THROWS_AS(agent.select(Eigen::MatrixXd::Zero(4, 2), random), std::invalid_argument);
  CHECK_THROWS_AS(agent.select(Eigen::MatrixXd::Zero(0, 3), random), std::invalid_argument);
  CHECK_THROWS_AS(agent.select(world.phi.topRows(1), random), std::invalid_argument);
  CHECK_THROWS_AS(agent.recommend(Eigen::MatrixXd::Constant(4, 3, std::nan(""))), std::invalid_argument);
  CHECK(agent == before);
  contextual relaxed{linear_logistic{{.dimension = 3}}, joust::thompson_with_self_duels{}};
  CHECK(relaxed.select(world.phi.topRows(1), random).self_duel());
  CHECK(agent.recommend(world.phi.topRows(1)) == 0);
  contextual prototype{linear_logistic{}, joust::thompson{}};
  CHECK_THROWS_WITH(prototype.select(world.phi, random), Catch::Contains("dimension: is 0"));
}

#if JOUST_TEST_COUNTS_ALLOCATIONS
TEST_CASE("a steady-state round on fixed arms does not allocate, refits included",
          "[contextual][allocation]") {
  auto const counted = [](auto agent, Eigen::Index candidates, Eigen::Index d) {
    problem const world{candidates, d, 43};
    joust::stream random{44};
    for (Eigen::Index a = 0; a < candidates; ++a) {  // every contrast has been met
      for (Eigen::Index b = 0; b < a; ++b)
        agent.observe(world.phi, row(a), row(b), world.rewards[a] > world.rewards[b]);
    }
    play(agent, world, 3, random);
    std::size_t const before = allocations;
    play(agent, world, 300, random);
    return allocations - before;
  };
  std::size_t const before = allocations;
  delete new Eigen::VectorXd(100);
  REQUIRE(allocations > before + 1);  // the counter counts
  for (auto const& [candidates, d] : {std::pair<Eigen::Index, Eigen::Index>{6, 3}, {8, 40}, {6, 200}}) {
    linear_logistic const prior{{.dimension = row(d)}};
    CAPTURE(candidates, d);
    CHECK(counted(contextual{prior, joust::thompson{}}, candidates, d) == 0);
    CHECK(counted(contextual{prior, joust::best_arm{}}, candidates, d) == 0);
    CHECK(counted(contextual{prior, joust::largest_pair_variance{}}, candidates, d) == 0);
    CHECK(counted(contextual{prior, joust::greedy{}}, candidates, d) == 0);
    linear_logistic const keeping{{.dimension = row(d), .fixed_candidates = true}};
    CHECK(counted(contextual{keeping, joust::thompson{}}, candidates, d) == 0);
    CHECK(counted(contextual{keeping, joust::best_arm{}}, candidates, d) == 0);
  }
}

TEST_CASE("when memory runs out a duel is not learnt, and can be offered again", "[contextual][fault]") {
  int refused = 0;
  for (std::size_t nth = 1; nth <= 12; ++nth) {
    problem const world{4, 3, 45};
    contextual agent{linear_logistic{{.dimension = 3}}, joust::greedy{}};
    auto const before = agent;
    bool learnt = true;
    failing = allocations + nth;
    try {
      agent.observe(world.phi, row(0), row(1), 1.0);
    } catch (std::bad_alloc const&) { learnt = false; }
    failing = 0;
    if (learnt) continue;
    ++refused;
    CHECK(agent == before);
    agent.observe(world.phi, row(0), row(1), 1.0);
    auto straight = before;
    straight.observe(world.phi, row(0), row(1), 1.0);
    CHECK(agent == straight);
  }
  CHECK(refused >= 5);  // vectors, weights, wins, hashes, slots: each of them failed once
}
#endif
