// SPDX-License-Identifier: MIT
//
// What every policy over finite response sets promises, checked on any of them: against sums over all
// responses, finite differences, and textbook gradients. `make(base, features, sgd)` makes one; with `sgd`
// its steps are the gradient times 1, else its own default.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/samples_at_temperature.hpp>
#include <joust/laws/trainable_policy.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/shared_logits.hpp>
#include <joust/policy/tabular_softmax.hpp>

namespace joust_test {

struct finite_problem {
  joust::shared_logits base;
  joust::shared_features features;
};

inline finite_problem random_problem(std::size_t prompts, std::size_t responses, std::size_t dimension = 3,
                                     std::uint64_t seed = 5) {
  joust::stream random{seed};
  boost::random::normal_distribution<double> normal;
  Eigen::MatrixXd base(static_cast<Eigen::Index>(responses), static_cast<Eigen::Index>(prompts));
  for (double& logit : base.reshaped()) logit = normal(random);
  std::vector<double> values(prompts * responses * dimension);
  for (double& value : values) value = normal(random);
  return {std::make_shared<Eigen::MatrixXd const>(base),
          std::make_shared<joust::feature_table const>(prompts, responses, dimension, std::move(values))};
}

inline joust::optimiser_options plain_steps(double rate = 1.0) {
  return {.method = joust::descent::sgd, .learning_rate = rate};
}

inline std::vector<std::size_t> indices(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// By the definition, from logits.
inline std::vector<double> softmax(std::vector<double> logits, double temperature = 1.0) {
  double const largest = *std::max_element(logits.begin(), logits.end());
  double total = 0.0;
  for (double& l : logits) total += l = std::exp((l - largest) / temperature);
  for (double& l : logits) l /= total;
  return logits;
}

template <class Policy>
std::vector<double> parameters_of(Policy const& policy) {
  return {policy.parameters().begin(), policy.parameters().end()};
}

// Puts random parameters in place, so that nothing is tested at zero alone.
template <class Policy>
Policy stirred(Policy policy, double scale = 0.5, std::uint64_t seed = 9) {
  joust::stream random{seed};
  boost::random::normal_distribution<double> normal;
  std::vector<double> values = parameters_of(policy);
  for (double& value : values) value += scale * normal(random);
  policy.set_parameters(values);
  return policy;
}

inline void check_close(std::span<double const> a, std::span<double const> b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i, a[i], b[i]);
    REQUIRE(std::fabs(a[i] - b[i]) <= tolerance * (1.0 + std::fabs(b[i])));
  }
}

// The move of a step of rate 1 after `accumulate`: the pending gradient.
template <class Policy, class Accumulate>
std::vector<double> pending_gradient(Policy policy, Accumulate accumulate) {
  std::vector<double> const before = parameters_of(policy);
  accumulate(policy);
  policy.step();
  std::vector<double> after = parameters_of(policy);
  for (std::size_t i = 0; i < after.size(); ++i) after[i] -= before[i];
  return after;
}

// grad log pi(a | x) by central differences.
template <class Policy>
std::vector<double> numeric_gradient(Policy policy, std::size_t x, std::size_t a) {
  std::vector<double> values = parameters_of(policy);
  std::vector<double> gradient(values.size());
  constexpr double h = 1e-5;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double const centre = values[i];
    values[i] = centre + h;
    policy.set_parameters(values);
    double const up = policy.log_probability(x, a);
    values[i] = centre - h;
    policy.set_parameters(values);
    double const down = policy.log_probability(x, a);
    values[i] = centre;
    gradient[i] = (up - down) / (2.0 * h);
  }
  return gradient;
}

// A policy at a temperature is a policy.
template <class Policy>
struct at_temperature {
  Policy const* policy;
  double temperature;
  template <class Stream>
  std::size_t sample(std::size_t x, Stream& stream) const {
    return policy->sample(x, stream, temperature);
  }
  double log_probability(std::size_t x, std::size_t a) const {
    return std::log(softmax(policy->logits(x), temperature)[a]);
  }
};

