// SPDX-License-Identifier: MIT
#include <joust/arms/pcomp.hpp>

#include <tuple>

#include "agent_laws.hpp"
#include "textbook/pcomp.hpp"

TEST_CASE("pcomp keeps the promises of an agent") {
  agent_laws::check_promises(joust::pcomp{});
  agent_laws::check_promises(joust::pcomp{{.batches = 3, .pooled = true}});
  agent_laws::check_soft_outcomes<joust::pcomp>();
}

TEST_CASE("pcomp needs a horizon, its own or the setting's") {
  CHECK_THROWS_WITH(joust::pcomp{3}, Catch::Contains("horizon"));
  CHECK_THROWS_WITH(joust::pcomp{}.fresh({.arms = 3}), Catch::Contains("horizon"));
  CHECK(joust::pcomp{{.batches = 4}}.fresh({.arms = 3, .horizon = 70}).options() ==
        joust::pcomp_options{.horizon = 70, .batches = 4});
}

TEST_CASE("pcomp decides as the textbook form does") {
  for (bool const pooled : {true, false}) {
    for (std::uint64_t const batches : {0U, 2U, 9U}) {
      CHECK(agent_laws::disagreements(
                200, 6, 1500,
                [=](std::size_t k) {
                  return joust::pcomp{k, {.horizon = 150, .batches = batches, .pooled = pooled}};
                },
                [=](std::size_t k) {
                  return textbook::pcomp{k, 150, batches, pooled};
                }) == 0);
    }
  }
}

namespace {

// Answers pairs: i beats j always, if it stands to the left of it in `order`.
joust::outcome by_order(joust::pairing pair) { return pair.first < pair.second ? 1.0 : 0.0; }

}  // namespace

TEST_CASE("pcomp asks every pair equally often, and ever more often from batch to batch") {
  // 1000^(1/3) is 10, though not to the computer.
  for (auto const& [horizon, batches, first] : {std::tuple{1000U, 3U, 10}, std::tuple{100U, 0U, 2},
                                                std::tuple{100U, 2U, 10}, std::tuple{7U, 1U, 7}}) {
    joust::pcomp agent{4, {.horizon = horizon, .batches = batches}};
    joust::stream random{1};
    CHECK(agent.batch_left() == 0);
    int asked[4][4] = {};
    for (int t = 0; t < 6 * first; ++t) {
      auto const [i, j] = agent.select(random);
      CHECK(agent.batch_left() == static_cast<unsigned>(6 * first - t - 1));
      ++asked[i][j];
      agent.observe(i, j, joust::tie);
    }
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) CHECK(asked[i][j] == (i < j ? first : 0));
    }
    (void)agent.select(random);
    double const q = std::pow(horizon, 1.0 / (batches != 0 ? batches : 5.0));
    CHECK(agent.batch_left() == 6 * static_cast<unsigned>(q * q + 1e-9) - 1);
  }
}

