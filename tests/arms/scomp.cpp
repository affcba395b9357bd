// SPDX-License-Identifier: MIT
#include <joust/arms/scomp.hpp>

#include <algorithm>
#include <string>

#include "agent_laws.hpp"
#include "textbook/scomp.hpp"

TEST_CASE("scomp keeps the promises of an agent") {
  agent_laws::check_promises(joust::scomp{});
  agent_laws::check_promises(joust::scomp{{.batches = 4, .adaptive = true}});
  agent_laws::check_soft_outcomes<joust::scomp>();
}

TEST_CASE("scomp needs a horizon, its own or the setting's") {
  CHECK_THROWS_WITH(joust::scomp{3}, Catch::Contains("horizon"));
  CHECK_THROWS_WITH(joust::scomp{}.fresh({.arms = 3}), Catch::Contains("horizon"));
  CHECK(joust::scomp{{.batches = 4}}.fresh({.arms = 3, .horizon = 70}).options() ==
        joust::scomp_options{.horizon = 70, .batches = 4});
}

TEST_CASE("scomp decides as the textbook form does") {
  for (bool const adaptive : {true, false}) {
    for (std::uint64_t const batches : {0U, 3U, 8U}) {
      CHECK(agent_laws::disagreements(
                200, 7, 2500,
                [=](std::size_t k) {
                  return joust::scomp{k, {.horizon = 400, .batches = batches, .adaptive = adaptive}};
                },
                [=](std::size_t k) {
                  return textbook::scomp{k, 400, batches, adaptive};
                }) == 0);
    }
  }
}

namespace {

// A run of four arms in one batch of 1000 comparisons per pair, in which the seeds are as given. The radius
// of 1000 answers is sqrt(ln(6 * 1000 * 16) / 2000) = 0.0757.
struct seeded {
  joust::scomp agent;
  joust::stream random{0};

  seeded(bool adaptive, std::string const& seeds) {
    for (int run = 0; run < 1000; ++run) {
      random = joust::stream{3}.child("run", run);
      agent = joust::scomp{4, {.horizon = 1000, .batches = 1, .adaptive = adaptive}};
      (void)agent.select(random);
      if (agent.save().find("\nis_seed " + seeds + "\n") != std::string::npos) return;
    }
    FAIL("no such seeds");
  }

