// SPDX-License-Identifier: MIT
#include <joust/policy/shared_softmax.hpp>

#include <catch2/catch.hpp>

#include <joust/policy/log_linear.hpp>

#include "finite_policy_checks.hpp"

namespace {

using joust::shared_softmax;
using joust_test::check_close;
using joust_test::parameters_of;
using joust_test::plain_steps;
using joust_test::random_problem;

shared_softmax with_rates(joust_test::finite_problem const& problem, double features, double table) {
  return {problem.base, problem.features, {.features = plain_steps(features), .table = plain_steps(table)}};
}

shared_softmax make(joust::shared_logits base, joust::shared_features features, bool plain) {
  return plain ? shared_softmax{std::move(base),
                                std::move(features),
                                {.features = plain_steps(), .table = plain_steps()}}
               : shared_softmax{std::move(base), std::move(features)};
}

template <class Policy>
void teach(Policy& policy) {
  joust::stream random{4};
  for (int t = 0; t < 10; ++t) {
    for (int n = 0; n < 3; ++n) {
      std::size_t const x = joust::draw_index(3, random);
      policy.accumulate(x, joust::draw_index(6, random), 0.2);
      if (t % 2 == 0) policy.accumulate(x, joust::draw_index(6, random), -0.2);
    }
    policy.step();
  }
}

}  // namespace

TEST_CASE("shared_softmax keeps what a finite policy promises", "[shared_softmax]") {
  joust_test::check_finite_policy(make);
  joust_test::check_features(make);
}

TEST_CASE("shared_softmax is saved and restored", "[shared_softmax]") {
  auto const problem = random_problem(3, 6);
  for (auto const& by : {plain_steps(), joust::optimiser_options{.method = joust::descent::adam}}) {
    shared_softmax const policy{problem.base, problem.features, {.features = by, .table = plain_steps()}};
    joust_test::check_state(policy, [&](std::string const& text) {
      return shared_softmax::load(text, problem.base, problem.features);
    });
  }
}

TEST_CASE("with one rate at zero it is the log-linear or the tabular policy", "[shared_softmax]") {
  auto const problem = random_problem(3, 6);
  auto only_features = with_rates(problem, 0.4, 0.0);
  joust::log_linear linear{problem.base, problem.features, {.optimiser = plain_steps(0.4)}};
  teach(only_features);
  teach(linear);
  check_close(only_features.parameters().first(3), linear.parameters(), 1e-12);
  for (double const entry : only_features.parameters().subspan(3)) CHECK(entry == 0.0);

  auto only_table = with_rates(problem, 0.0, 0.4);
  joust::tabular_softmax table{problem.base, {.optimiser = plain_steps(0.4)}};
  teach(only_table);
  teach(table);
  check_close(only_table.parameters().subspan(3), table.parameters(), 1e-12);
  for (double const entry : only_table.parameters().first(3)) CHECK(entry == 0.0);
}

TEST_CASE("the rates say how much of a lesson is shared", "[shared_softmax]") {
  auto const problem = random_problem(3, 6);
  auto policy = with_rates(problem, 0.3, 0.7);
  std::vector<std::vector<double>> before;
  for (std::size_t x = 0; x < 3; ++x) before.push_back(policy.logits(x));
  policy.accumulate(0, 1, 0.5);
  policy.accumulate(0, 4, -0.5);
  policy.step();
  auto const phi = [&](std::size_t x, std::size_t a) { return problem.features->of(x, a); };
  auto const direction = (0.5 * (phi(0, 1) - phi(0, 4))).eval();
  for (std::size_t x = 0; x < 3; ++x) {
    for (std::size_t a = 0; a < 6; ++a) {
      double const own = x != 0 ? 0.0 : a == 1 ? 0.5 : a == 4 ? -0.5 : 0.0;
      CHECK(policy.logits(x)[a] - before[x][a] ==
            Approx(0.3 * direction.dot(phi(x, a)) + 0.7 * own).margin(1e-14));
    }
  }
}

TEST_CASE("a step moves both parts or neither", "[shared_softmax][fault]") {
  auto const problem = random_problem(3, 6);
  auto policy = with_rates(problem, 1e-3, 1e300);
  policy.accumulate(0, 1, 1e100);
  policy.accumulate(0, 2, -1e100);
  auto const before = policy;
  CHECK_THROWS_AS(policy.step(), std::invalid_argument);
  CHECK(policy == before);
}
