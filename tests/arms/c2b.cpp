// SPDX-License-Identifier: MIT
#include <joust/arms/c2b.hpp>

#include <algorithm>
#include <string>

#include "agent_laws.hpp"
#include "textbook/c2b.hpp"

TEST_CASE("c2b keeps the promises of an agent") {
  agent_laws::check_promises(joust::c2b{});
  agent_laws::check_promises(joust::c2b{{.batches = 4, .width = 0.1}});
  agent_laws::check_soft_outcomes<joust::c2b>();
}

TEST_CASE("c2b refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::c2b{{.width = bad}}), Catch::Contains("width"));
    CHECK_THROWS_WITH((joust::c2b{3, {.horizon = 9, .width = bad}}), Catch::Contains("width"));
  }
  CHECK_THROWS_WITH(joust::c2b{3}, Catch::Contains("horizon"));
  CHECK_THROWS_WITH(joust::c2b{}.fresh({.arms = 3}), Catch::Contains("horizon"));
  CHECK(joust::c2b{{.batches = 4}}.fresh({.arms = 3, .horizon = 70}).options() ==
        joust::c2b_options{.horizon = 70, .batches = 4});
}

TEST_CASE("c2b decides as the textbook form does") {
  for (double const width : {0.05, 0.2, 1.0}) {
    for (std::uint64_t const batches : {0U, 7U}) {
      CHECK(agent_laws::disagreements(
                200, 7, 1200,
                [=](std::size_t k) {
                  return joust::c2b{k, {.horizon = 200, .batches = batches, .width = width}};
                },
                [=](std::size_t k) {
                  return textbook::c2b{k, 200, batches, width};
                }) == 0);
    }
  }
}

namespace {

// A run of four arms in batches of 10, 100 and 1000 comparisons per pair, the first of which is under way.
// 100 answers to a pair before it ends: an arm seems to beat another beyond
// 1/2 + sqrt(0.1 ln(2 * 16 * 10) / 100) = 0.576, and has beaten it beyond
// 1/2 + sqrt(ln(16 * 3 * 1000) / 200) = 0.732.
struct begun {
  joust::c2b agent{4, {.horizon = 1000, .batches = 3, .width = 0.1}};
  joust::stream random{3};

  begun() { (void)agent.select(random); }

  // i has won `wins` of 100 against j.
  void plant(std::size_t i, std::size_t j, int wins) { agent_laws::plant(agent, i, j, wins, 100 - wins); }

  // Ends the batch and returns the different pairs of the next one, as text.
  std::string next_batch() {
    (void)agent.select_batch(static_cast<std::size_t>(agent.batch_left()), random);
    std::string pairs;
    for (int n = 0; n < 12; ++n) {
      auto const [i, j] = agent.select(random);
      std::string const pair = std::to_string(i) + std::to_string(j);
      if (pairs.find(pair) == std::string::npos) pairs += ' ' + pair;
    }
    return pairs;
  }
};

}  // namespace

TEST_CASE("c2b spares the pairs of arms that the candidate seems to beat") {
  for (int const wins : {57, 58}) {
    begun game;  // arm 2 seems to beat 0, and 1 if `wins` suffice; 1 seems to beat 3
    game.plant(2, 0, 60);
    game.plant(2, 1, wins);
    game.plant(2, 3, 50);
    game.plant(1, 3, 60);
    game.plant(0, 1, 55);
    game.plant(0, 3, 45);
    CHECK(game.agent.batch_left() == 59);
    std::string const pairs = game.next_batch();
    if (wins == 58) CHECK(pairs == " 02 03 12 13 23");     // not 0 against 1
    if (wins == 57) CHECK(pairs == " 01 02 03 12 13 23");  // a candidate that seems to beat but one
    CHECK(game.agent.batch_left() == (wins == 58 ? 500 : 600) - 12);
  }
}

TEST_CASE("c2b asks the candidate's pairs alone once it seems to beat all") {
  begun game;
  for (std::size_t const j : {0U, 1U, 2U}) game.plant(3, j, 60);
  game.plant(0, 1, 70);
  game.plant(0, 2, 70);  // beats two, more clearly
  game.plant(1, 2, 50);
  CHECK(game.next_batch() == " 03 13 23");
}