template <class Policy, class Load>
void check_state(Policy policy, Load load) {
  policy.accumulate(0, 0, 0.5);
  policy.accumulate(0, 1, 0.25);
  policy.accumulate(1, 2, -0.5);
  policy.step();
  policy.accumulate(1, 0, 0.125);
  std::string const text = policy.save();
  Policy back = load(text);
  CHECK(back == policy);
  CHECK(back.save() == text);
  for (Policy* each : {&back, &policy}) {
    each->accumulate(2, 1, 1.0);
    each->step();
  }
  CHECK(back == policy);
  CHECK(parameters_of(back) == parameters_of(policy));

  auto const forged = [&](std::string const& line, std::string const& other) {
    std::string changed = text.substr(0, text.rfind("checksum "));
    std::size_t const at = changed.find("\n" + line);
    REQUIRE(at != std::string::npos);
    std::size_t const end = changed.find('\n', at + 1);
    changed.replace(at + 1, end - at - 1, other);
    return changed + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(changed)) + "\n";
  };
  CHECK_THROWS_AS(load(text.substr(0, text.size() / 2)), std::invalid_argument);
  CHECK_THROWS_AS(load(""), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("prompts", "prompts 4")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("responses", "responses 0")), std::invalid_argument);
  CHECK_THROWS_WITH(load(forged("shared", "shared 12345")), Catch::Contains("another base"));
  CHECK_THROWS_AS(load(forged("parameters", "parameters 1: 0")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("parameters", "parameters 18446744073709551615: 0")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("pending_prompts", "pending_prompts 1: 3")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("pending_prompts", "pending_prompts 0:")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("pending_responses", "pending_responses 1: 6")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("pending_weights", "pending_weights 1: inf")), std::invalid_argument);
  CHECK_THROWS_AS(load(forged("pending_weights", "pending_weights 2: 1 1")), std::invalid_argument);
}

