// SPDX-License-Identifier: MIT
#include <joust/policy/mlp_softmax.hpp>

#include <catch2/catch.hpp>

#include <joust/core/sigmoid.hpp>

#include "finite_policy_checks.hpp"

namespace {

using joust::mlp_softmax;
using joust_test::check_close;
using joust_test::parameters_of;
using joust_test::plain_steps;
using joust_test::random_problem;

auto maker(std::size_t width, std::size_t depth) {
  return [=](joust::shared_logits base, joust::shared_features features, bool plain) {
    joust::mlp_softmax_options options{.width = width, .depth = depth, .seed = 3};
    if (plain) options.optimiser = plain_steps();
    return mlp_softmax{std::move(base), std::move(features), options};
  };
}

}  // namespace

TEST_CASE("mlp_softmax keeps what a finite policy promises", "[mlp_softmax]") {
  joust_test::check_finite_policy(maker(4, 1));
  joust_test::check_finite_policy(maker(3, 2));
  joust_test::check_features(maker(4, 1));
}

TEST_CASE("mlp_softmax is saved and restored", "[mlp_softmax]") {
  auto const problem = random_problem(3, 6);
  for (bool const plain : {true, false}) {
    joust_test::check_state(maker(4, 2)(problem.base, problem.features, plain), [&](std::string const& text) {
      return mlp_softmax::load(text, problem.base, problem.features);
    });
  }
}

TEST_CASE("the logits are those of the network", "[mlp_softmax]") {
  // By hand, layer by layer, unit by unit.
  for (std::size_t const depth : {1U, 2U, 3U}) {
    std::size_t const width = 3;
    auto const problem = random_problem(2, 5, 4);
    auto const policy = joust_test::stirred(maker(width, depth)(problem.base, problem.features, true));
    auto const parameters = parameters_of(policy);
    CHECK(parameters.size() == width * 5 + (depth - 1) * width * (width + 1) + width);
    for (std::size_t a = 0; a < 5; ++a) {
      auto const phi = problem.features->of(1, a);
      std::vector<double> in(phi.begin(), phi.end());
      std::size_t at = 0;
      for (std::size_t l = 0; l < depth; ++l) {
        std::vector<double> out(width);
        for (std::size_t i = 0; i < width; ++i) {
          double sum = parameters[at + width * in.size() + i];
          for (std::size_t k = 0; k < in.size(); ++k) sum += parameters[at + k * width + i] * in[k];
          out[i] = std::tanh(sum);
        }
        at += width * (in.size() + 1);
        in = out;
      }
      double logit = (*problem.base)(static_cast<Eigen::Index>(a), 1);
      for (std::size_t i = 0; i < width; ++i) logit += parameters[at + i] * in[i];
      CHECK(policy.logits(1)[a] == Approx(logit).epsilon(1e-12));
    }
  }
}

TEST_CASE("blocks of responses make no difference", "[mlp_softmax]") {
  // 300 responses take several blocks; the gradient over all of them is still that of the log-probability.
  auto const problem = random_problem(2, 300, 2);
  auto const policy = joust_test::stirred(maker(3, 2)(problem.base, problem.features, true));
  for (std::size_t const a : {0U, 127U, 128U, 299U}) {
    auto const exact = joust_test::pending_gradient(policy, [&](mlp_softmax& p) { p.accumulate(1, a, 1.0); });
    check_close(exact, joust_test::numeric_gradient(policy, 1, a), 1e-8);
  }
  // The same for a sparse gradient of more than a block.
  std::vector<double> sum(policy.parameters().size(), 0.0);
  auto const together = joust_test::pending_gradient(policy, [&](mlp_softmax& p) {
    for (std::size_t a = 0; a < 300; ++a) p.accumulate(0, a, a % 2 == 0 ? 0.125 : -0.125);
  });
  for (std::size_t a = 0; a < 300; ++a) {
    auto const single =
        joust_test::pending_gradient(policy, [&](mlp_softmax& p) { p.accumulate(0, a, 1.0); });
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += (a % 2 == 0 ? 0.125 : -0.125) * single[i];
  }
  check_close(together, sum, 1e-12);
}

TEST_CASE("it learns what no direction in feature space can say", "[mlp_softmax]") {
  // Exclusive or: the good responses are those whose two features differ in sign.
  std::vector<double> const values{1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0};
  auto const features = std::make_shared<joust::feature_table const>(1, 4, 2, values);
  auto const base = std::make_shared<Eigen::MatrixXd const>(Eigen::MatrixXd::Zero(4, 1));
  mlp_softmax policy{base, features, {.width = 16, .optimiser = {.learning_rate = 0.02}}};
  for (int t = 0; t < 500; ++t) {
    for (std::size_t const good : {1U, 2U}) {
      for (std::size_t const bad : {0U, 3U}) {
        double const margin = policy.log_probability(0, good) - policy.log_probability(0, bad);
        double const slope = -joust::sigmoid(-margin);
        policy.accumulate(0, good, -slope);
        policy.accumulate(0, bad, slope);
      }
    }
    policy.step();
  }
  auto const p = policy.probabilities(0);
  CHECK(p[1] + p[2] > 0.95);
  CHECK(p[1] > 0.3);
  CHECK(p[2] > 0.3);
}

TEST_CASE("the seed makes the first weights, the options the network", "[mlp_softmax]") {
  auto const problem = random_problem(2, 5, 4);
  auto const with = [&](joust::mlp_softmax_options options) {
    return mlp_softmax{problem.base, problem.features, options};
  };
  CHECK(with({.seed = 1}) == with({.seed = 1}));
  CHECK(parameters_of(with({.seed = 1})) != parameters_of(with({.seed = 2})));
  // Variance 1 / inputs: 1024 x 4 weights of variance 1/4, whose mean square has deviation 1/4 sqrt(2 /
  // 4096).
  auto const wide = with({.width = 1024});
  double square = 0.0;
  for (double const w : wide.parameters().first(1024 * 4)) square += w * w;
  CHECK(std::fabs(square / 4096.0 - 0.25) < 5.0 * 0.25 * std::sqrt(2.0 / 4096.0));
  for (double const w : wide.parameters().subspan(1024 * 4)) REQUIRE(w == 0.0);
  CHECK_THROWS_WITH(with({.width = 0}), Catch::StartsWith("width: is 0"));
  CHECK_THROWS_WITH(with({.width = 5000}), Catch::StartsWith("width: is 5000"));
  CHECK_THROWS_WITH(with({.depth = 0}), Catch::StartsWith("depth: is 0"));
  CHECK_THROWS_WITH(with({.depth = 9}), Catch::StartsWith("depth: is 9"));
}

TEST_CASE("weights of any size give finite logits", "[mlp_softmax]") {
  auto const problem = random_problem(2, 5, 4);
  auto const policy = joust_test::stirred(maker(4, 2)(problem.base, problem.features, true), 1e4);
  for (double const logit : policy.logits(0)) CHECK(std::isfinite(logit));
  auto learning = policy;
  learning.accumulate(0, 1, 1.0);
  learning.step();
  for (double const p : learning.probabilities(0)) CHECK(std::isfinite(p));
}
