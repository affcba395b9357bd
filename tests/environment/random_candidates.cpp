// SPDX-License-Identifier: MIT
#include <joust/environment/random_candidates.hpp>

#include "../oracle/frequency.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

using joust::random_candidates;
using joust::regret_kind;

static_assert(joust::environment<random_candidates::problem>);

TEST_CASE("random_candidates: fresh candidates, one theta", "[random_candidates]") {
  joust::stream random{111};
  auto truth = random_candidates{.candidates = 5, .dimension = 3, .scale = 2.0}.instance(random);
  CHECK(truth.shape() == joust::setting{.arms = 5, .dimension = 3, .fixed_arms = false});
  CHECK(truth.theta().norm() == Approx(2.0).epsilon(1e-14));
  Eigen::VectorXd const theta = truth.theta();
  for (int round = 0; round < 20; ++round) {
    Eigen::MatrixXd const before = truth.features();
    truth.advance(random);
    CHECK_FALSE(truth.features() == before);
    CHECK(truth.theta() == theta);
    for (std::size_t a = 0; a < 5; ++a) {
      auto const row = static_cast<Eigen::Index>(a);
      CHECK(truth.utilities()[a] == Approx(truth.features().row(row).dot(theta)).margin(1e-14));
      CHECK(truth.utilities()[a] <= truth.utilities()[truth.best_arm()]);
    }
    CHECK(truth.probability(1, 2) ==
          Approx(1.0 / (1.0 + std::exp(truth.utilities()[2] - truth.utilities()[1]))).epsilon(1e-13));
  }
}

TEST_CASE("random_candidates: regrets agree with their definitions", "[random_candidates]") {
  joust::stream random{112};
  auto truth = random_candidates{.candidates = 6, .dimension = 4}.instance(random);
  for (int round = 0; round < 20; ++round) {
    truth.advance(random);
    auto const u = truth.utilities();
    double const best = *std::ranges::max_element(u);
    for (std::size_t a = 0; a < 6; ++a) {
      for (std::size_t b = 0; b < 6; ++b) {
        double const utility = best - 0.5 * (u[a] + u[b]);
        double const weak = best - std::max(u[a], u[b]);
        double const preference =
            0.5 * (truth.probability(truth.best_arm(), a) + truth.probability(truth.best_arm(), b) - 1.0);
        CHECK(truth.regret(regret_kind::utility, {a, b}) == Approx(utility).margin(1e-14));
        CHECK(truth.regret(regret_kind::utility_weak, {a, b}) == Approx(weak).margin(1e-14));
        CHECK(truth.regret(regret_kind::preference, {a, b}) == Approx(preference).margin(1e-14));
        bool const first_best = a == truth.best_arm();
        bool const second_best = b == truth.best_arm();
        CHECK(truth.regret(regret_kind::strong_binary, {a, b}) == (first_best && second_best ? 0.0 : 1.0));
        CHECK(truth.regret(regret_kind::weak_binary, {a, b}) == (first_best || second_best ? 0.0 : 1.0));
        std::array<double, joust::regret_kind_count> totals{};
        truth.add_regrets({a, b}, totals);
        truth.add_regrets({a, b}, totals);
        CHECK(totals[joust::slot(regret_kind::utility)] == Approx(2.0 * utility).margin(1e-14));
        CHECK(totals[joust::slot(regret_kind::simple)] == 0.0);
        CHECK(std::isnan(totals[joust::slot(regret_kind::average)]));
        CHECK(std::isnan(totals[joust::slot(regret_kind::borda)]));
      }
      CHECK(truth.simple_regret(a) == best - u[a]);
    }
  }
  CHECK_THROWS_AS(truth.regret(regret_kind::average, {0, 1}), std::invalid_argument);
  CHECK_THROWS_AS(truth.regret(regret_kind::simple, {0, 1}), std::invalid_argument);
  CHECK_THROWS_AS(truth.regret(regret_kind::utility, {0, 6}), std::invalid_argument);
  CHECK_THROWS_AS(truth.simple_regret(6), std::invalid_argument);
  for (regret_kind const kind : joust::regret_kinds) {
    bool const with_rewards = kind == regret_kind::utility || kind == regret_kind::utility_weak ||
                              kind == regret_kind::preference || kind == regret_kind::simple ||
                              kind == regret_kind::strong_binary || kind == regret_kind::weak_binary;
    CHECK(truth.knows(kind) == with_rewards);
  }
}

TEST_CASE("random_candidates: both spreads have the moments they should", "[random_candidates]") {
  joust::stream random{113};
  constexpr int rounds = 500;
  for (auto const spread : {joust::candidate_spread::gaussian, joust::candidate_spread::sphere}) {
    auto truth = random_candidates{.candidates = 10, .dimension = 4, .spread = spread}.instance(random);
    bool const sphere = spread == joust::candidate_spread::sphere;
    double sum = 0.0;
    double squares = 0.0;
    for (int round = 0; round < rounds; ++round) {
      truth.advance(random);
      sum += truth.features().col(1).sum();
      squares += truth.features().col(1).squaredNorm();
      if (sphere) CHECK((truth.features().rowwise().norm().array() - 1.0).abs().maxCoeff() < 1e-14);
    }
    // Variance of a coordinate: 1, or 1/4 on the sphere. Of its square: 2, or 3/24 - 1/16 on the sphere.
    double const n = 10.0 * rounds;
    double const variance = sphere ? 0.25 : 1.0;
    CHECK(std::fabs(sum / n) < 4.5 * std::sqrt(variance / n));
    CHECK(std::fabs(squares / n - variance) < 4.5 * std::sqrt((sphere ? 0.0625 : 2.0) / n));
  }
}

TEST_CASE("random_candidates: answers come with the stated probability", "[random_candidates]") {
  joust::stream random{114};
  auto const truth = random_candidates{.candidates = 3, .dimension = 2}.instance(random);
  for (std::size_t b = 0; b < 3; ++b) {
    auto const ask = [&](joust::stream& g) { return truth.compare(0, b, g); };
    CHECK(joust::testing::standard_errors(ask, truth.probability(0, b), 20'000, 115 + b) < 4.5);
  }
  CHECK_THROWS_AS(truth.compare(0, 3, random), std::invalid_argument);
  CHECK_THROWS_AS(truth.probability(3, 0), std::invalid_argument);
}

TEST_CASE("random_candidates: the stream decides, and nothing else", "[random_candidates]") {
  joust::stream one{116};
  joust::stream two{116};
  random_candidates const family{};
  auto first = family.instance(one);
  auto second = family.instance(two);
  first.advance(one);
  second.advance(two);
  CHECK(first.features() == second.features());
  CHECK(first.theta() == second.theta());
}

TEST_CASE("random_candidates: refuses empty problems", "[random_candidates]") {
  joust::stream random{117};
  CHECK_THROWS_WITH((random_candidates{.candidates = 1}.instance(random)),
                    "candidates: is 1; expected at least 2");
  CHECK_THROWS_AS((random_candidates{.dimension = 0}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((random_candidates{.scale = -1.0}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((random_candidates{.scale = std::numeric_limits<double>::quiet_NaN()}.instance(random)),
                  std::invalid_argument);
  CHECK(random == joust::stream{117});
}
