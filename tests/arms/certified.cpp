// SPDX-License-Identifier: MIT
#include <joust/arms/certified.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/uniform.hpp>

#include "agent_laws.hpp"
#include "textbook/certified.hpp"

namespace {

using certified_uniform = joust::certified<joust::uniform_arms>;

/// Plays until the agent stops, at most `rounds` rounds.
template <class Agent>
void play(Agent& agent, textbook::table const& p, int rounds, joust::stream g) {
  joust::stream world = g.child("world");
  for (int t = 0; t < rounds && !agent.stop(); ++t) {
    auto const [i, j] = agent.select(g);
    if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
  }
}

/// The textbook form of uniform_arms.
struct any_pair {
  explicit any_pair(std::size_t k) : arms{k} {}
  template <class Stream>
  joust::pairing select(Stream& g) const {
    if (arms == 1) return {0, 0};
    std::size_t const i = joust::draw_index(arms, g);
    std::size_t const j = joust::draw_index(arms - 1, g);
    return {i, j < i ? j : j + 1};
  }
  void observe(std::size_t, std::size_t, double) const {}
  std::size_t arms;
};

}  // namespace

TEST_CASE("certified keeps the promises of an agent") {
  STATIC_REQUIRE(joust::stops<joust::certified<joust::rucb>>);
  agent_laws::check_promises(joust::certified<joust::rucb>{});
  agent_laws::check_promises(certified_uniform{});
  agent_laws::check_promises(joust::certified<joust::rmed1>{{.confidence = 0.6, .agent = {.factor = 0.1}}});
  agent_laws::check_soft_outcomes<joust::certified<joust::rucb>>();
}

TEST_CASE("certified refuses options it cannot work with and hands the others on") {
  for (double const bad : {-0.1, 1.0, 1.5, std::nan("")}) {
    CHECK_THROWS_WITH((certified_uniform{{.confidence = bad}}), Catch::Contains("confidence"));
  }
  using wrapped = joust::certified<joust::rucb>;
  CHECK_THROWS_WITH((wrapped{3, {.agent = {.alpha = -1.0}}}), Catch::Contains("alpha"));
  wrapped const made = wrapped{{.agent = {.alpha = 0.7}}}.fresh({.arms = 3, .confidence = 0.8});
  CHECK(made.options().confidence == 0.8);
  CHECK(made.agent().options().alpha == 0.7);
  CHECK(wrapped{{.confidence = 0.9}}.fresh({.arms = 3, .confidence = 0.8}).options().confidence == 0.9);
  CHECK(wrapped::name == "certified-rucb");
  CHECK_THROWS_AS(wrapped::load(certified_uniform{3}.save()), std::invalid_argument);
  CHECK_THROWS_AS(wrapped::load(joust::rucb{3}.save()), std::invalid_argument);
}

TEST_CASE("certified decides as the textbook form does") {
  CHECK(agent_laws::disagreements(
            1000, 5, 160,
            [](std::size_t k) {
              return joust::certified<joust::rucb>{k, {.confidence = 0.8}};
            },
            [](std::size_t k) {
              return textbook::certified<textbook::rucb>{k, 0.8};
            }) == 0);
  CHECK(agent_laws::disagreements(
            500, 3, 160,
            [](std::size_t k) {
              return certified_uniform{k, {.confidence = 0.5}};
            },
            [](std::size_t k) {
              return textbook::certified<any_pair>{k, 0.5};
            }) == 0);
}

TEST_CASE("the evidence of superiority is the mean capital of the gamblers") {
  CHECK(joust::detail::log_gamma(1.0) == Approx(0.0).margin(1e-11));
  CHECK(joust::detail::log_gamma(7.5) == Approx(std::lgamma(7.5)).epsilon(1e-12));
  CHECK(joust::detail::log_gamma(1e6) == Approx(std::lgamma(1e6)).epsilon(1e-12));
  joust::stream g{3};
  textbook::certified<any_pair> plain{2, 0.95};
  double wins = 0.0;
  double losses = 0.0;
  for (int n = 0; n < 60; ++n) {
    double const y = joust::draw_index(3, g) == 0 ? joust::draw_uniform(g) : joust::draw_bernoulli(0.8, g);
    plain.observe(0, 1, y);
    wins += y;
    losses += 1.0 - y;
    double const upper_half = plain.capital(0, 1, false);
    double const all = plain.capital(0, 1, true);
    if (wins > losses) {
      CHECK(joust::detail::log_superiority(wins, losses) == Approx(std::log(all)).margin(1e-3));
      CHECK(all - 1.0 <= upper_half * (1.0 + 1e-9));  // step 3 of the proof
    } else {
      CHECK(joust::detail::log_superiority(wins, losses) < -1e300);
    }
  }
}

