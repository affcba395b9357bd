// SPDX-License-Identifier: MIT
//
// The ensemble posterior at the size of the SEA paper: 20 members of 2048-128-128-1 in float. A round scores
// 32 prompts of 20 candidates, selects a duel for each, and trains for 5 steps of 128 pairs. `product` is the
// floor: one matrix product of the first layer's shape over all scored rows; a round cannot take less time
// than its multiply-adds at that rate. Run on one thread.
//
// Counters: flops of matrix products per second; `floor` the share of the time that they would take at the
// rate of `product`, measured in the same program.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/stream.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/rule/best_arm.hpp>

namespace {

constexpr Eigen::Index dimension = 2048;
constexpr Eigen::Index prompts = 32;
constexpr Eigen::Index candidates = 20;
constexpr Eigen::Index members = 20;
constexpr Eigen::Index width = 128;
constexpr Eigen::Index batch = 128;
constexpr int steps = 5;

using features = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

features random_features(Eigen::Index rows) {
  joust::stream random{2024};
  boost::random::normal_distribution<float> normal;
  return features::NullaryExpr(rows, dimension, [&] { return normal(random); });
}

// Multiply-adds of one input through one member, twice.
constexpr double forward_flops = 2.0 * static_cast<double>(dimension * width + width * width + width);
// Derivatives by all weights, and by the units of the first hidden layer.
constexpr double backward_flops = forward_flops + 2.0 * static_cast<double>(width * width);
constexpr double score_flops = static_cast<double>(prompts * candidates * members) * forward_flops;
constexpr double step_flops = static_cast<double>(2 * batch * members) * (forward_flops + backward_flops);

struct factors {
  Eigen::MatrixXf inputs = random_features(prompts * candidates).transpose();
  Eigen::MatrixXf weights = Eigen::MatrixXf::Random(dimension, members* width);
  Eigen::MatrixXf result = Eigen::MatrixXf::Zero(prompts * candidates, members* width);

  static constexpr double flops =
      2.0 * static_cast<double>(prompts * candidates * dimension * members * width);
  void multiply() { result.noalias() = inputs.transpose() * weights; }
};

// Flops per second of the product, the best of a few.
double product_rate() {
  static double const rate = [] {
    factors shape;
    double best = 0.0;
    for (int repeat = 0; repeat < 7; ++repeat) {
      auto const start = std::chrono::steady_clock::now();
      shape.multiply();
      benchmark::DoNotOptimize(shape.result.data());
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
      best = std::max(best, factors::flops / took.count());
    }
    return best;
  }();
  return rate;
}

void report(benchmark::State& state, double flops) {
  double const work = flops * static_cast<double>(state.iterations());
  state.counters["flops"] = benchmark::Counter(work, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(work / product_rate(), benchmark::Counter::kIsRate);
}

joust::ensemble<float> trained() {
  joust::ensemble<float> posterior{{.dimension = static_cast<std::size_t>(dimension),
                                    .members = static_cast<std::size_t>(members),
                                    .width = static_cast<std::size_t>(width),
                                    .steps = steps,
                                    .batch = static_cast<std::size_t>(batch)}};
  features const phi = random_features(512);
  for (Eigen::Index i = 0; i + 1 < phi.rows(); i += 2) {
    posterior.observe(phi.row(i), phi.row(i + 1), phi(i, 0) > phi(i + 1, 0) ? 1.0 : 0.0);
  }
  posterior.train();
  return posterior;
}

void product(benchmark::State& state) {
  factors shape;
  for (auto _ : state) {
    shape.multiply();
    benchmark::DoNotOptimize(shape.result.data());
  }
  report(state, factors::flops);
}

void score(benchmark::State& state) {
  joust::ensemble<float> posterior = trained();
  features const phi = random_features(prompts * candidates);
  for (auto _ : state) posterior.score(phi);
  report(state, score_flops);
}

void select_duels(joust::ensemble<float>& posterior, joust::stream& random) {
  constexpr auto per_prompt = static_cast<std::size_t>(candidates);
  for (std::size_t x = 0; x < static_cast<std::size_t>(prompts); ++x) {
    auto rewards = posterior.belief(x * per_prompt, per_prompt);
    joust::pairing const duel = joust::best_arm{}(rewards, random);
    benchmark::DoNotOptimize(duel.second);
  }
}

void selection(benchmark::State& state) {
  joust::ensemble<float> posterior = trained();
  posterior.score(random_features(prompts * candidates));
  joust::stream random{7};
  for (auto _ : state) select_duels(posterior, random);
}

void train(benchmark::State& state) {
  joust::ensemble<float> posterior = trained();
  for (auto _ : state) posterior.train();
  report(state, steps * step_flops);
}

void full_round(benchmark::State& state) {
  joust::ensemble<float> posterior = trained();
  features const phi = random_features(prompts * candidates);
  joust::stream random{7};
  for (auto _ : state) {
    posterior.score(phi);
    select_duels(posterior, random);
    posterior.train();
  }
  report(state, score_flops + steps * step_flops);
}

BENCHMARK(product)->Unit(benchmark::kMillisecond);
BENCHMARK(score)->Unit(benchmark::kMillisecond);
BENCHMARK(selection)->Unit(benchmark::kMicrosecond);
BENCHMARK(train)->Unit(benchmark::kMillisecond);
BENCHMARK(full_round)->Unit(benchmark::kMillisecond);

}  // namespace
