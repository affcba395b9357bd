// SPDX-License-Identifier: MIT
//
// Losses of 2^20 duels with their slopes, on the device and, as `loop`, by joust::evaluate on one thread.
// `copy` is what the machine's memory can do, bytes in and out counted: no loss that reads duels, outcomes
// and weights and writes slopes, 80 bytes a duel, takes less time than these bytes at that rate.
//
// Counters: duels per second; `floor` the share of the time that the bytes would take at the rate of `copy`,
// measured in the same program. An iteration evaluates each of four batches, so that none is in a cache, and
// then waits for the device.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <joust/core/draw.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/evaluate.hpp>
#include <joust/device/queue.hpp>
#include <joust/loss/any_loss.hpp>

#include "device_copy.hpp"

namespace {

namespace device = joust::device;
using joust::pair_slopes;
using joust::scored_pair;

constexpr std::size_t duels = std::size_t{1} << 20U;
constexpr std::size_t sets = 4;
constexpr std::size_t duel_bytes = sizeof(scored_pair) + 2 * sizeof(double) + sizeof(pair_slopes);

struct host_batch {
  std::vector<scored_pair> pairs{duels};
  std::vector<double> outcomes = std::vector<double>(duels);
  std::vector<double> weights = std::vector<double>(duels, 1.0);
  std::vector<pair_slopes> slopes{duels};

  explicit host_batch(std::uint64_t seed) {
    joust::stream random{seed};
    auto const score = [&] { return -60.0 * joust::draw_uniform(random); };
    auto const length = [&] { return 1.0 + static_cast<double>(joust::draw_index(30, random)); };
    for (std::size_t i = 0; i < duels; ++i) {
      pairs[i] = {score(), score(), score(), score(), length(), length()};
      outcomes[i] = joust::draw_bernoulli(0.5, random);
    }
  }
};

struct device_batch {
  device::buffer<scored_pair> pairs;
  device::buffer<double> outcomes;
  device::buffer<double> weights;
  device::buffer<pair_slopes> slopes;

  explicit device_batch(host_batch const& from)
      : pairs{from.pairs}, outcomes{from.outcomes}, weights{from.weights}, slopes{duels} {}
};

std::vector<host_batch>& host_batches() {
  static std::vector<host_batch> batches = [] {
    std::vector<host_batch> made;
    for (std::uint64_t seed = 0; seed < sets; ++seed) made.emplace_back(seed);
    return made;
  }();
  return batches;
}

std::vector<device_batch>& device_batches() {
  static std::vector<device_batch> batches = [] {
    std::vector<device_batch> made;
    for (host_batch const& batch : host_batches()) made.emplace_back(batch);
    return made;
  }();
  return batches;
}

void report(benchmark::State& state) {
  double const evaluated = static_cast<double>(state.iterations()) * static_cast<double>(sets * duels);
  state.counters["duels"] = benchmark::Counter(evaluated, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(
      evaluated * static_cast<double>(duel_bytes) / device_copy::rate(), benchmark::Counter::kIsRate);
}

void copy(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(device_copy::rate());
  state.counters["bytes"] = device_copy::rate();
}

void loop(benchmark::State& state, joust::any_loss const& loss) {
  for (auto _ : state) {
    for (host_batch& batch : host_batches()) {
      double value = joust::evaluate(loss, batch.pairs, batch.outcomes, batch.weights, batch.slopes);
      benchmark::DoNotOptimize(value);
      benchmark::ClobberMemory();
    }
  }
  report(state);
}

void evaluate(benchmark::State& state, joust::any_loss const& loss) {
  device::queue order;
  device::evaluation_space space;
  device::buffer<double> total{1};
  for (auto _ : state) {
    for (device_batch& batch : device_batches()) {
      device::evaluate(order, loss, {batch.pairs.data(), duels}, {batch.outcomes.data(), duels},
                       {batch.weights.data(), duels}, {batch.slopes.data(), duels}, {total.data(), 1}, space);
    }
    order.wait();
  }
  report(state);
}

[[maybe_unused]] bool const added = [] {
  benchmark::RegisterBenchmark("copy", copy)->Iterations(1);
  for (std::string_view const name :
       {"dpo", "ipo_mean", "apo_zero", "nca", "discopop", "nash_md", "aot_paired", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    benchmark::RegisterBenchmark(("loop/" + std::string{name}).c_str(), loop, loss)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("evaluate/" + std::string{name}).c_str(), evaluate, loss)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
