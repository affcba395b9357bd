// SPDX-License-Identifier: MIT
#include <joust/arms/beat_the_mean.hpp>

#include <string>
#include <tuple>

#include "agent_laws.hpp"
#include "textbook/beat_the_mean.hpp"

TEST_CASE("beat_the_mean keeps the promises of an agent") {
  agent_laws::check_promises(joust::beat_the_mean{});
  agent_laws::check_promises(joust::beat_the_mean{{.gamma = 1.0, .factor = 0.5, .include_itself = false}});
  agent_laws::check_soft_outcomes<joust::beat_the_mean>();
}

TEST_CASE("beat_the_mean refuses options it cannot work with and keeps the others") {
  for (double const bad : {0.99, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::beat_the_mean{{.gamma = bad}}), Catch::Contains("gamma"));
  }
  for (double const bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((joust::beat_the_mean{3, {.horizon = 9, .factor = bad}}), Catch::Contains("factor"));
  }
  CHECK_THROWS_WITH(joust::beat_the_mean{3}, Catch::Contains("horizon"));
  CHECK(joust::beat_the_mean{{.gamma = 1.2}}.fresh({.arms = 3, .horizon = 70}).options() ==
        joust::beat_the_mean_options{.horizon = 70, .gamma = 1.2});
}

TEST_CASE("beat_the_mean decides as the textbook form does") {
  for (bool const itself : {true, false}) {
    CHECK(agent_laws::disagreements(
              500, 9, 250,
              [=](std::size_t k) {
                return joust::beat_the_mean{
                    k, {.horizon = 5, .gamma = 1.1, .factor = 0.3, .include_itself = itself}};
              },
              [=](std::size_t k) {
                return textbook::beat_the_mean{k, 5, 1.1, 0.3, itself};
              }) == 0);
  }
}

TEST_CASE("beat_the_mean draws the opponent from the whole field, or from the others") {
  for (bool const itself : {true, false}) {
    int counts[3][3] = {};
    for (int run = 0; run < 18'000; ++run) {
      joust::beat_the_mean agent{3, {.horizon = 10, .include_itself = itself}};
      joust::stream random = joust::stream{1}.child("run", run);
      auto const [b, opponent] = agent.select(random);
      ++counts[b][opponent];
    }
    for (int b = 0; b < 3; ++b) {
      for (int opponent = 0; opponent < 3; ++opponent) {
        double const expected = itself ? 2000.0 : b == opponent ? 0.0 : 3000.0;  // 4.5 sigma are 190 and 225
        CHECK(counts[b][opponent] == Approx(expected).margin(itself ? 190.0 : 225.0));
      }
    }
  }
}

TEST_CASE("beat_the_mean credits the arm that asked, and it alone") {
  int seen = 0;
  for (int run = 0; run < 60; ++run) {
    for (bool const swapped : {true, false}) {
      joust::beat_the_mean agent{3, {.horizon = 10, .include_itself = false}};
      joust::stream random = joust::stream{2}.child("run", run);
      auto const [b, opponent] = agent.select(random);
      std::size_t const third = 3 - b - opponent;
      joust::beat_the_mean beaten = agent;
      swapped ? agent.observe(opponent, b, joust::second_wins)
              : agent.observe(b, opponent, joust::first_wins);
      CHECK(agent.recommend() == b);
      swapped ? beaten.observe(opponent, b, joust::first_wins)
              : beaten.observe(b, opponent, joust::second_wins);
      CHECK(beaten.recommend() == std::min(opponent, third));  // the opponent has no record of it
      seen += third < opponent ? 1 : 0;
    }
  }
  CHECK(seen > 20);
}

TEST_CASE("beat_the_mean does not count what it has not asked, nor count twice") {
  joust::beat_the_mean agent{3, {.horizon = 10, .include_itself = false}};
  joust::beat_the_mean const before = agent;
  agent.observe(0, 1, joust::first_wins);
  agent.observe(2, 1, joust::first_wins);
  CHECK(agent == before);
  joust::stream random{3};
  auto const [b, opponent] = agent.select(random);
  agent.observe(b, opponent, joust::first_wins);
  joust::beat_the_mean const answered = agent;
  agent.observe(b, opponent, joust::second_wins);
  agent.observe(opponent, b, joust::first_wins);
  CHECK(agent == answered);
}

TEST_CASE("beat_the_mean eliminates exactly when the bounds part") {
  // Two arms, T = 10, one wins all: the shares 1 and 0 part when 2 factor gamma^2 sqrt(ln 40 / n) <= 1, so
  // from n = 15 comparisons of each arm on if factor = gamma = 1, and from n = 380 on with 3 and 1.3.
  for (auto const& [gamma, factor, n] : {std::tuple{1.0, 1.0, 15}, std::tuple{1.3, 3.0, 380}}) {
    joust::beat_the_mean agent{2, {.horizon = 10, .gamma = gamma, .factor = factor, .include_itself = false}};
    joust::stream random{4};
    int rounds = 0;
    for (; rounds < 2000; ++rounds) {
      auto const [i, j] = agent.select(random);
      if (i == j) break;
      agent.observe(i, j, i == 1 ? joust::first_wins : joust::second_wins);
    }
    CHECK(rounds == 2 * n);
    CHECK(agent.select(random) == joust::pairing{1, 1});
    CHECK(agent.recommend() == 1);
  }
}