TEST_CASE("c2b eliminates exactly beyond its bound, whoever beats whom") {
  for (int const wins : {73, 74}) {
    begun game;
    game.plant(0, 1, wins);
    for (auto const& [i, j] : {joust::pairing{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}) game.plant(i, j, 50);
    CHECK(game.next_batch() == (wins == 74 ? " 02 03 23" : " 01 02 03 12 13 23"));
  }
  begun last;
  for (std::size_t const j : {0U, 1U, 2U}) last.plant(3, j, 80);
  for (auto const& [i, j] : {joust::pairing{0, 1}, {0, 2}, {1, 2}}) last.plant(i, j, 50);
  CHECK(last.next_batch() == " 33");
  CHECK(last.agent.batch_left() == 0);
}

TEST_CASE("c2b counts the answers of all batches") {
  begun game;  // 73 of 100 do not suffice, 146 of 200 do: 1/2 + sqrt(ln(16 * 3 * 1000) / 400) = 0.664
  game.plant(0, 1, 73);
  for (auto const& [i, j] : {joust::pairing{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}) game.plant(i, j, 50);
  CHECK(game.next_batch() == " 01 02 03 12 13 23");
  for (auto const& [i, j] : {joust::pairing{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}) game.plant(i, j, 50);
  game.plant(0, 1, 73);
  CHECK(game.next_batch() == " 02 03 23");
}

TEST_CASE("c2b keeps those that have lost to the fewest where everybody has lost") {
  textbook::table p = agent_laws::rock_paper_scissors_5();
  for (double& cell : p.cells) cell = cell > 0.5 ? 1.0 : cell < 0.5 ? 0.0 : 0.5;
  joust::c2b agent{5, {.horizon = 1000}};
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

TEST_CASE("c2b fixes the pairs of a batch before it is asked") {
  joust::c2b agent{7, {.horizon = 10'000, .width = 0.1}};
  joust::stream random{2};
  for (int batch = 0; batch < 12; ++batch) {
    auto const [a, b] = agent.select(random);
    agent.observe(a, b, a < b ? 1.0 : a > b ? 0.0 : 0.5);
    joust::c2b together = agent;
    joust::stream same = random;
    for (auto const& pair : together.select_batch(static_cast<std::size_t>(agent.batch_left()), same)) {
      REQUIRE(agent.select(random) == pair);
      agent.observe(pair.first, pair.second, pair.first < pair.second ? 1.0 : 0.0);
    }
    CHECK(agent.batch_left() == 0);
    CHECK(same == random);
  }
  CHECK(agent.select(random) == joust::pairing{0, 0});
}

TEST_CASE("c2b goes on where answers are lost") {
  joust::c2b agent{4, {.horizon = 1000, .batches = 3}};  // six pairs, 10 times, then 100 times
  joust::stream random{5};
  (void)agent.select_batch(120, random);
  CHECK(agent.batch_left() == 0);
  (void)agent.select(random);
  CHECK(agent.batch_left() == 599);
}

namespace {

// Mean average regret on eight arms with p_ij = 1/2 + 0.05 (j - i); every run must find arm 0.
double regret_on_arithmetic8(joust::c2b_options options, std::uint64_t seed, int runs) {
  double regret = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::c2b agent{8, options};
    joust::stream random = joust::stream{seed}.child("agent", run);
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

TEST_CASE("c2b has the known regret on eight arms of even spacing") {
  // 2000 other runs: mean 1390, standard deviation 224. 4.5 standard errors of a mean of 40 runs are 160.
  CHECK(regret_on_arithmetic8({.horizon = 100'000}, 11, 40) == Approx(1390.0).margin(160.0));
  // 2000 other runs: mean 852, standard deviation 173. 4.5 standard errors of a mean of 40 runs are 124.
  CHECK(regret_on_arithmetic8({.horizon = 100'000, .width = 0.1}, 11, 40) == Approx(852.0).margin(124.0));
}
