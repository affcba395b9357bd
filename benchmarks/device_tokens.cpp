// SPDX-License-Identifier: MIT
//
// Log-probabilities of 512 tokens from a vocabulary of 32000 words, and the gradient that overwrites the
// logits, in float and bfloat16. `copy` is what the machine's memory can do: a block copied by the same
// system, bytes in and out counted. A log-probability cannot take less time than reading the logits at that
// rate, a gradient than reading and writing them.
//
// Counters: bytes per second; `floor` the share of the time that the bytes would take at the rate of `copy`,
// measured in the same program. An iteration works on each of four blocks, so that none is in a cache, and
// then waits for the device.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/bfloat16.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/logits_block.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/token_gradients.hpp>
#include <joust/device/token_log_probabilities.hpp>

#include "device_copy.hpp"

namespace {

using namespace joust::device;

constexpr std::size_t rows = 512;
constexpr std::size_t vocabulary = 32'000;
constexpr std::size_t sets = 4;  // 256 MB of float: larger than any cache

template <class T>
struct fill_logits {
  T* to;
  std::uint64_t seed;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    // Numbers in [-8, 8), one multiplication each: how they are spread does not matter here.
    std::uint64_t const mixed = (i + seed) * 0x9e3779b97f4a7c15U;
    to[i] = T(static_cast<float>(mixed >> 40U) * 0x1p-20F - 8.0F);
  }
};
struct fill_tokens {
  token_number* to;
  JOUST_HOST_DEVICE void operator()(std::size_t r) const {
    to[r] = static_cast<token_number>(r * 977 % vocabulary);
  }
};
struct fill_slopes {
  double* to;
  JOUST_HOST_DEVICE void operator()(std::size_t r) const { to[r] = r % 2 == 0 ? 0.01 : -0.02; }
};

template <class T>
struct inputs {
  queue order;
  std::vector<buffer<T>> blocks;
  buffer<token_number> tokens{rows};
  buffer<double> slopes{rows};
  buffer<double> log_probabilities{rows};
  buffer<row_normaliser> normalisers{rows};
  token_space space;

  inputs() {
    for (std::size_t k = 0; k < sets; ++k) {
      blocks.emplace_back(rows * vocabulary);
      for_each_index(order, rows * vocabulary, fill_logits<T>{blocks[k].data(), k << 32U});
    }
    for_each_index(order, rows, fill_tokens{tokens.data()});
    for_each_index(order, rows, fill_slopes{slopes.data()});
    score(blocks[0]);  // normalisers, and the memory to work in
    order.wait();
  }

  static logits_block<T> view(buffer<T>& block) { return {block.data(), rows, vocabulary}; }

  void score(buffer<T>& block) {
    token_log_probabilities(order, view(block), {tokens.data(), rows}, {log_probabilities.data(), rows},
                            {normalisers.data(), rows}, space);
  }
  void differentiate(buffer<T>& block) {
    token_gradients(order, view(block), {tokens.data(), rows}, {normalisers.data(), rows},
                    {slopes.data(), rows});
  }
};

void copy(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(device_copy::rate());
  state.counters["bytes"] = device_copy::rate();
}

// `passes` through all blocks in an iteration.
template <class T>
void report(benchmark::State& state, std::size_t passes) {
  double const moved = static_cast<double>(state.iterations()) *
                       static_cast<double>(passes * sets * rows * vocabulary * sizeof(T));
  state.counters["bytes"] = benchmark::Counter(moved, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(moved / device_copy::rate(), benchmark::Counter::kIsRate);
}

template <class T>
void log_probability(benchmark::State& state) {
  inputs<T> in;
  for (auto _ : state) {
    for (auto& block : in.blocks) in.score(block);
    in.order.wait();
  }
  report<T>(state, 1);
}

// Gradients overwrite logits: what is differentiated from the second iteration on are gradients themselves.
// They cost the same.
template <class T>
void gradient(benchmark::State& state) {
  inputs<T> in;
  for (auto _ : state) {
    for (auto& block : in.blocks) in.differentiate(block);
    in.order.wait();
  }
  report<T>(state, 2);
}

// Both, as a training step has them.
template <class T>
void both(benchmark::State& state) {
  inputs<T> in;
  for (auto _ : state) {
    for (auto& block : in.blocks) {
      in.score(block);
      in.differentiate(block);
    }
    in.order.wait();
  }
  report<T>(state, 3);
}

BENCHMARK(copy)->Iterations(1);
BENCHMARK_TEMPLATE(log_probability, float)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(log_probability, bfloat16)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(gradient, float)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(gradient, bfloat16)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(both, float)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(both, bfloat16)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