TEST_CASE("beat_the_mean strikes the comparisons with an arm that goes") {
  int decided = 0;
  for (int run = 0; run < 40; ++run) {
    joust::beat_the_mean agent{3, {.horizon = 10, .gamma = 1.0, .factor = 0.7, .include_itself = false}};
    joust::stream random = joust::stream{5}.child("run", run);
    int turns[3] = {};  // of 0 against 1 and of 1 against 0; arm 2 loses everything and goes
    joust::pairing pair = agent.select(random);
    for (int t = 0; t < 200; ++t) {
      if (pair.first != 2 && pair.second != 2) ++turns[pair.first];
      joust::outcome const y = pair.first == 2 ? 0.0 : pair.second == 2 ? 1.0 : 0.5;
      agent.observe(pair.first, pair.second, y);
      pair = agent.select(random);
      if (agent.save().find("\nout 0 0 1\n") == std::string::npos) continue;
      if (turns[0] != turns[1]) {
        CHECK(pair.first == (turns[0] < turns[1] ? 0U : 1U));
        ++decided;
      }
      break;
    }
  }
  CHECK(decided > 15);
}

TEST_CASE("beat_the_mean gives all arms their turns while no answers come") {
  joust::beat_the_mean agent{4, {.horizon = 100}};
  joust::stream random{6};
  int turns[4] = {};
  for (auto const& pair : agent.select_batch(400, random)) ++turns[pair.first];
  for (int const n : turns) CHECK(n == 100);
}

namespace {

// Mean average regret on eight arms with p_ij = 1/2 + 0.05 (j - i); every run must find arm 0.
double regret_on_arithmetic8(joust::beat_the_mean_options options, std::uint64_t seed, int runs) {
  double regret = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::beat_the_mean agent{8, options};
    joust::stream g = joust::stream{seed}.child("agent", run);
    joust::stream world = joust::stream{seed}.child("world", run);
    for (std::uint64_t t = 0; t < options.horizon; ++t) {
      auto const [i, j] = agent.select(g);
      regret += 0.025 * static_cast<double>(i + j);
      double const p = 0.5 + 0.05 * (static_cast<double>(j) - static_cast<double>(i));
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p, world));
    }
    CHECK(agent.recommend() == 0);
  }
  return regret / runs;
}

}  // namespace

TEST_CASE("beat_the_mean has the known regret on eight arms of even spacing") {
  // 1000 other runs: mean 3426, standard deviation 350. 4.5 standard errors of a mean of 24 runs are 322.
  CHECK(regret_on_arithmetic8({.horizon = 100'000, .gamma = 1.0, .factor = 1.0}, 11, 24) ==
        Approx(3426.0).margin(322.0));
}

TEST_CASE("beat_the_mean with the constants of its proof plays at random for 100 000 rounds on arXiv-6") {
  // Nobody goes, so the regret is that of uniform pairs, 0.06 a round, and its standard deviation 7.
  joust::beat_the_mean agent{6, {.horizon = 100'000}};
  textbook::table const p = textbook::arxiv6();
  joust::stream g{12};
  double regret = 0.0;
  for (int t = 0; t < 100'000; ++t) {
    auto const [i, j] = agent.select(g);
    regret += 0.5 * (p(0, i) + p(0, j) - 1.0);
    if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), g));
  }
  CHECK(regret == Approx(6000.0).margin(40.0));
}

TEST_CASE("beat_the_mean refuses sums that contradict their terms, and bears shares above 1") {
  joust::beat_the_mean agent{2, {.horizon = 10, .gamma = 1.0, .factor = 0.4}};
  joust::stream g{1};
  for (int t = 0; t < 8; ++t) {
    auto const [i, j] = agent.select(g);
    if (i != j) agent.observe(i, j, joust::first_wins);
  }
  std::string saved = agent.save();
  CHECK(joust::beat_the_mean::load(saved) == agent);
  for (char const* const field : {"comparisons", "turns", "met", "asked"}) {
    CHECK_THROWS_WITH(joust::beat_the_mean::load(agent_laws::forged(saved, field, 0, "77")),
                      Catch::Contains("contradict"));
  }
  CHECK_THROWS_WITH(joust::beat_the_mean::load(agent_laws::forged(saved, "wins", 0, "inf")),
                    Catch::Contains("contradict"));
  saved = agent_laws::forged(agent_laws::forged(saved, "wins", 0, "1000"), "wins", 1, "2000");
  joust::beat_the_mean odd = joust::beat_the_mean::load(saved);
  CHECK(odd.select(g) == joust::pairing{1, 1});
}
