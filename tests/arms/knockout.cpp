// SPDX-License-Identifier: MIT
#include <joust/arms/knockout.hpp>

#include "agent_laws.hpp"
#include "identification_studies.hpp"
#include "textbook/knockout.hpp"

using identification::most_errors;

TEST_CASE("knockout keeps the promises of an agent") {
  STATIC_REQUIRE(joust::stops<joust::knockout>);
  agent_laws::check_promises(joust::knockout{}, {.rounds_to_learn = 0});               // a cup takes longer
  agent_laws::check_promises(joust::knockout{{.tolerance = 0.4, .confidence = 0.5}});  // stops on the way
  agent_laws::check_soft_outcomes<joust::knockout>();
}

TEST_CASE("knockout refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, 0.6, 1e-7, std::nan("")}) {
    CHECK_THROWS_WITH((joust::knockout{{.tolerance = bad}}), Catch::Contains("tolerance"));
  }
  for (double const bad : {1.0, -0.5, std::nan("")}) {
    CHECK_THROWS_WITH((joust::knockout{3, {.confidence = bad}}), Catch::Contains("confidence"));
  }
  joust::knockout const prototype{{.tolerance = 0.1}};
  CHECK(prototype.fresh({.arms = 3, .confidence = 0.9}).options().confidence == 0.9);
  CHECK(prototype.fresh({.arms = 3}).options().tolerance == 0.1);
  CHECK_FALSE(prototype.stop());
}

TEST_CASE("knockout decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1000, 9, 400,
            [](std::size_t k) {
              return joust::knockout{k, {.tolerance = 0.3, .confidence = 0.7}};
            },
            [](std::size_t k) {
              return textbook::knockout{k, 0.3, 0.7};
            }) == 0);
  CHECK(agent_laws::disagreements(
            100, 9, 3000, [](std::size_t k) { return joust::knockout{k}; },
            [](std::size_t k) {
              return textbook::knockout{k, 0.05, 0.95};
            }) == 0);
}

TEST_CASE("a comparison errs no more often than allowed, and about as often") {
  // An arm ahead by exactly the upper bound 0.1, failure 0.3: in 20000 other runs it lost 0.024 of the
  // comparisons, which took 87 duels. With the radius of one fixed time, sqrt(ln(1 / 0.3) / 2n), it loses
  // 0.27.
  int lost = 0;
  double duels = 0.0;
  int const runs = 10'000;
  joust::stream g{90};
  for (int run = 0; run < runs; ++run) {
    joust::detail::comparison match{0, 1, -0.1, 0.1, 0.3};
    for (; !match.over(); ++duels) match.add(0, joust::draw_bernoulli(0.6, g));
    lost += match.ahead() ? 0 : 1;
  }
  CAPTURE(lost, duels / runs);
  CHECK(lost <= most_errors(runs, 0.024));
  CHECK(duels <= 95.0 * runs);  // ln(2 / 0.3) / (2 * 0.1^2) = 94.9
  CHECK(duels >= 80.0 * runs);
}

TEST_CASE("knockout plays a cup") {
  joust::knockout agent{5, {.tolerance = 0.5, .confidence = 0.1}};
  joust::stream g{4};
  agent.observe(0, 1, joust::first_wins);  // nobody has been drawn: it teaches nothing
  CHECK(agent == joust::knockout{5, {.tolerance = 0.5, .confidence = 0.1}});
  std::vector<int> lost(5, 0);
  int matches = 0;
  while (!agent.stop()) {
    joust::pairing const match = agent.select(g);
    joust::pairing now = match;
    agent.observe((match.first + 1) % 5 == match.second ? (match.first + 2) % 5 : (match.first + 1) % 5,
                  match.first, joust::first_wins);  // another match: ignored
    while (now == match) {
      agent.observe(match.second, match.first, joust::second_wins);
      now = agent.stop() ? joust::pairing{} : agent.select(g);
    }
    ++lost[match.second];
    ++matches;
  }
  CHECK(matches == 4);
  std::sort(lost.begin(), lost.end());
  CHECK(lost == std::vector<int>{0, 1, 1, 1, 1});  // whoever has lost is out
  std::size_t const winner = agent.stop()->arm;
  CHECK(agent.recommend() == winner);
  std::uint64_t const comparisons = agent.stop()->comparisons;
  CHECK(agent.select(g) == joust::pairing{winner, winner});
  agent.observe(0, 1, joust::first_wins);
  CHECK(agent.stop()->comparisons == comparisons);
}

TEST_CASE("knockout asks exactly its budget where nothing tells the arms apart") {
  // Eight arms, e_r = 0.26 * 0.2 / 2^(r/3), ln(2 * 2^r / 0.1) / 2 e_r^2 = 1081.2, 2043.6 and 3758.5 duels in
  // 4, 2 and 1 matches, rounded up. All answers are ties.
  joust::knockout agent{8, {.tolerance = 0.2, .confidence = 0.9}};
  joust::stream g{1};
  while (!agent.stop()) {
    auto const [i, j] = agent.select(g);
    agent.observe(i, j, joust::tie);
  }
  double expected = 0.0;
  for (int r = 1; r <= 3; ++r) {
    double const e = (std::pow(2.0, 1.0 / 3.0) - 1.0) * 0.2 / std::pow(2.0, r / 3.0);
    expected += std::ceil(std::log(2.0 * std::pow(2.0, r) / 0.1) / (2.0 * e * e)) * (8 >> r);
  }
  CHECK(static_cast<double>(agent.stop()->comparisons) == expected);
}

TEST_CASE("knockout finds an arm within the tolerance, by a number of comparisons linear in the arms") {
  // Utilities drawn from [0, 1]. In 250 and 62 other runs: no error; 4703 comparisons, standard deviation
  // 1785, for 8 arms, and 34176, 5721, for 32.
  joust::knockout const prototype{{.tolerance = 0.2, .confidence = 0.9}};
  auto const arms = [](std::size_t k) {
    return [k](joust::stream& g) { return identification::random_utilities(k, g); };
  };
  auto const small =
      identification::play(prototype, arms(8), identification::within_tolerance, 300, 100'000, 7);
  CHECK(small.unfinished == 0);
  CHECK(small.wrong <= most_errors(300, 0.02));
  CHECK(small.comparisons == Approx(4703.0).margin(4.5 * 1785.0 * std::sqrt(1.0 / 300 + 1.0 / 250)));
  auto const large =
      identification::play(prototype, arms(32), identification::within_tolerance, 40, 300'000, 8);
  CHECK(large.unfinished == 0);
  CHECK(large.wrong == 0);
  CHECK(large.comparisons == Approx(34176.0).margin(4.5 * 5721.0 * std::sqrt(1.0 / 40 + 1.0 / 62)));
}
