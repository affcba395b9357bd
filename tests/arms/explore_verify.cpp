// SPDX-License-Identifier: MIT
#include <joust/arms/explore_verify.hpp>

#include "agent_laws.hpp"
#include "identification_studies.hpp"
#include "textbook/explore_verify.hpp"

TEST_CASE("explore_verify keeps the promises of an agent") {
  STATIC_REQUIRE(joust::stops<joust::explore_verify>);
  agent_laws::check_promises(joust::explore_verify{});
  agent_laws::check_promises(joust::explore_verify{{.confidence = 0.3, .exploration = 0.5}});
  agent_laws::check_soft_outcomes<joust::explore_verify>();
}

TEST_CASE("explore_verify decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1000, 6, 250,
            [](std::size_t k) {
              return joust::explore_verify{k, {.confidence = 0.5, .exploration = 0.5}};
            },
            [](std::size_t k) {
              return textbook::explore_verify{k, 0.5, 0.5};
            }) == 0);
  CHECK(agent_laws::disagreements(
            150, 4, 1000, [](std::size_t k) { return joust::explore_verify{k}; },
            [](std::size_t k) {
              return textbook::explore_verify{k, 0.95, 1.0 / 3.0};
            }) == 0);
}

TEST_CASE("explore_verify refuses options it cannot work with and keeps the others") {
  for (double const bad : {-0.1, 0.6, std::nan("")}) {
    CHECK_THROWS_WITH((joust::explore_verify{{.exploration = bad}}), Catch::Contains("exploration"));
  }
  for (double const bad : {1.0, -0.5, std::nan("")}) {
    CHECK_THROWS_WITH((joust::explore_verify{3, {.confidence = bad}}), Catch::Contains("confidence"));
  }
  joust::explore_verify const prototype{{.exploration = 0.2}};
  CHECK(prototype.fresh({.arms = 3, .confidence = 0.9}).options().confidence == 0.9);
  CHECK(prototype.fresh({.arms = 3}).options().exploration == 0.2);
  CHECK_FALSE(prototype.stop());
}

TEST_CASE("explore_verify guesses, proves on fresh counts, and starts again where it is refuted") {
  // Two arms, a guess may be wrong with 1/3: after n wins in a row the radius is c = sqrt(ln(24 n^2) / 2n),
  // and how much the loser loses is known to a factor of two, 1/2 + c <= 2 (1/2 - c), from n = 257 on.
  joust::explore_verify agent{2};
  joust::stream g{1};
  agent_laws::plant(agent, 0, 1, 256, 0);
  CHECK(agent.select(g) == joust::pairing{0, 1});  // exploring
  agent.observe(1, 0, joust::second_wins);
  CHECK(agent.select(g) == joust::pairing{1, 0});  // arm 1 and its adversary
  CHECK_FALSE(agent.stop());
  SECTION("proven: 2^(w+1) / (w+1) reaches 1 + 2 / 0.05 with 8 wins") {
    agent_laws::plant(agent, 0, 1, 7, 0);
    CHECK_FALSE(agent.stop());
    agent.observe(0, 1, joust::first_wins);
    REQUIRE(agent.stop());
    joust::certificate const claim{.arm = 0,
                                   .winner = joust::winner_kind::condorcet,
                                   .confidence = 0.95,
                                   .tolerance = 0.0,
                                   .comparisons = 265};
    CHECK(*agent.stop() == claim);
    CHECK(agent.select(g) == joust::pairing{0, 0});
    agent_laws::plant(agent, 1, 0, 50, 0);
    CHECK(*agent.stop() == claim);
  }
  SECTION("refuted: 2^(w+1) / (w+1) reaches 1 + 2 / (1/3) with 5 wins") {
    agent_laws::plant(agent, 1, 0, 4, 0);
    CHECK(agent.select(g) == joust::pairing{1, 0});
    agent.observe(1, 0, joust::first_wins);
    CHECK(agent.select(g) == joust::pairing{0, 1});
    agent_laws::plant(agent, 1, 0, 256, 0);  // what was known has been forgotten
    CHECK(agent.select(g) == joust::pairing{0, 1});
    agent.observe(1, 0, joust::first_wins);
    CHECK(agent.recommend() == 1);
    agent_laws::plant(agent, 1, 0, 9, 0);  // the second proof asks for 1 + 2 * 4 / 0.05: 10 wins
    CHECK_FALSE(agent.stop());
    agent.observe(1, 0, joust::first_wins);
    REQUIRE(agent.stop());
    CHECK(agent.stop()->arm == 1);
    CHECK(agent.stop()->comparisons == 257 + 5 + 257 + 10);
  }
}

TEST_CASE("explore_verify proves each arm beaten by the one that beats it best, not by the winner") {
  // The winner beats seven arms with 0.56; each of these beats three others with 0.95. In 60 other runs:
  // 29550 comparisons, standard deviation 2785, with confidence 0.95, and 32130, 2470, with 1 - 1e-6. Proving
  // that the winner beats every arm takes a uniform choice of pairs 50936 and 107233.
  auto const narrow = [](joust::stream& g) {
    textbook::table p{8, 0.5};
    std::size_t const winner = joust::draw_index(8, g);
    std::vector<std::size_t> others;
    for (std::size_t j = 0; j < 8; ++j) {
      if (j != winner) others.push_back(j);
    }
    for (std::size_t n = 0; n < 7; ++n) {
      p(winner, others[n]) = 0.56;
      p(others[n], winner) = 0.44;
      for (std::size_t d = 1; d <= 3; ++d) {
        p(others[n], others[(n + d) % 7]) = 0.95;
        p(others[(n + d) % 7], others[n]) = 0.05;
      }
    }
    return p;
  };
  auto const right = [](textbook::table const& p, joust::certificate const& claim) {
    return identification::shortfall(p, claim.arm) == 0.0;
  };
  auto const usual =
      identification::play(joust::explore_verify{{.confidence = 0.95}}, narrow, right, 30, 100'000, 7);
  CHECK(usual.unfinished == 0);
  CHECK(usual.wrong == 0);
  CHECK(usual.comparisons == Approx(29550.0).margin(4.5 * 2785.0 * std::sqrt(1.0 / 30 + 1.0 / 60)));
  auto const certain =
      identification::play(joust::explore_verify{{.confidence = 1.0 - 1e-6}}, narrow, right, 30, 100'000, 8);
  CHECK(certain.wrong == 0);
  CHECK(certain.comparisons == Approx(32130.0).margin(4.5 * 2470.0 * std::sqrt(1.0 / 30 + 1.0 / 60)));
}

TEST_CASE("explore_verify errs less often than it says") {
  // Random preferences with a winner. In 4000 other runs with confidence 0.2 no error, after 20410
  // comparisons, standard deviation 15923: pairs that are almost even take most of them.
  auto const random = [](joust::stream& g) { return textbook::random_condorcet(6, g); };
  auto const right = [](textbook::table const& p, joust::certificate const& claim) {
    return identification::shortfall(p, claim.arm) == 0.0;
  };
  auto const bold = identification::play(joust::explore_verify{{.confidence = 0.2, .exploration = 0.5}},
                                         random, right, 300, 1'000'000, 7);
  CHECK(bold.unfinished == 0);
  CHECK(bold.wrong <= 1);
  CHECK(bold.comparisons == Approx(20410.0).margin(4.5 * 15923.0 / std::sqrt(300.0)));
}
