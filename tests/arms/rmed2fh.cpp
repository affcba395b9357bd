// SPDX-License-Identifier: MIT
#include <joust/arms/rmed2fh.hpp>

#include "agent_laws.hpp"
#include "rmed_trials.hpp"
#include "textbook/rmed2fh.hpp"

#include <joust/core/bernoulli_kl.hpp>

namespace {

// Every arm keeps its turn, whatever the evidence against it.
constexpr joust::rmed2fh_options patient{.horizon = 1'000, .factor = 1e6};

}  // namespace

TEST_CASE("rmed2fh keeps the promises of an agent") {
  agent_laws::check_promises(joust::rmed2fh{});
  agent_laws::check_soft_outcomes<joust::rmed2fh>();
}

TEST_CASE("rmed2fh needs to know the horizon") {
  CHECK_THROWS_WITH((joust::rmed2fh{3}), Catch::Contains("horizon: is 0") && Catch::Contains("setting"));
  CHECK_THROWS_WITH(joust::rmed2fh{}.fresh({.arms = 3}), Catch::Contains("horizon"));
  CHECK(joust::rmed2fh{}.fresh({.arms = 3, .horizon = 70}).options().horizon == 70);
  CHECK(joust::rmed2fh{{.horizon = 50}}.fresh({.arms = 3, .horizon = 70}).options().horizon == 50);
}

TEST_CASE("rmed2fh refuses options it cannot work with and keeps the others") {
  for (double const bad : {-0.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::rmed2fh{{.factor = bad}}), Catch::Contains("factor"));
    CHECK_THROWS_WITH((joust::rmed2fh{3, {.horizon = 9, .exponent = bad}}), Catch::Contains("exponent"));
    CHECK_THROWS_WITH((joust::rmed2fh{{.alpha = bad}}), Catch::Contains("alpha"));
  }
  CHECK_THROWS_WITH((joust::rmed2fh{6, {.horizon = 9, .exponent = 1e308}}), Catch::Contains("exponent"));
  CHECK_THROWS_WITH((joust::rmed2fh{{.least = -1.5}}), Catch::Contains("least"));
}

TEST_CASE("rmed2fh decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1000, 9, 350,
            [](std::size_t k) {
              return joust::rmed2fh{k, {.horizon = 350}};
            },
            [](std::size_t k) {
              return textbook::rmed2fh{k, 350};
            }) == 0);
  CHECK(agent_laws::disagreements(
            500, 9, 250,
            [](std::size_t k) {
              return joust::rmed2fh{
                  k, {.horizon = 90, .factor = 0.1, .exponent = 1.5, .alpha = 1.0, .least = -1.0}};
            },
            [](std::size_t k) { return textbook::rmed2fh{k, 90, 0.1, 1.5, 1.0, -1.0}; }) == 0);
}

TEST_CASE("rmed2fh first draws every pair alpha ln ln T times, rounded up") {
  joust::rmed2fh agent{3, {.horizon = 1'000}};  // 3 ln ln 1000 = 5.8
  joust::stream g{1};
  for (int sweep = 0; sweep < 6; ++sweep) {
    CHECK(agent.select(g) == joust::pairing{0, 1});  // answers that never come do no harm
    CHECK(agent.select(g) == joust::pairing{0, 2});
    CHECK(agent.select(g) == joust::pairing{1, 2});
  }
  CHECK(agent.select(g).first == 0);
  CHECK(agent.select(g).first == 1);
}

TEST_CASE("rmed2fh lets the cycle of Cyclic-4 refute itself") {
  joust::rmed2fh agent = rmed_trials::informed(joust::rmed2fh{4, patient}, rmed_trials::cyclic4(), 100);
  joust::stream g{1};
  CHECK(agent.select(g) == joust::pairing{0, 0});
  CHECK(agent.select(g) == joust::pairing{1, 3});
  CHECK(agent.select(g) == joust::pairing{2, 1});
  CHECK(agent.select(g) == joust::pairing{3, 2});
}

TEST_CASE("rmed2fh settles the opponents after the initial phase, and leaves one that has been beaten") {
  joust::rmed2fh agent = rmed_trials::informed(joust::rmed2fh{4, patient}, rmed_trials::cyclic4(), 100);
  joust::stream g{1};
  agent_laws::plant(agent, 2, 1, 40, 0);   // 50 of 140: a price of 0.27 / 0.042 = 6.4
  agent_laws::plant(agent, 2, 0, 0, 20);   // 40 of 120: 0.17 / 0.057 = 2.9, yet 1 is settled
  agent_laws::plant(agent, 3, 2, 300, 0);  // 3 has beaten 2
  (void)agent.select(g);
  CHECK(agent.select(g) == joust::pairing{1, 3});
  CHECK(agent.select(g) == joust::pairing{2, 1});
  CHECK(agent.select(g) == joust::pairing{3, 0});  // the best arm instead
}

TEST_CASE("rmed2fh counts as evidence against an arm what it has lost, and nothing else") {
  joust::rmed2fh agent{3, {.horizon = 100}};
  agent_laws::plant(agent, 0, 1, 6, 4);
  agent_laws::plant(agent, 0, 2, 3, 7);
  double const before = agent.evidence(0);
  CHECK(before == Approx(10 * joust::bernoulli_kl(0.3, 0.5)).epsilon(1e-12));
  agent_laws::plant(agent, 0, 1, 50, 0);
  CHECK(agent.evidence(0) == before);
}

TEST_CASE("rmed2fh settles the opponents anew when arms have changed") {
  joust::rmed2fh agent = rmed_trials::informed(joust::rmed2fh{4, patient}, rmed_trials::cyclic4(), 100);
  joust::stream g{1};
  agent.retire(3);
  CHECK(agent.select(g) == joust::pairing{0, 0});
  CHECK(agent.select(g) == joust::pairing{1, 0});  // nobody else beats 1
  CHECK(agent.select(g) == joust::pairing{2, 1});
}

TEST_CASE("rmed2fh comes near the lower bound on Cyclic-4") {
  // 1000 other runs: regret 17.3 (standard deviation 12.1), of which 4.3 (5.2) after round 2000; RMED1 loses
  // 18.7 there. The margins are 4.5 standard errors.
  auto const regret = rmed_trials::regret_on_cyclic4(joust::rmed2fh{}, 150, {2'000, 20'000});
  CHECK(regret[1] == Approx(17.26).margin(4.8));
  CHECK(regret[1] - regret[0] < 6.4);
}

TEST_CASE("rmed2fh has the known regret on arXiv-6") {
  // 2000 other runs: mean 236, standard deviation 48. 4.5 standard errors of a mean of 100 runs are 22.
  joust::rmed2fh const prototype{{.horizon = 10'000}};
  CHECK(agent_laws::mean_regret_on_arxiv6(prototype, 100, 10'000) == Approx(235.6).margin(22.2));
}