  // i has won `wins` of 1000 against j.
  void plant(std::size_t i, std::size_t j, int wins) { agent_laws::plant(agent, i, j, wins, 1000 - wins); }

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

TEST_CASE("scomp compares the seeds with all others") {
  CHECK(seeded{false, "0 1 0 0"}.agent.batch_left() == 2999);
  CHECK(seeded{false, "0 1 0 1"}.agent.batch_left() == 4999);  // the two seeds meet once a turn
  CHECK(seeded{true, "0 1 0 0"}.agent.batch_left() == 2999);   // nobody to choose a candidate from
  CHECK(seeded{true, "0 1 0 1"}.agent.batch_left() == 999);
  CHECK(seeded{true, "0 1 1 1"}.agent.batch_left() == 2999);
  seeded even{false, "0 1 0 0"};
  for (std::size_t const j : {0U, 2U, 3U}) even.plant(1, j, 500);
  CHECK(even.next_batch() == " 01 12 13");
}

TEST_CASE("scomp sends an arm away that a seed has beaten by a radius") {
  for (int const wins : {575, 576}) {
    seeded game{false, "0 1 0 0"};
    game.plant(1, 0, wins);
    game.plant(1, 2, 500);
    game.plant(1, 3, 450);
    CHECK(game.next_batch() == (wins == 576 ? " 12 13" : " 01 12 13"));
    CHECK(game.agent.recommend() == 3);
  }
}

TEST_CASE("scomp leaves its seeds behind when an arm has beaten them all by three radii") {
  for (int const wins : {727, 728}) {
    for (int const second : {575, 576}) {
      seeded game{false, "0 1 0 0"};
      game.plant(1, 0, 560);
      game.plant(2, 1, wins);
      game.plant(3, 1, second);
      CHECK(game.next_batch() == (wins == 727 ? " 01 12 13" : second == 575 ? " 22" : " 23"));
      if (wins == 728 && second == 576) CHECK(game.agent.batch_left() == 1000 - 12);  // of the same size
      CHECK(game.agent.recommend() == 2);
    }
  }
  seeded two{false, "0 1 0 1"};  // beating one of them is not enough
  two.plant(1, 3, 500);
  two.plant(2, 1, 800);
  two.plant(2, 3, 700);
  two.plant(0, 1, 500);
  two.plant(0, 3, 500);
  CHECK(two.next_batch() == " 01 03 12 13 23");
}

TEST_CASE("scomp 2 asks for five radii and keeps whoever has three") {
  for (int const wins : {878, 879}) {
    for (int const second : {727, 728}) {
      seeded game{true, "0 1 0 0"};
      game.plant(1, 0, 560);
      game.plant(2, 1, wins);
      game.plant(3, 1, second);
      CHECK(game.next_batch() == (wins == 878 ? " 01 12 13" : second == 727 ? " 22" : " 23"));
    }
  }
}

TEST_CASE("scomp 2 sends the strongest seed against the others, and beaten seeds away") {
  for (int const wins : {430, 510, 600}) {
    seeded game{true, "0 1 0 1"};
    game.plant(1, 3, wins);
    CHECK(game.next_batch() == (wins == 430 ? " 03 13 23" : wins == 510 ? " 01 12 13" : " 01 12"));
  }
}

TEST_CASE("scomp draws each arm as a seed with chance 1 / sqrt(K), and at least one") {
  double sum = 0.0;
  for (int run = 0; run < 2000; ++run) {
    joust::scomp agent{16, {.horizon = 10, .batches = 3}};  // each pair twice
    joust::stream random = joust::stream{4}.child("run", run);
    (void)agent.select(random);
    std::string const saved = agent.save();
    std::size_t const at = saved.find("\nis_seed") + 1;
    std::string const line = saved.substr(at, saved.find('\n', at) - at);
    auto const seeds = static_cast<double>(std::count(line.begin(), line.end(), '1'));
    double const others = 16.0 - seeds;
    CHECK(static_cast<double>(agent.batch_left() + 1) ==
          2.0 * (seeds * others + 0.5 * seeds * (seeds - 1.0)));
    sum += seeds;
  }
  // Binomial of mean 4 and variance 3, with 0 (chance 0.01) counting as 1: 4.5 standard errors are 0.174.
  CHECK(sum / 2000 == Approx(4.01).margin(0.175));
}

TEST_CASE("scomp fixes the pairs of a batch before it is asked") {
  for (bool const adaptive : {true, false}) {
    joust::scomp agent{7, {.horizon = 10'000, .adaptive = adaptive}};
    joust::stream random{2};
    for (int batch = 0; batch < 16; ++batch) {
      auto const [a, b] = agent.select(random);
      agent.observe(a, b, a < b ? 1.0 : a > b ? 0.0 : 0.5);
      joust::scomp together = agent;
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
}

TEST_CASE("scomp goes on where answers are lost") {
  joust::scomp agent{4, {.horizon = 1000, .batches = 3}};
  joust::stream random{5};
  std::uint64_t most = 0;
  for (int t = 0; t < 3000; ++t) {
    (void)agent.select(random);
    most = std::max(most, agent.batch_left());
  }
  CHECK(most >= 299);  // the second batch, of 100 comparisons a pair, has begun
}

namespace {

// Mean average regret on 32 arms with p_ij = 1/2 + 0.4 (j - i) / 31.
double regret_on_32_arms(joust::scomp_options options, std::uint64_t seed, int runs) {
  double regret = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::scomp agent{32, options};
    joust::stream g = joust::stream{seed}.child("agent", run);
    joust::stream world = joust::stream{seed}.child("world", run);
    for (std::uint64_t t = 0; t < options.horizon; ++t) {
      auto const [i, j] = agent.select(g);
      regret += 0.2 / 31.0 * static_cast<double>(i + j);
      double const p = 0.5 + 0.4 / 31.0 * (static_cast<double>(j) - static_cast<double>(i));
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p, world));
    }
  }
  return regret / runs;
}

}  // namespace

TEST_CASE("scomp has the known regret on 32 arms of even spacing, where all pairs are too many") {
  // 1000 other runs: mean 16177, standard deviation 3911. 4.5 standard errors of a mean of 60 runs are 2272.
  CHECK(regret_on_32_arms({.horizon = 100'000}, 11, 60) == Approx(16177.0).margin(2272.0));
  // 1000 other runs: mean 9099, standard deviation 4750. 4.5 standard errors of a mean of 60 runs are 2760.
  CHECK(regret_on_32_arms({.horizon = 100'000, .adaptive = true}, 11, 60) == Approx(9099.0).margin(2760.0));
}

TEST_CASE("scomp refuses a state whose seeds are out of play or whose answers are none") {
  seeded start{false, "1 0 0 0"};
  std::string const saved = start.agent.save();
  CHECK(joust::scomp::load(saved) == start.agent);
  CHECK_THROWS_WITH(joust::scomp::load(agent_laws::forged(saved, "out", 0, "1")),
                    Catch::Contains("contradict"));
  CHECK_THROWS_WITH(joust::scomp::load(agent_laws::forged(saved, "is_seed", 0, "0")),
                    Catch::Contains("contradict"));
  for (char const* const wins : {"1e300", "inf", "-1"}) {
    CHECK_THROWS_WITH(joust::scomp::load(agent_laws::forged(saved, "batch.wins", 1, wins)),
                      Catch::Contains("contradict"));
  }
}
