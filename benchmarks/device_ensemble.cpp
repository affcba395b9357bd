// SPDX-License-Identifier: MIT
//
// The ensemble on the device at the size of the SEA paper, 20 members of 2048-128-128-1 in float: scores of
// 640 rows (32 prompts of 20 candidates) and of 16384, and a call of train(), 5 steps of 128 pairs. `loop` is
// the host's own form. `product` is the floor: the first layer's matrix product by the same wrapper, in the
// same numbers; nothing here takes less time than its multiply-adds at that rate.
//
// Rows take turns through 128 MiB of features, so that none is found in a cache (of a host that shares less).
// Time is that of the device: by events on a GPU, by the clock on a host.
//
// Counters: flops of matrix products per second; `floor` the share of the time that they would take at the
// rate of `product`, measured in the same program.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/ensemble.hpp>
#include <joust/device/queue.hpp>
#include <joust/posterior/ensemble.hpp>

namespace {

namespace device = joust::device;
using device::math;

constexpr std::size_t dimension = 2048;
constexpr std::size_t members = 20;
constexpr std::size_t width = 128;
constexpr std::size_t batch = 128;
constexpr std::size_t steps = 5;
constexpr std::size_t stored = 512;
constexpr std::size_t all_rows = 16384;

// Multiply-adds of one input through one member, twice; and those of derivatives by all weights and by the
// units of the first hidden layer.
constexpr double forward_flops = 2.0 * static_cast<double>(dimension * width + width * width + width);
constexpr double backward_flops = forward_flops + 2.0 * static_cast<double>(width * width);
constexpr double train_flops =
    static_cast<double>(steps * 2 * batch * members) * (forward_flops + backward_flops);

// The time of work in a queue, in seconds.
class stopwatch {
 public:
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  explicit stopwatch(device::queue const& order) : order_{order} {
    device::detail::check_cuda(cudaEventCreate(&start_), "making an event");
    device::detail::check_cuda(cudaEventCreate(&end_), "making an event");
  }
  ~stopwatch() {
    static_cast<void>(cudaEventDestroy(start_));
    static_cast<void>(cudaEventDestroy(end_));
  }
  void start() { device::detail::check_cuda(cudaEventRecord(start_, order_.stream()), "recording an event"); }
  [[nodiscard]] double stop() {
    device::detail::check_cuda(cudaEventRecord(end_, order_.stream()), "recording an event");
    device::detail::check_cuda(cudaEventSynchronize(end_), "waiting for an event");
    float milliseconds = 0.0F;
    device::detail::check_cuda(cudaEventElapsedTime(&milliseconds, start_, end_), "reading an event");
    return 1e-3 * static_cast<double>(milliseconds);
  }
#else
  explicit stopwatch(device::queue const&) {}
  void start() { start_ = std::chrono::steady_clock::now(); }
  [[nodiscard]] double stop() const {
    return std::chrono::duration<double>{std::chrono::steady_clock::now() - start_}.count();
  }
#endif
  stopwatch(stopwatch const&) = delete;
  stopwatch& operator=(stopwatch const&) = delete;

 private:
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
  device::queue const& order_;
  cudaEvent_t start_ = nullptr;
  cudaEvent_t end_ = nullptr;
#else
  std::chrono::steady_clock::time_point start_;
#endif
};

std::vector<float> const& features() {
  static std::vector<float> const values = [] {
    std::vector<float> made(all_rows * dimension);
    joust::stream random{2024};
    for (float& value : made) value = static_cast<float>(3.4 * joust::draw_uniform(random) - 1.7);
    return made;
  }();
  return values;
}

device::buffer<float> const& device_features() {
  static device::buffer<float> const values{features()};
  return values;
}

// Flops per second of the product of the first layer over so many rows, the best of a few.
constexpr std::size_t product_rows = device::on_gpu ? 8192 : 640;
constexpr double product_flops = 2.0 * static_cast<double>(product_rows * dimension * members * width);

struct factors {
  device::queue order;
  device::detail::gemm_context context;
  device::buffer<float> weights{std::vector<float>(dimension * members * width, 0.01F)};
  device::buffer<float> result{product_rows * members * width};

  explicit factors(math numbers) : context{numbers} {}