TEST_CASE("pcomp fixes the pairs of a batch before it is asked") {
  joust::pcomp agent{5, {.horizon = 10'000}};
  joust::stream random{2};
  for (int batch = 0; batch < 7; ++batch) {
    joust::pairing const first = agent.select(random);
    joust::pcomp other = agent;
    agent.observe(first.first, first.second, by_order(first));
    other.observe(first.first, first.second, 1.0 - by_order(first));
    joust::pcomp together = agent;
    auto const rest = together.select_batch(static_cast<std::size_t>(agent.batch_left()), random);
    for (joust::pairing const& pair : rest) {
      REQUIRE(agent.select(random) == pair);
      REQUIRE(other.select(random) == pair);
      agent.observe(pair.first, pair.second, by_order(pair));
      other.observe(pair.first, pair.second, 1.0 - by_order(pair));
    }
    CHECK(agent.batch_left() == 0);
    if (first.self_duel()) CHECK(agent.recommend() == 0);
  }
  CHECK(agent.select(random) == joust::pairing{0, 0});
}

TEST_CASE("pcomp eliminates exactly beyond its bound") {
  // Two arms, one batch of 100: 1/2 + sqrt(ln(6 * 100 * 4) / 200) = 0.697.
  for (int const wins : {69, 70}) {
    for (bool const swapped : {true, false}) {
      joust::pcomp agent{2, {.horizon = 100, .batches = 1}};
      joust::stream random{3};
      (void)agent.select_batch(100, random);
      agent_laws::plant(agent, swapped ? 1 : 0, swapped ? 0 : 1, wins, 100 - wins);
      joust::pairing const next = agent.select(random);
      CHECK(next.self_duel() == (wins == 70));
      if (next.self_duel()) CHECK(next.first == (swapped ? 1U : 0U));
      CHECK(agent.recommend() == (swapped ? 1U : 0U));
    }
  }
}

TEST_CASE("pcomp counts the answers of earlier batches only if it is asked to") {
  // Two arms, batches of 10 and 100. After 10 of 10, 67 of 100 are 77 of 110 together, beyond
  // 1/2 + sqrt(ln(6 * 100 * 4 * 2) / 220) = 0.696, but 0.67 alone is not beyond 0.706.
  for (bool const pooled : {true, false}) {
    joust::pcomp agent{2, {.horizon = 100, .batches = 2, .pooled = pooled}};
    joust::stream random{4};
    (void)agent.select_batch(10, random);
    agent_laws::plant(agent, 0, 1, 10, 0);
    (void)agent.select_batch(100, random);
    agent_laws::plant(agent, 0, 1, 67, 33);
    CHECK(agent.select(random).self_duel() == pooled);
  }
}

TEST_CASE("pcomp asks once more for missing answers, and then goes on without them") {
  joust::pcomp agent{3, {.horizon = 100, .batches = 2}};  // three pairs, 10 and 100 times
  joust::stream random{5};
  int asked = 0;
  for (joust::pairing const& pair : agent.select_batch(30, random)) {
    bool const lost = pair == joust::pairing{0, 2} && ++asked > 6;
    if (!lost) agent.observe(pair.first, pair.second, by_order(pair));
  }
  CHECK(agent.batch_left() == 0);
  joust::pcomp in_time = agent;
  for (int n = 0; n < 4; ++n) CHECK(agent.select(random) == joust::pairing{0, 2});
  CHECK(agent.batch_left() == 0);
  (void)agent.select(random);
  CHECK(agent.batch_left() == 299);

  CHECK(in_time.select(random) == joust::pairing{0, 2});
  agent_laws::plant(in_time, 2, 0, 4, 0);  // they come after all
  (void)in_time.select(random);
  CHECK(in_time.batch_left() == 299);

  joust::pcomp deaf{3, {.horizon = 100, .batches = 2}};
  (void)deaf.select_batch(60, random);
  CHECK(deaf.batch_left() == 0);
  (void)deaf.select(random);
  CHECK(deaf.batch_left() == 299);
}

TEST_CASE("pcomp keeps those that have lost to the fewest where everybody has lost") {
  textbook::table p = agent_laws::rock_paper_scissors_5();
  for (double& cell : p.cells) cell = cell > 0.5 ? 1.0 : cell < 0.5 ? 0.0 : 0.5;
  joust::pcomp agent{5, {.horizon = 1000}};
  joust::stream random{6};
  bool met[5] = {};
  for (int t = 0; t < 4000; ++t) {
    auto const [i, j] = agent.select(random);
    agent.observe(i, j, p(i, j));
    REQUIRE(i != j);
    if (t >= 3000) met[i] = met[j] = true;
  }
  CHECK((met[0] && met[1] && met[2]));
  CHECK_FALSE((met[3] || met[4]));
}

namespace {

// Mean average regret on eight arms with p_ij = 1/2 + 0.05 (j - i); every run must find arm 0.
double regret_on_arithmetic8(joust::pcomp_options options, std::uint64_t seed, int runs) {
  double regret = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::pcomp agent{8, options};
    joust::stream random{1};
    joust::stream world = joust::stream{seed}.child("world", run);
    for (std::uint64_t t = 0; t < options.horizon; ++t) {
      auto const [i, j] = agent.select(random);
      regret += 0.025 * static_cast<double>(i + j);
      double const p = 0.5 + 0.05 * (static_cast<double>(j) - static_cast<double>(i));
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p, world));
    }
    CHECK(agent.recommend() == 0);
  }
  return regret / runs;
}

}  // namespace

TEST_CASE("pcomp has the known regret on eight arms of even spacing") {
  // 2000 other runs: mean 2452, standard deviation 353. 4.5 standard errors of a mean of 30 runs are 290.
  CHECK(regret_on_arithmetic8({.horizon = 100'000}, 11, 30) == Approx(2452.0).margin(290.0));
  // 2000 other runs: mean 1590, standard deviation 236. 4.5 standard errors of a mean of 30 runs are 195.
  CHECK(regret_on_arithmetic8({.horizon = 100'000, .pooled = true}, 11, 30) == Approx(1590.0).margin(195.0));
}
