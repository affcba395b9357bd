// SPDX-License-Identifier: MIT
#include <joust/environment/bradley_terry_fit.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/baseball1987.hpp>

namespace {

double log_likelihood(joust::duel_log const& log, std::vector<double> const& u) {
  double sum = 0.0;
  for (auto const& r : log.records()) {
    double const d = u[r.first] - u[r.second];
    sum += static_cast<double>(r.count) *
           (r.outcome * joust::log_sigmoid(d) + (1.0 - r.outcome) * joust::log_sigmoid(-d));
  }
  return sum;
}

// The largest |wins - expected wins| of an arm.
double largest_surplus(joust::duel_log const& log, std::vector<double> const& u) {
  std::vector<double> surplus(u.size(), 0.0);
  for (auto const& r : log.records()) {
    double const p = 1.0 / (1.0 + std::exp(u[r.second] - u[r.first]));
    surplus[r.first] += static_cast<double>(r.count) * (r.outcome - p);
    surplus[r.second] -= static_cast<double>(r.count) * (r.outcome - p);
  }
  double largest = 0.0;
  for (double const s : surplus) largest = std::fmax(largest, std::fabs(s));
  return largest;
}

std::string refusal(joust::duel_log const& log) {
  try {
    static_cast<void>(joust::bradley_terry_fit(log));
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "accepted";
}

}  // namespace

TEST_CASE("bradley_terry_fit: the published abilities of baseball 1987", "[bradley_terry_fit]") {
  auto const fit = joust::bradley_terry_fit(joust::baseball1987());
  std::vector<double> const published{1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0};
  for (std::size_t i = 0; i < published.size(); ++i) {
    CHECK(fit.utilities[i] - fit.utilities[6] == Approx(published[i]).margin(0.005));
  }
  CHECK(fit.names.front() == "Milwaukee");
  CHECK(fit.steps < 8);
  auto const truth = fit.environment();
  CHECK(truth.best_arm() == 0);
  CHECK(truth.name(1) == "Detroit");
  CHECK(truth.knows(joust::regret_kind::utility));
  CHECK(truth.probability(0, 6) ==
        Approx(1.0 / (1.0 + std::exp(fit.utilities[6] - fit.utilities[0]))).epsilon(1e-14));
}

TEST_CASE("bradley_terry_fit: two arms in closed form", "[bradley_terry_fit]") {
  for (std::uint64_t const wins : {1ULL, 3ULL, 1'000ULL, 1'000'000'000ULL}) {
    joust::duel_log log{{"a", "b"}};
    log.add({0, 1, joust::first_wins, wins});
    log.add({0, 1, joust::second_wins, 1});
    auto const fit = joust::bradley_terry_fit(log, {.tolerance = 1e-12});
    CHECK(fit.utilities[0] - fit.utilities[1] == Approx(std::log(static_cast<double>(wins))).margin(1e-3));
    CHECK(fit.utilities[0] + fit.utilities[1] == Approx(0.0).margin(1e-12));
    if (wins <= 1'000) {
      CHECK(fit.utilities[0] - fit.utilities[1] == Approx(std::log(static_cast<double>(wins))).margin(1e-9));
    }
  }
}

TEST_CASE("bradley_terry_fit: is the top of the likelihood on random logs", "[bradley_terry_fit]") {
  joust::stream random{81};
  for (int trial = 0; trial < 30; ++trial) {
    std::size_t const arms = 2 + joust::draw_index(8, random);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < arms; ++i) names.push_back("arm " + std::to_string(i));
    joust::duel_log log{names};
    // A ring of wins fulfils Ford's condition; the rest is chance, ties and soft judgements included.
    for (std::size_t i = 0; i < arms; ++i) log.add({i, (i + 1) % arms, joust::first_wins});
    for (std::size_t duel = 0; duel < 4 * arms; ++duel) {
      std::size_t const a = joust::draw_index(arms, random);
      std::size_t const b = (a + 1 + joust::draw_index(arms - 1, random)) % arms;
      log.add({a, b, 0.25 * static_cast<double>(joust::draw_index(5, random)),
               1 + joust::draw_index(50, random)});
    }
    auto const fit = joust::bradley_terry_fit(log);
    CHECK(largest_surplus(log, fit.utilities) < 1e-9 * static_cast<double>(log.duels()));
    CHECK(std::accumulate(fit.utilities.begin(), fit.utilities.end(), 0.0) == Approx(0.0).margin(1e-10));
    CHECK(fit.log_likelihood == Approx(log_likelihood(log, fit.utilities)).epsilon(1e-12));
    for (std::size_t i = 0; i < arms; ++i) {
      for (double const step : {-1e-3, 1e-3}) {
        auto moved = fit.utilities;
        moved[i] += step;
        CHECK(log_likelihood(log, moved) < fit.log_likelihood);
      }
    }
  }
}

