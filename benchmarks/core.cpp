// SPDX-License-Identifier: MIT
//
// What one core of this machine can do: the rates from which the floors of the other benchmarks are made. A round of
// an agent cannot be cheaper than the random words, logarithms and bytes that its algorithm needs.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/logistic_normal.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>

namespace {

void random_word(benchmark::State& state) {
  joust::stream g{1};
  for (auto _ : state) benchmark::DoNotOptimize(g());
}

// A fresh round of a stream: no half of an earlier block is left over.
void first_word_of_a_round(benchmark::State& state) {
  joust::stream const g{1};
  std::uint32_t round = 0;
  for (auto _ : state) {
    joust::stream now = g.at_round(round++);
    benchmark::DoNotOptimize(now());
  }
}

void child_stream(benchmark::State& state) {
  joust::stream const g{1};
  std::uint64_t tag = 0;
  for (auto _ : state) benchmark::DoNotOptimize(g.child(tag++));
}

void uniform_number(benchmark::State& state) {
  joust::stream g{1};
  for (auto _ : state) benchmark::DoNotOptimize(joust::draw_uniform(g));
}

void normal_number(benchmark::State& state) {
  joust::stream g{1};
  boost::random::normal_distribution<double> normal;
  for (auto _ : state) benchmark::DoNotOptimize(normal(g));
}

void logarithm(benchmark::State& state) {
  double x = 1.0;
  for (auto _ : state) benchmark::DoNotOptimize(std::log(x += 1.0));
}

void sigmoid(benchmark::State& state) {
  double x = -5.0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(joust::sigmoid(x));
    x = x > 5.0 ? -5.0 : x + 0.01;
  }
}

void preference_variance(benchmark::State& state) {
  double variance = static_cast<double>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(variance);
    benchmark::DoNotOptimize(joust::logistic_normal(0.3, variance).variance);
  }
}

// The sum of n doubles in 64 independent partial sums: the rate at which bytes come in, by where they lie.
void sum_of(benchmark::State& state) {
  using lane = Eigen::Array<double, 8, 1>;
  std::vector<double> const values(static_cast<std::size_t>(state.range(0)), 1.0);
  for (auto _ : state) {
    lane sums[8];
    for (lane& each : sums) each.setZero();
    for (std::size_t i = 0; i + 64 <= values.size(); i += 64) {
      for (std::size_t k = 0; k < 8; ++k) sums[k] += Eigen::Map<lane const>{values.data() + i + 8 * k};
    }
    for (lane& each : sums) benchmark::DoNotOptimize(each.data()[0]);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * 8);
}

}  // namespace

BENCHMARK(random_word);
BENCHMARK(first_word_of_a_round);
BENCHMARK(child_stream);
BENCHMARK(uniform_number);
BENCHMARK(normal_number);
BENCHMARK(logarithm);
BENCHMARK(sigmoid);
BENCHMARK(preference_variance)->ArgName("variance")->Arg(1)->Arg(100);
BENCHMARK(sum_of)->ArgName("doubles")->Arg(128)->Arg(1024)->Arg(65'536)->Arg(262'144)->Arg(2'097'152)->Arg(
    8'388'608);
