// SPDX-License-Identifier: MIT
#include <joust/policy/log_linear.hpp>

#include <catch2/catch.hpp>

#include "finite_policy_checks.hpp"

namespace {

using joust::log_linear;
using joust_test::plain_steps;
using joust_test::random_problem;

log_linear make(joust::shared_logits base, joust::shared_features features, bool plain) {
  return plain ? log_linear{std::move(base), std::move(features), {.optimiser = plain_steps()}}
               : log_linear{std::move(base), std::move(features)};
}

}  // namespace

TEST_CASE("log_linear keeps what a finite policy promises", "[log_linear]") {
  joust_test::check_finite_policy(make);
  joust_test::check_features(make);
}

TEST_CASE("log_linear is saved and restored", "[log_linear]") {
  auto const problem = random_problem(3, 6);
  for (auto const& by : {plain_steps(), joust::optimiser_options{.method = joust::descent::adam}}) {
    log_linear const policy{problem.base, problem.features, {.optimiser = by}};
    joust_test::check_state(policy, [&](std::string const& text) {
      return log_linear::load(text, problem.base, problem.features);
    });
  }
  auto const other = random_problem(3, 6, 3, 77);
  CHECK_THROWS_WITH(
      log_linear::load(make(problem.base, problem.features, true).save(), problem.base, other.features),
      Catch::Contains("other features"));
}

TEST_CASE("the logits are linear in the features", "[log_linear]") {
  auto const problem = random_problem(3, 6, 4);
  auto policy = make(problem.base, problem.features, true);
  std::vector<double> const theta{0.5, -1.0, 2.0, 0.25};
  policy.set_parameters(theta);
  for (std::size_t x = 0; x < 3; ++x) {
    auto const logits = policy.logits(x);
    for (std::size_t a = 0; a < 6; ++a) {
      double expected = (*problem.base)(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(x));
      for (Eigen::Index k = 0; k < 4; ++k) {
        expected += theta[static_cast<std::size_t>(k)] * problem.features->of(x, a)[k];
      }
      CHECK(logits[a] == Approx(expected).epsilon(1e-13));
    }
  }
}

TEST_CASE("the gradient is the feature less its expectation", "[log_linear]") {
  auto const problem = random_problem(3, 6, 4);
  auto const policy = joust_test::stirred(make(problem.base, problem.features, true));
  auto const gradient = joust_test::pending_gradient(policy, [](log_linear& p) { p.accumulate(1, 4, 2.0); });
  auto const p = policy.probabilities(1);
  for (std::size_t k = 0; k < 4; ++k) {
    auto const column = static_cast<Eigen::Index>(k);
    double expected = problem.features->of(1, 4)[column];
    for (std::size_t a = 0; a < 6; ++a) expected -= p[a] * problem.features->of(1, a)[column];
    CHECK(gradient[k] == Approx(2.0 * expected).epsilon(1e-12));
  }
}

TEST_CASE("what is learnt about a response holds for its like to other prompts", "[log_linear]") {
  // Two prompts, two responses, which have the same features for both.
  auto const features =
      std::make_shared<joust::feature_table const>(2, 2, 1, std::vector<double>{1.0, -1.0, 1.0, -1.0});
  auto const base = std::make_shared<Eigen::MatrixXd const>(Eigen::MatrixXd::Zero(2, 2));
  auto policy = make(base, features, true);
  policy.accumulate(0, 0, 0.5);
  policy.accumulate(0, 1, -0.5);
  policy.step();
  CHECK(policy.probabilities(1) == policy.probabilities(0));
  CHECK(policy.probabilities(1)[0] == Approx(1.0 / (1.0 + std::exp(-2.0))));
}
