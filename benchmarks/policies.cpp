// SPDX-License-Identifier: MIT
//
// Policies over finite response sets: a proposal of 20 samples, and a learning step of 32 pairs of margin
// slopes over as many prompts, for 2,000 and 10,000 responses. 64 prompts, 16 features; the network has one
// hidden layer of 32. Beside them the same step with weights that do not cancel, which needs the expectation
// over all responses, and Adam on a table, which moves every entry.
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/log_linear.hpp>
#include <joust/policy/mlp_softmax.hpp>
#include <joust/policy/shared_logits.hpp>
#include <joust/policy/shared_softmax.hpp>
#include <joust/policy/tabular_softmax.hpp>

namespace {

constexpr std::size_t prompts = 64;
constexpr std::size_t dimension = 16;
constexpr std::size_t pairs = 32;

struct problem {
  joust::shared_logits base;
  joust::shared_features features;

  explicit problem(std::size_t responses) {
    joust::stream random{2026};
    boost::random::normal_distribution<double> normal;
    Eigen::MatrixXd logits(static_cast<Eigen::Index>(responses), static_cast<Eigen::Index>(prompts));
    for (double& logit : logits.reshaped()) logit = normal(random);
    std::vector<double> values(prompts * responses * dimension);
    for (double& value : values) value = normal(random) / 4.0;
    base = std::make_shared<Eigen::MatrixXd const>(logits);
    features = std::make_shared<joust::feature_table const>(prompts, responses, dimension, std::move(values));
  }
};

struct table {
  static auto make(problem const& p) { return joust::tabular_softmax{p.base}; }
};
struct table_with_adam {
  static auto make(problem const& p) {
    return joust::tabular_softmax{p.base, {.optimiser = {.method = joust::descent::adam}}};
  }
};
struct direction {
  static auto make(problem const& p) { return joust::log_linear{p.base, p.features}; }
};
struct both {
  static auto make(problem const& p) { return joust::shared_softmax{p.base, p.features}; }
};
struct network {
  static auto make(problem const& p) { return joust::mlp_softmax{p.base, p.features}; }
};

template <class Kind>
void twenty_samples(benchmark::State& state) {
  problem const p{static_cast<std::size_t>(state.range(0))};
  auto const policy = Kind::make(p);
  joust::stream random{1};
  std::size_t prompt = 0;
  for (auto _ : state) benchmark::DoNotOptimize(policy.sample_batch(++prompt % prompts, 20, random, 0.7));
}

template <class Kind>
void two_log_probabilities(benchmark::State& state) {
  problem const p{static_cast<std::size_t>(state.range(0))};
  auto const policy = Kind::make(p);
  std::vector<std::size_t> const actions{3, 7};
  std::size_t prompt = 0;
  for (auto _ : state) benchmark::DoNotOptimize(policy.log_probabilities(++prompt % prompts, actions));
}

template <class Kind, bool Cancelling>
void step(benchmark::State& state) {
  auto const responses = static_cast<std::size_t>(state.range(0));
  problem const p{responses};
  auto policy = Kind::make(p);
  joust::stream random{1};
  for (auto _ : state) {
    for (std::size_t x = 0; x < pairs; ++x) {
      policy.accumulate(x, joust::draw_index(responses, random), 1e-3);
      if (Cancelling) policy.accumulate(x, joust::draw_index(responses, random), -1e-3);
    }
    policy.step();
  }
}

#define JOUST_OF_EACH(function)                          \
  BENCHMARK(function<table>)->Arg(2000)->Arg(10000);     \
  BENCHMARK(function<direction>)->Arg(2000)->Arg(10000); \
  BENCHMARK(function<both>)->Arg(2000)->Arg(10000);      \
  BENCHMARK(function<network>)->Arg(2000)->Arg(10000)

JOUST_OF_EACH(twenty_samples);
JOUST_OF_EACH(two_log_probabilities);
BENCHMARK(step<table, true>)->Arg(2000)->Arg(10000);
BENCHMARK(step<direction, true>)->Arg(2000)->Arg(10000);
BENCHMARK(step<both, true>)->Arg(2000)->Arg(10000);
BENCHMARK(step<network, true>)->Arg(2000)->Arg(10000);
BENCHMARK(step<table_with_adam, true>)->Arg(2000)->Arg(10000);
BENCHMARK(step<table, false>)->Arg(2000)->Arg(10000);
BENCHMARK(step<direction, false>)->Arg(2000)->Arg(10000);
BENCHMARK(step<network, false>)->Arg(2000)->Arg(10000);

}  // namespace
