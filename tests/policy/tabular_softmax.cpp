// SPDX-License-Identifier: MIT
#include <joust/policy/tabular_softmax.hpp>

#include <catch2/catch.hpp>

#include <joust/core/sigmoid.hpp>

#include "finite_policy_checks.hpp"

namespace {

using joust::tabular_softmax;
using joust_test::check_close;
using joust_test::parameters_of;
using joust_test::plain_steps;
using joust_test::random_problem;

tabular_softmax make(joust::shared_logits base, joust::shared_features const&, bool plain) {
  return plain ? tabular_softmax{std::move(base), {.optimiser = plain_steps()}}
               : tabular_softmax{std::move(base)};
}

// log pi(a | x) of a plain table by the textbook: slopes [a = b] - pi(b | x), all of them, all prompts.
struct textbook {
  std::vector<double> table;
  std::vector<double> gradient;
  std::size_t responses;
  Eigen::MatrixXd base;

  std::vector<double> probabilities(std::size_t x) const {
    std::vector<double> logits(responses);
    for (std::size_t a = 0; a < responses; ++a) {
      logits[a] = base(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(x)) + table[x * responses + a];
    }
    return joust_test::softmax(logits);
  }
  void accumulate(std::size_t x, std::size_t a, double weight) {
    auto const p = probabilities(x);
    for (std::size_t b = 0; b < responses; ++b) {
      gradient[x * responses + b] += weight * ((a == b ? 1.0 : 0.0) - p[b]);
    }
  }
};

}  // namespace

TEST_CASE("tabular_softmax keeps what a finite policy promises", "[tabular_softmax]") {
  joust_test::check_finite_policy(make);
}

TEST_CASE("tabular_softmax is saved and restored", "[tabular_softmax]") {
  auto const problem = random_problem(3, 6);
  for (auto const& by :
       {plain_steps(), joust::optimiser_options{.method = joust::descent::sgd, .momentum = 0.9},
        joust::optimiser_options{.method = joust::descent::adam}}) {
    joust_test::check_state(tabular_softmax{problem.base, {.optimiser = by}}, [&](std::string const& text) {
      return tabular_softmax::load(text, problem.base);
    });
  }
  auto const other = random_problem(3, 6, 3, 77);
  CHECK_THROWS_WITH(tabular_softmax::load(tabular_softmax{problem.base}.save(), other.base),
                    Catch::Contains("another base"));
  CHECK_THROWS_AS(tabular_softmax::load(tabular_softmax{problem.base}.save(), nullptr),
                  std::invalid_argument);
}

TEST_CASE("steps follow the textbook under every optimiser", "[tabular_softmax]") {
  auto const problem = random_problem(4, 5);
  std::vector<joust::optimiser_options> const ways = {
      plain_steps(0.7),
      {.method = joust::descent::sgd, .learning_rate = joust::schedule::linear(1.0, 0.1, 10)},
      {.method = joust::descent::sgd, .learning_rate = 0.5, .max_norm = 0.2},
      {.method = joust::descent::sgd, .learning_rate = 0.5, .momentum = 0.8},
      {.method = joust::descent::sgd, .learning_rate = 0.5, .weight_decay = 0.1},
      {.method = joust::descent::adam, .learning_rate = 0.05}};
  for (auto const& by : ways) {
    tabular_softmax policy{problem.base, {.optimiser = by}};
    textbook plain{std::vector<double>(20, 0.0), std::vector<double>(20, 0.0), 5, *problem.base};
    joust::optimiser<double> mover{by};
    joust::stream random{8};
    for (int t = 0; t < 30; ++t) {
      for (int n = 0; n < 3; ++n) {
        std::size_t const x = joust::draw_index(4, random);
        std::size_t const a = joust::draw_index(5, random);
        std::size_t const b = joust::draw_index(5, random);
        double const w = joust::draw_uniform(random) - 0.5;
        policy.accumulate(x, a, w);
        plain.accumulate(x, a, w);
        if (t % 3 == 0) continue;  // weights that cancel, or not
        policy.accumulate(x, b, -w);
        plain.accumulate(x, b, -w);
      }
      policy.step();
      mover.ascend(plain.table, plain.gradient);
      plain.gradient.assign(20, 0.0);
      check_close(policy.parameters(), plain.table, 1e-11);
    }
  }
}