TEST_CASE("bradley_terry_fit: converges from far away", "[bradley_terry_fit]") {
  // A chain in which everyone beats the next 100 000 times to 1: utilities from 0 to -69 in 6 large steps.
  joust::duel_log log{{"a", "b", "c", "d", "e", "f", "g"}};
  for (std::size_t i = 0; i + 1 < log.arms(); ++i) {
    log.add({i, i + 1, joust::first_wins, 100'000});
    log.add({i, i + 1, joust::second_wins, 1});
  }
  auto const fit = joust::bradley_terry_fit(log, {.tolerance = 1e-12});
  for (std::size_t i = 0; i + 1 < log.arms(); ++i) {
    CHECK(fit.utilities[i] - fit.utilities[i + 1] == Approx(std::log(1e5)).margin(1e-6));
  }
}

TEST_CASE("bradley_terry_fit: keeps weak links beside strong ones", "[bradley_terry_fit]") {
  // Two pairs that met a million times, joined by three duels: the link alone decides the distance.
  joust::duel_log log{{"a", "b", "c", "d"}};
  log.add({0, 1, joust::first_wins, 600'000});
  log.add({1, 0, joust::first_wins, 400'000});
  log.add({2, 3, joust::first_wins, 900'000});
  log.add({3, 2, joust::first_wins, 100'000});
  log.add({1, 2, joust::first_wins, 2});
  log.add({2, 1, joust::first_wins, 1});
  auto const fit = joust::bradley_terry_fit(log);
  CHECK(fit.utilities[0] - fit.utilities[1] == Approx(std::log(1.5)).epsilon(1e-9));
  CHECK(fit.utilities[2] - fit.utilities[3] == Approx(std::log(9.0)).epsilon(1e-9));
  CHECK(fit.utilities[1] - fit.utilities[2] == Approx(std::log(2.0)).epsilon(1e-7));
}

TEST_CASE("bradley_terry_fit: climbs where a full Newton step would overshoot", "[bradley_terry_fit]") {
  // Counts from 1 to a million on a ring with as many chords: undamped Newton steps diverge on some of them.
  joust::stream random{82};
  for (int trial = 0; trial < 300; ++trial) {
    std::size_t const arms = 3 + joust::draw_index(4, random);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < arms; ++i) names.push_back("arm " + std::to_string(i));
    joust::duel_log log{names};
    auto const count = [&] {
      return static_cast<std::uint64_t>(std::pow(10.0, 6.0 * joust::draw_uniform(random)));
    };
    for (std::size_t i = 0; i < arms; ++i) log.add({i, (i + 1) % arms, joust::first_wins, count()});
    for (std::size_t chord = 0; chord < arms; ++chord) {
      std::size_t const a = joust::draw_index(arms, random);
      std::size_t const b = (a + 1 + joust::draw_index(arms - 1, random)) % arms;
      log.add({a, b, joust::first_wins, count()});
    }
    auto const fit = joust::bradley_terry_fit(log);
    CHECK(fit.steps < 60);
    CHECK(largest_surplus(log, fit.utilities) < 1e-12 * static_cast<double>(log.duels()));
  }
}

TEST_CASE("bradley_terry_fit: without Ford's condition the group is named", "[bradley_terry_fit]") {
  joust::duel_log log{{"a", "b", "c", "d"}};
  log.add({0, 1, joust::tie});
  CHECK(refusal(log) ==
        "log: is without a maximum of the likelihood: the group {\"c\", \"d\"} was never compared with the "
        "other arms; expected wins in both directions between any two groups of arms");
  log.add({2, 3, joust::tie});
  CHECK(refusal(log).find("{\"c\", \"d\"} was never compared") != std::string::npos);
  log.add({2, 0, joust::first_wins});
  CHECK(refusal(log).find("{\"c\", \"d\"} was never beaten by any other arm") != std::string::npos);
  log.add({1, 3, joust::first_wins});
  CHECK(refusal(log) == "accepted");

  joust::duel_log loser{{"a", "b", "c"}};
  loser.add({0, 1, joust::first_wins});
  loser.add({1, 0, joust::first_wins});
  loser.add({0, 2, joust::first_wins, 9});
  CHECK(refusal(loser).find("{\"c\"} never beat any other arm") != std::string::npos);
  loser.add({1, 2, 0.999});  // the smallest share of a win is one
  CHECK(refusal(loser) == "accepted");
}

TEST_CASE("bradley_terry_fit: says when its steps run out, and refuses odd options", "[bradley_terry_fit]") {
  auto const log = joust::baseball1987();
  CHECK_THROWS_AS(joust::bradley_terry_fit(log, {.max_steps = 1}), std::runtime_error);
  CHECK_THROWS_AS(joust::bradley_terry_fit(log, {.max_steps = 0}), std::invalid_argument);
  CHECK_THROWS_AS(joust::bradley_terry_fit(log, {.tolerance = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(joust::bradley_terry_fit(log, {.tolerance = std::nan("")}), std::invalid_argument);
}
