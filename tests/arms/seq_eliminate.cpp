// SPDX-License-Identifier: MIT
#include <joust/arms/seq_eliminate.hpp>

#include "agent_laws.hpp"
#include "identification_studies.hpp"
#include "textbook/seq_eliminate.hpp"

using identification::most_errors;

TEST_CASE("seq_eliminate keeps the promises of an agent") {
  STATIC_REQUIRE(joust::stops<joust::seq_eliminate>);
  agent_laws::check_promises(joust::seq_eliminate{}, {.rounds_to_learn = 0});  // ties take longer
  agent_laws::check_promises(joust::seq_eliminate{{.tolerance = 0.3, .confidence = 0.5}});
  agent_laws::check_soft_outcomes<joust::seq_eliminate>();
}

TEST_CASE("seq_eliminate refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.0, -1.0, 0.6, std::nan("")}) {
    CHECK_THROWS_WITH((joust::seq_eliminate{{.tolerance = bad}}), Catch::Contains("tolerance"));
  }
  for (double const bad : {1.0, -0.5, std::nan("")}) {
    CHECK_THROWS_WITH((joust::seq_eliminate{3, {.confidence = bad}}), Catch::Contains("confidence"));
  }
  joust::seq_eliminate const prototype{{.tolerance = 0.1}};
  CHECK(prototype.fresh({.arms = 3, .confidence = 0.9}).options().confidence == 0.9);
  CHECK_FALSE(prototype.stop());
}

TEST_CASE("seq_eliminate decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1000, 9, 400,
            [](std::size_t k) {
              return joust::seq_eliminate{k, {.tolerance = 0.2, .confidence = 0.7}};
            },
            [](std::size_t k) {
              return textbook::seq_eliminate{k, 0.2, 0.7};
            }) == 0);
  CHECK(agent_laws::disagreements(
            100, 9, 3000, [](std::size_t k) { return joust::seq_eliminate{k}; },
            [](std::size_t k) {
              return textbook::seq_eliminate{k, 0.05, 0.95};
            }) == 0);
}

TEST_CASE("seq_eliminate lets every arm challenge the champion once") {
  joust::seq_eliminate agent{4};
  agent.observe(0, 1, joust::first_wins);  // no challenge yet: it teaches nothing
  CHECK(agent == joust::seq_eliminate{4});
  joust::stream g{5};
  std::vector<int> challenges(4, 0);
  std::size_t champion = agent.select(g).second;
  std::size_t const first = champion;
  for (bool takes_over : {true, false, true}) {
    joust::pairing const challenge = agent.select(g);
    CHECK(challenge.second == champion);
    CHECK(agent.recommend() == champion);
    ++challenges[challenge.first];
    std::size_t const other = 6 - challenge.first - challenge.second;
    if (other < 4 && other != challenge.first) agent.observe(other, champion, joust::first_wins);  // ignored
    while (!agent.stop() && agent.select(g) == challenge) {
      agent.observe(challenge.second, challenge.first, takes_over ? joust::second_wins : joust::first_wins);
    }
    if (takes_over) champion = challenge.first;
  }
  CHECK(challenges[first] == 0);
  CHECK(std::count(challenges.begin(), challenges.end(), 1) == 3);
  REQUIRE(agent.stop());
  CHECK(agent.stop()->arm == champion);
  CHECK(agent.stop()->tolerance == 0.05);
  CHECK(agent.stop()->winner == joust::winner_kind::condorcet);
  CHECK(agent.select(g) == joust::pairing{champion, champion});
  CHECK(joust::seq_eliminate{1}.stop()->comparisons == 0);
}

TEST_CASE("seq_eliminate keeps a champion that nothing tells apart from the challenger") {
  joust::seq_eliminate agent{2, {.tolerance = 0.2, .confidence = 0.9}};
  joust::stream g{5};
  std::size_t const champion = agent.select(g).second;
  for (int n = 0; n < 400 && !agent.stop(); ++n) agent.observe(0, 1, joust::tie);
  REQUIRE(agent.stop());
  CHECK(agent.stop()->arm == champion);
  // Ties lie 0.1 from the middle, so the radius would have to be below 0.2; the budget is spent just before:
  // ln(2 / 0.05) / (2 * 0.1^2) = 184.4.
  CHECK(agent.stop()->comparisons == 185);
}

TEST_CASE("seq_eliminate errs no more often than it says, though one arm is ahead by just the tolerance") {
  // Of three arms one beats the others, which are even, with 0.6001. In 4000 other runs, where 80 % may be
  // wrong, 1.45 % were; after 544 comparisons, standard deviation 214. With a middle at the tolerance instead
  // of half of it, the best arm would lose every other challenge.
  joust::seq_eliminate const prototype{{.tolerance = 0.1, .confidence = 0.2}};
  auto const nearly = [](joust::stream& g) {
    textbook::table p{3, 0.5};
    std::size_t const winner = joust::draw_index(3, g);
    for (std::size_t j = 0; j < 3; ++j) {
      if (j == winner) continue;
      p(winner, j) = 0.6001;
      p(j, winner) = 0.3999;
    }
    return p;
  };
  auto const hard =
      identification::play(prototype, nearly, identification::within_tolerance, 4000, 10'000, 7);
  CHECK(hard.unfinished == 0);
  CHECK(hard.wrong <= most_errors(4000, 0.0145 + 0.0019));  // 0.0019: the standard error of 0.0145
  CHECK(hard.comparisons == Approx(544.0).margin(4.5 * 214.0 * std::sqrt(2.0 / 4000)));
}

TEST_CASE("seq_eliminate finds an arm within the tolerance, by about K ln(K) / tolerance^2 comparisons") {
  // Utilities drawn from [0, 1], in 375 and 93 other runs: no error; 708 comparisons, standard deviation 278,
  // for 8 arms, 2834 and 725 for 32; at most 2 (K - 1) ln(2 K / 0.1) / 0.2^2 = 1776 and 10014.
  joust::seq_eliminate const prototype{{.tolerance = 0.2, .confidence = 0.9}};
  auto const arms = [](std::size_t k) {
    return [k](joust::stream& g) { return identification::random_utilities(k, g); };
  };
  auto const small = identification::play(prototype, arms(8), identification::within_tolerance, 400, 1780, 7);
  CHECK(small.unfinished == 0);
  CHECK(small.wrong <= most_errors(400, 0.01));
  CHECK(small.comparisons == Approx(708.0).margin(4.5 * 278.0 * std::sqrt(1.0 / 400 + 1.0 / 375)));
  auto const large =
      identification::play(prototype, arms(32), identification::within_tolerance, 100, 10'020, 8);
  CHECK(large.unfinished == 0);
  CHECK(large.wrong == 0);
  CHECK(large.comparisons == Approx(2834.0).margin(4.5 * 725.0 * std::sqrt(1.0 / 100 + 1.0 / 93)));
}