TEST_CASE("a plain step touches what was weighted and nothing else", "[tabular_softmax]") {
  auto const problem = random_problem(4, 5);
  tabular_softmax policy = joust_test::stirred(make(problem.base, nullptr, true));
  auto const before = parameters_of(policy);
  policy.accumulate(2, 1, 0.5);
  policy.accumulate(2, 3, -0.5);
  policy.step();
  for (std::size_t i = 0; i < before.size(); ++i) {
    double const move = i == 11 ? 0.5 : i == 13 ? -0.5 : 0.0;
    CHECK(policy.parameters()[i] == before[i] + move);
  }
  policy.accumulate(1, 0, 1.0);
  auto const middle = parameters_of(policy);
  policy.step();
  for (std::size_t i = 0; i < middle.size(); ++i)
    CHECK((policy.parameters()[i] != middle[i]) == (i / 5 == 1));
}

TEST_CASE("DPO with unlimited answers reaches ref exp(r / beta)", "[tabular_softmax]") {
  Eigen::MatrixXd logits(3, 1);
  logits << 1.0, 0.0, -2.0;
  auto const base = std::make_shared<Eigen::MatrixXd const>(logits);
  std::vector<double> const reward{0.0, 0.5, 2.0};
  double const beta = 0.5;
  tabular_softmax policy{base, {.optimiser = plain_steps(4.0)}};
  tabular_softmax const reference = policy;
  for (int t = 0; t < 3000; ++t) {
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double const margin = policy.log_probability(0, i) - reference.log_probability(0, i) -
                              policy.log_probability(0, j) + reference.log_probability(0, j);
        // d/dmargin of -P log sigmoid(beta margin) - (1 - P) log sigmoid(-beta margin)
        double const slope = beta * (joust::sigmoid(beta * margin) - joust::sigmoid(reward[i] - reward[j]));
        policy.accumulate(0, i, -slope);
        policy.accumulate(0, j, slope);
      }
    }
    policy.step();
  }
  std::vector<double> optimum(3);
  for (std::size_t a = 0; a < 3; ++a) {
    optimum[a] = logits(static_cast<Eigen::Index>(a), 0) + reward[a] / beta;
  }
  check_close(policy.probabilities(0), joust_test::softmax(optimum), 1e-9);
}

TEST_CASE("Adam on a table goes on moving prompts that are not seen again", "[tabular_softmax]") {
  auto const problem = random_problem(2, 3);
  tabular_softmax policy{problem.base, {.optimiser = {.method = joust::descent::adam}}};
  policy.accumulate(0, 0, 0.5);
  policy.accumulate(0, 1, -0.5);
  policy.step();
  double const once = policy.parameters()[0];
  policy.accumulate(1, 0, 0.5);
  policy.step();
  CHECK(policy.parameters()[0] > once);
}

TEST_CASE("a step that would overflow the table is refused", "[tabular_softmax][fault]") {
  auto const problem = random_problem(2, 3);
  tabular_softmax policy{problem.base, {.optimiser = plain_steps(1e200)}};
  policy.accumulate(0, 0, 1e200);
  policy.accumulate(0, 1, -1e200);
  auto const before = policy;
  CHECK_THROWS_AS(policy.step(), std::invalid_argument);
  CHECK(policy == before);
  CHECK_THROWS_WITH((tabular_softmax{problem.base, {.optimiser = {.momentum = 1.0}}}),
                    Catch::StartsWith("momentum: is 1"));
}