TEST_CASE("certified stops when an arm has been shown to beat all others, and stays") {
  certified_uniform agent{3};  // 1 + K / 0.05 = 61: 8 wins in a row give 2^9 / 9 = 57, 9 give 2^10 / 10 = 102
  agent_laws::plant(agent, 1, 0, 9, 0);
  agent_laws::plant(agent, 1, 2, 8, 0);
  CHECK_FALSE(agent.stop());
  agent.observe(2, 1, joust::second_wins);
  REQUIRE(agent.stop());
  joust::certificate const claim{.arm = 1,
                                 .winner = joust::winner_kind::condorcet,
                                 .confidence = 0.95,
                                 .tolerance = 0.0,
                                 .comparisons = 18};
  CHECK(*agent.stop() == claim);
  joust::stream g{1};
  joust::stream const untouched = g;
  for (int t = 0; t < 5; ++t) CHECK(agent.select(g) == joust::pairing{1, 1});
  CHECK(g == untouched);
  agent_laws::plant(agent, 0, 1, 30, 0);  // what has once been shown stays shown
  CHECK(*agent.stop() == claim);
  CHECK(certified_uniform::load(agent.save()) == agent);
}

TEST_CASE("certified forgets no evidence where arms come and go") {
  certified_uniform agent{3};
  agent_laws::plant(agent, 1, 0, 9, 0);
  agent_laws::plant(agent, 1, 2, 5, 0);
  agent.retire(2);
  REQUIRE(agent.stop());
  CHECK(agent.stop()->arm == 1);
  CHECK(agent.add_arm() == 3);
  CHECK_FALSE(agent.stop());
  agent_laws::plant(agent, 3, 0, 12, 0);
  agent_laws::plant(agent, 3, 1, 12, 0);
  REQUIRE(agent.stop());
  CHECK(agent.stop()->arm == 3);
  CHECK(agent.stop()->comparisons == 14 + 24 - 3);  // stopped at the ninth win over arm 1
  certified_uniform many{2};                        // more arms ask for more evidence
  agent_laws::plant(many, 0, 1, 8, 0);
  CHECK(many.stop());
  for (int n = 0; n < 8; ++n) (void)many.add_arm();
  for (std::size_t j = 2; j < 10; ++j) agent_laws::plant(many, 0, j, 20, 0);
  CHECK_FALSE(many.stop());
  agent_laws::plant(many, 0, 1, 5, 0);
  CHECK(many.stop());
}

TEST_CASE("certified errs less often than it says, however often one looks; a fixed radius does not") {
  // Two arms that nothing tells apart: whichever arm is certified, it is an error. Over 3000 duels, in 4000
  // other runs: 8.0 % are wrong, where 10 % are allowed; 4.7 standard errors lie between. With the radius of
  // one fixed time, sqrt(ln(2 / 0.1) / 2n), 26 % are wrong.
  textbook::table const even{2, 0.5};
  int wrong = 0;
  int wrong_with_fixed_radius = 0;
  int const runs = 4000;
  for (int run = 0; run < runs; ++run) {
    certified_uniform agent{2, {.confidence = 0.9}};
    joust::stream world = joust::stream{77}.child("world", run);
    double surplus = 0.0;
    bool fooled = false;
    for (int n = 1; n <= 3000; ++n) {
      double const y = joust::draw_bernoulli(0.5, world);
      agent.observe(0, 1, y);
      surplus += y - 0.5;
      fooled = fooled || std::fabs(surplus) / n > std::sqrt(std::log(2.0 / 0.1) / (2.0 * n));
    }
    wrong += agent.stop() ? 1 : 0;
    wrong_with_fixed_radius += fooled ? 1 : 0;
  }
  CAPTURE(wrong, wrong_with_fixed_radius);
  CHECK(wrong <= 0.1 * runs);
  CHECK(wrong_with_fixed_radius > 0.1 * runs + 4.5 * std::sqrt(0.09 * runs));
}

TEST_CASE("certified names the Condorcet winner, after about as many comparisons as the evidence takes") {
  // Five arms, the winner beats each with 0.7: n d(0.7, 1/2) = ln(5 / 0.1) + ln(n / 2 pi) / 2 at n = 65 per
  // pair, 10 pairs. In 2000 other runs: no error, 992 comparisons on average, standard deviation 384: the
  // last of four pairs to be shown decides.
  textbook::table p{5, 0.5};
  for (std::size_t j = 1; j < 5; ++j) {
    p(0, j) = 0.7;
    p(j, 0) = 0.3;
  }
  int wrong = 0;
  double comparisons = 0.0;
  int const runs = 300;
  for (int run = 0; run < runs; ++run) {
    certified_uniform agent{5, {.confidence = 0.9}};
    play(agent, p, 20'000, joust::stream{78}.child("run", run));
    REQUIRE(agent.stop());
    wrong += agent.stop()->arm == 0 ? 0 : 1;
    comparisons += static_cast<double>(agent.stop()->comparisons) / runs;
  }
  CAPTURE(wrong, comparisons);
  CHECK(wrong <= 5);
  CHECK(comparisons == Approx(992.0).margin(4.5 * 384.0 / std::sqrt(runs)));
}