template <class Make>
void check_finite_policy(Make const& make) {
  finite_problem const problem = random_problem(3, 6);
  auto const plain = stirred(make(problem.base, problem.features, true));
  using policy = std::remove_cvref_t<decltype(plain)>;
  static_assert(joust::trainable_policy<policy, std::size_t, std::size_t>);
  static_assert(joust::samples_at_temperature<policy, std::size_t, std::size_t>);
  auto const all = indices(6);
  joust::stream random{1};

  // It starts at its base, exactly.
  {
    auto const start = make(problem.base, problem.features, false);
    for (std::size_t x = 0; x < 3; ++x) {
      auto const column = problem.base->col(static_cast<Eigen::Index>(x));
      CHECK(start.logits(x) == std::vector<double>(column.begin(), column.end()));
    }
    CHECK(start.prompts() == 3);
    CHECK(start.responses() == 6);
  }

  // Laws, of the policy and of the policy at temperatures.
  for (std::size_t x = 0; x < 3; ++x) {
    auto const report = joust::laws::trainable_policy(plain, x, all, random.child(x));
    INFO(report.text());
    CHECK(static_cast<bool>(report));
    auto const at_any = joust::laws::samples_at_temperature(plain, x, all, random.child(x).child("at"));
    INFO(at_any.text());
    CHECK(static_cast<bool>(at_any));
    for (double const temperature : {0.1, 0.7, 1.0, 3.0}) {
      auto const tempered = joust::laws::policy(at_temperature<policy>{&plain, temperature}, x, all,
                                                random.child(x).child("tempered"));
      INFO(temperature << '\n' << tempered.text());
      CHECK(static_cast<bool>(tempered));
    }
  }
  {
    auto const by_default = make(problem.base, problem.features, false);
    auto again = by_default;
    again.accumulate(0, 1, 0.5);
    again.step();
    auto const once = parameters_of(again);
    again.step();  // with momentum or Adam it goes on
    bool const adaptive = parameters_of(again) != once;
    auto const report =
        joust::laws::trainable_policy(by_default, std::size_t{0}, all, random, {.plain_gradient = !adaptive});
    INFO(report.text());
    CHECK(static_cast<bool>(report));
  }

  // Probabilities agree with the definition and with each other.
  for (std::size_t x = 0; x < 3; ++x) {
    auto const expected = softmax(plain.logits(x));
    auto const probabilities = plain.probabilities(x);
    auto const logs = plain.log_probabilities(x, all);
    check_close(probabilities, expected, 1e-14);
    for (std::size_t a = 0; a < 6; ++a) {
      CHECK(logs[a] == plain.log_probability(x, a));
      CHECK(logs[a] == Approx(std::log(expected[a])).epsilon(1e-12));
      CHECK(plain.length(x, a) == 1.0);
    }
  }

  // A batch is as many samples.
  {
    joust::stream one{7};
    joust::stream other{7};
    auto const batch = plain.sample_batch(1, 50, one, 0.7);
    for (std::size_t const action : batch) CHECK(plain.sample(1, other, 0.7) == action);
    CHECK(one == other);
    CHECK(plain.sample_batch(1, 0, one).empty());
  }

  // The gradient is that of the log-probability.
  for (std::size_t x = 0; x < 3; ++x) {
    for (std::size_t a = 0; a < 6; a += 2) {
      auto const exact = pending_gradient(plain, [&](policy& p) { p.accumulate(x, a, 1.0); });
      check_close(exact, numeric_gradient(plain, x, a), 1e-8);
    }
  }

  // Weights add up over prompts, responses and repetitions, whether they cancel, over a prompt, or not.
  {
    struct lesson {
      std::size_t x;
      std::size_t a;
      double weight;
    };
    for (auto const& lessons : std::vector<std::vector<lesson>>{
             {{0, 1, 0.3}, {0, 4, -0.3}},
             {{2, 1, 0.3}, {1, 0, 0.1}, {2, 5, -0.3}, {1, 0, -0.1}},
             {{0, 1, 0.1}, {0, 2, 0.2}, {0, 3, -0.1}, {0, 5, -0.2}, {1, 3, 0.7}},
             {{0, 1, 0.1}, {0, 1, 0.1}, {0, 1, -0.2}, {2, 0, 1.5}, {2, 1, 0.5}},
             {{0, 0, 1.0}, {0, 1, 1.0}, {1, 5, -2.0}, {2, 5, -1.0}, {0, 0, -1.0}}}) {
      auto const together = pending_gradient(plain, [&](policy& p) {
        for (auto const& [x, a, weight] : lessons) p.accumulate(x, a, weight);
      });
      std::vector<double> sum(together.size(), 0.0);
      for (auto const& [x, a, weight] : lessons) {
        auto const single =
            pending_gradient(plain, [&, x = x, a = a](policy& p) { p.accumulate(x, a, 1.0); });
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * single[i];
      }
      check_close(together, sum, 1e-13);
    }
  }

  // A step without anything pending changes nothing; weight 0 is nothing.
  {
    policy idle = plain;
    idle.step();
    idle.accumulate(0, 0, 0.0);
    idle.step();
    CHECK(parameters_of(idle) == parameters_of(plain));
  }

  // Greedy is the likeliest, the first of equals.
  for (std::size_t x = 0; x < 3; ++x) {
    auto const logits = plain.logits(x);
    CHECK(plain.greedy(x) ==
          static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
  }

  // The mixture, by its definition: each share of 20,000 within 5 standard deviations.
  {
    auto const reference = make(problem.base, problem.features, true);
    for (double const share : {0.0, 0.3, 1.0}) {
      for (double const temperature : {1.0, 0.5}) {
        std::vector<double> mixed(6);
        for (std::size_t a = 0; a < 6; ++a) {
          mixed[a] = std::pow(plain.probabilities(0)[a], 1.0 - share) *
                     std::pow(reference.probabilities(0)[a], share);
        }
        for (double& m : mixed) m = std::log(m);
        auto const expected = softmax(mixed, temperature);
        constexpr std::size_t n = 20000;
        std::vector<double> counts(6, 0.0);
        for (std::size_t const a : plain.sample_mixture(reference, share, 0, n, random, temperature))
          ++counts[a];
        for (std::size_t a = 0; a < 6; ++a) {
          CAPTURE(share, temperature, a);
          double const mean = static_cast<double>(n) * expected[a];
          CHECK(std::fabs(counts[a] - mean) <= 5.0 * std::sqrt(mean * (1.0 - expected[a])) + 1e-6);
        }
      }
    }
    CHECK_THROWS_WITH(plain.sample_mixture(reference, 1.5, 0, 1, random), Catch::StartsWith("share: is 1.5"));
    CHECK_THROWS_AS(plain.sample_mixture(reference, 0.5, 3, 1, random), std::invalid_argument);
    CHECK_THROWS_AS(plain.sample_mixture(reference, 0.5, 0, 1, random, 0.0), std::invalid_argument);
  }

  // KL by its definition, also against a policy of another kind; nothing against itself.
  {
    auto const reference = make(problem.base, problem.features, true);
    joust::tabular_softmax const table = stirred(joust::tabular_softmax{problem.base}, 1.0, 33);
    auto const brute = [](std::vector<double> const& p, std::vector<double> const& q) {
      double sum = 0.0;
      for (std::size_t a = 0; a < p.size(); ++a) sum += p[a] * std::log(p[a] / q[a]);
      return sum;
    };
    for (std::size_t x = 0; x < 3; ++x) {
      CHECK(plain.kl(plain, x) == 0.0);
      CHECK(plain.kl(reference, x) == Approx(brute(plain.probabilities(x), reference.probabilities(x))));
      CHECK(plain.kl(table, x) == Approx(brute(plain.probabilities(x), table.probabilities(x))));
      CHECK(plain.kl(reference, x) > 0.0);
    }
    auto const elsewhere = random_problem(3, 5);
    CHECK_THROWS_WITH(plain.kl(make(elsewhere.base, elsewhere.features, true), 0),
                      Catch::StartsWith("reference: is over 3 prompts x 5"));
    CHECK_THROWS_AS(plain.kl(reference, 3), std::invalid_argument);
  }

  // A copy is a snapshot.
  {
    policy learning = plain;
    policy const snapshot = learning;
    auto const before = snapshot.probabilities(0);
    learning.accumulate(0, 1, 1.0);
    learning.step();
    CHECK(snapshot.probabilities(0) == before);
    CHECK(learning.probabilities(0) != before);
    CHECK(snapshot == plain);
    CHECK_FALSE(learning == plain);
    CHECK(learning.base() == snapshot.base());
  }

  // What is refused leaves everything as it was.
  {
    policy careful = plain;
    careful.accumulate(0, 1, 0.5);
    policy const before = careful;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(careful.accumulate(0, 0, nan), Catch::StartsWith("weight: is nan"));
    CHECK_THROWS_AS(careful.accumulate(0, 0, infinity), std::invalid_argument);
    CHECK_THROWS_WITH(careful.accumulate(3, 0, 1.0), Catch::StartsWith("prompt: is 3"));
    CHECK_THROWS_WITH(careful.accumulate(0, 6, 1.0), Catch::StartsWith("response: is 6"));
    CHECK_THROWS_AS(careful.log_probability(3, 0), std::invalid_argument);
    CHECK_THROWS_AS(careful.log_probability(0, 6), std::invalid_argument);
    CHECK_THROWS_AS(careful.length(0, 6), std::invalid_argument);
    CHECK_THROWS_AS(careful.sample(3, random), std::invalid_argument);
    CHECK_THROWS_WITH(careful.sample(0, random, 0.0), Catch::StartsWith("temperature: is 0"));
    CHECK_THROWS_AS(careful.sample_batch(0, 2, random, -1.0), std::invalid_argument);
    CHECK_THROWS_AS(careful.sample(0, random, nan), std::invalid_argument);
    CHECK_THROWS_AS(careful.greedy(3), std::invalid_argument);
    std::vector<double> values = parameters_of(careful);
    values.push_back(0.0);
    CHECK_THROWS_WITH(careful.set_parameters(values), Catch::StartsWith("parameters: is of length"));
    values.pop_back();
    values.back() = nan;
    CHECK_THROWS_AS(careful.set_parameters(values), std::invalid_argument);
    CHECK(careful == before);
    // Weights that are finite, and whose sum is not, with and without the expectation over all responses.
    for (double const sign : {1.0, -1.0}) {
      policy overflowing = before;
      overflowing.accumulate(2, 1, 1.7e308);
      overflowing.accumulate(2, 1, 1.7e308);
      overflowing.accumulate(2, 2, sign * 1.7e308);
      overflowing.accumulate(2, 2, sign * 1.7e308);
      policy const loaded = overflowing;
      CHECK_THROWS_AS(overflowing.step(), std::invalid_argument);
      CHECK(overflowing == loaded);
      overflowing.discard();
      overflowing.accumulate(0, 1, 0.5);
      CHECK(overflowing == before);
    }
  }

  // One response is certain; one prompt is enough.
  {
    auto const lonely = random_problem(1, 1);
    auto only = make(lonely.base, lonely.features, true);
    CHECK(only.log_probability(0, 0) == 0.0);
    CHECK(only.sample(0, random) == 0);
    only.accumulate(0, 0, 1.0);
    only.step();
    CHECK(only.probabilities(0) == std::vector<double>{1.0});
    CHECK(only.kl(make(lonely.base, lonely.features, true), 0) == 0.0);
    CHECK(only.greedy(0) == 0);
  }

  // Logits of any size.
  {
    Eigen::MatrixXd extreme(6, 3);
    extreme.setConstant(-1e4);
    extreme(2, 0) = 1e4;
    extreme.col(1).setConstant(1e4);
    auto steep = make(std::make_shared<Eigen::MatrixXd const>(extreme), problem.features, true);
    CHECK(steep.log_probability(0, 2) == 0.0);
    CHECK(steep.log_probability(0, 1) == -2e4);
    CHECK(steep.log_probability(1, 5) == Approx(-std::log(6.0)));
    CHECK(steep.greedy(0) == 2);
    CHECK(steep.greedy(1) == 0);
    for (std::size_t const a : steep.sample_batch(0, 100, random, 100.0)) CHECK(a == 2);
    for (std::size_t const a : steep.sample_batch(0, 100, random, 1e-300)) CHECK(a == 2);
    CHECK(std::isfinite(steep.kl(make(problem.base, problem.features, true), 0)));
    CHECK(make(problem.base, problem.features, true).kl(steep, 0) > 1e4);
    steep.accumulate(0, 1, 0.5);
    steep.accumulate(1, 1, 0.5);
    steep.step();
    for (double const p : steep.probabilities(0)) CHECK(std::isfinite(p));
  }

  // What it cannot be made of.
  {
    CHECK_THROWS_WITH(make(nullptr, problem.features, true), Catch::StartsWith("base: is null"));
    CHECK_THROWS_AS(make(std::make_shared<Eigen::MatrixXd const>(0, 3), problem.features, true),
                    std::invalid_argument);
    Eigen::MatrixXd holed = *problem.base;
    holed(1, 1) = -std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(make(std::make_shared<Eigen::MatrixXd const>(holed), problem.features, true),
                      Catch::StartsWith("base: is -inf"));
  }
}

// Of policies over features.
template <class Make>
void check_features(Make const& make) {
  auto const problem = random_problem(3, 6);
  auto const other = random_problem(3, 5);
  CHECK_THROWS_WITH(make(problem.base, nullptr, true), Catch::StartsWith("features: is null"));
  CHECK_THROWS_WITH(make(problem.base, other.features, true),
                    Catch::StartsWith("features: is about 3 prompts x 5"));
  CHECK(make(problem.base, problem.features, true).features() == problem.features);
  auto const twin = random_problem(3, 6);
  auto const stranger = random_problem(3, 6, 3, 6);
  CHECK(make(problem.base, problem.features, true) == make(problem.base, twin.features, true));
  CHECK_FALSE(make(problem.base, problem.features, true) == make(problem.base, stranger.features, true));
}

}  // namespace joust_test