  double time(std::size_t turn) {
    std::size_t const row = turn * product_rows % (all_rows - product_rows + 1);
    stopwatch watch{order};
    watch.start();
    device::detail::gemm<float>(order, context, {product_rows, members * width, dimension},
                                {device_features().data() + row * dimension, dimension, true},
                                {weights.data(), dimension}, {result.data(), product_rows});
    return watch.stop();
  }
};

double product_rate(math numbers) {
  static std::array<double, 3> rates{};
  double& rate = rates[static_cast<std::size_t>(numbers)];
  if (rate == 0.0) {
    factors shape{numbers};
    for (std::size_t turn = 0; turn < 8; ++turn) rate = std::max(rate, product_flops / shape.time(turn));
  }
  return rate;
}

void report(benchmark::State& state, double flops, math numbers) {
  double const work = flops * static_cast<double>(state.iterations());
  state.counters["flops"] = benchmark::Counter(work, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(work / product_rate(numbers), benchmark::Counter::kIsRate);
  state.SetLabel(std::string{names_of(numbers)[static_cast<std::size_t>(numbers)]});
}

Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const> rows_from(
    std::size_t row, std::size_t count) {
  return {features().data() + row * dimension, static_cast<Eigen::Index>(count),
          static_cast<Eigen::Index>(dimension)};
}

joust::ensemble<float> const& trained() {
  static joust::ensemble<float> const posterior = [] {
    joust::ensemble<float> made{{.dimension = dimension,
                                 .members = members,
                                 .width = width,
                                 .steps = steps,
                                 .batch = batch,
                                 .buffer = stored}};
    auto const phi = rows_from(0, 2 * stored);
    for (Eigen::Index i = 0; i < phi.rows(); i += 2) {
      made.observe(phi.row(i), phi.row(i + 1), phi(i, 0) > phi(i + 1, 0) ? 1.0 : 0.0);
    }
    made.train();
    return made;
  }();
  return posterior;
}

void product(benchmark::State& state) {
  auto const numbers = static_cast<math>(state.range(0));
  factors shape{numbers};
  std::size_t turn = 0;
  for (auto _ : state) state.SetIterationTime(shape.time(turn++));
  report(state, product_flops, numbers);
}

void score(benchmark::State& state) {
  auto const rows = static_cast<std::size_t>(state.range(0));
  auto const numbers = static_cast<math>(state.range(1));
  device::queue order;
  device::ensemble<float> posterior{order, trained(), numbers};
  device::buffer<float> rewards{rows * members};
  stopwatch watch{order};
  std::size_t row = 0;
  for (auto _ : state) {
    watch.start();
    posterior.score(order, {device_features().data() + row * dimension, rows * dimension},
                    std::span<float>{rewards.data(), rewards.size()});
    state.SetIterationTime(watch.stop());
    row = row + 2 * rows <= all_rows ? row + rows : 0;
  }
  report(state, static_cast<double>(rows * members) * forward_flops, numbers);
}

void train(benchmark::State& state) {
  auto const numbers = static_cast<math>(state.range(0));
  device::queue order;
  device::ensemble<float> posterior{order, trained(), numbers};
  stopwatch watch{order};
  for (auto _ : state) {
    watch.start();
    posterior.train(order);
    state.SetIterationTime(watch.stop());
  }
  report(state, train_flops, numbers);
}

void score_loop(benchmark::State& state) {
  auto const rows = static_cast<std::size_t>(state.range(0));
  joust::ensemble<float> posterior = trained();
  std::size_t row = 0;
  for (auto _ : state) {
    posterior.score(rows_from(row, rows));
    row = row + 2 * rows <= all_rows ? row + rows : 0;
  }
}

void train_loop(benchmark::State& state) {
  joust::ensemble<float> posterior = trained();
  for (auto _ : state) posterior.train();
}

// Of a host, which is no faster for shorter numbers, only the full ones.
constexpr std::int64_t last_math = device::on_gpu ? 2 : 0;

BENCHMARK(product)->DenseRange(0, last_math)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(score)
    ->ArgsProduct({{640, all_rows}, benchmark::CreateDenseRange(0, last_math, 1)})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(score_loop)->Arg(640)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(train)->DenseRange(0, last_math)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(train_loop)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
