// SPDX-License-Identifier: MIT
//
// Linear posteriors in batch: 4096 contexts of 32 candidates with 64 features, 20 draws of all rewards, the
// variances of 31 pairs for each context; and the simulation of linear bandits with 16 candidates in 8 and 32
// dimensions. Beside each the core's own form on one thread: linear_belief context after context, which draws
// theta anew for each, and a contextual agent in random_candidates.
//
// `product` is the floor of what is computed: a matrix product of 1024 x 1024 x 1024. Five sets of features
// take turns, 335 MB of doubles, so that none is found in a cache; an iteration looks at one of them and then
// waits for the device. Simulations use no memory to speak of, and have no floor but the work of one round.
//
// Counters: rewards, pairs or rounds per second; `flops` of the solves and products alone, and `floor` the
// share of the time that they would take at the rate of `product`, measured in the same program.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

#include <joust/agent/contextual.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/linear_draws.hpp>
#include <joust/device/linear_posterior.hpp>
#include <joust/device/linear_widths.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/simulate_linear.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/experiment/run.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/thompson.hpp>

namespace {

namespace device = joust::device;
using joust::pairing;
using joust::stream;

constexpr std::size_t contexts = 4096;
constexpr std::size_t each = 32;
constexpr std::size_t candidates = contexts * each;
constexpr std::size_t dimension = 64;
constexpr std::size_t draws = 20;
constexpr std::size_t sets = 5;

// Flops per second of a square product, the best of a few.
template <class T>
double product_rate() {
  static double const rate = [] {
    constexpr std::size_t side = 1024;
    device::queue const order;
    device::buffer<T> const left{std::vector<T>(side * side, T(0.5))};
    device::buffer<T> const right{std::vector<T>(side * side, T(0.25))};
    device::buffer<T> result{side * side};
    device::detail::gemm_context context;
    double best = 0.0;
    for (int repeat = 0; repeat < 7; ++repeat) {
      auto const start = std::chrono::steady_clock::now();
      device::detail::gemm<T>(order, context, {.rows = side, .columns = side, .inner = side},
                              {.data = left.data(), .lead = side}, {.data = right.data(), .lead = side},
                              {.data = result.data(), .lead = side});
      order.wait();
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
      best = std::max(best, 2.0 * static_cast<double>(side * side * side) / took.count());
    }
    return best;
  }();
  return rate;
}

template <class T>
void product(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(product_rate<T>());
  state.counters["flops"] = product_rate<T>();
}

template <class T>
void report(benchmark::State& state, char const* things, double count, double flops) {
  auto const rounds = static_cast<double>(state.iterations());
  state.counters[things] = benchmark::Counter(rounds * count, benchmark::Counter::kIsRate);
  state.counters["flops"] = benchmark::Counter(rounds * flops, benchmark::Counter::kIsRate);
  state.counters["floor"] =
      benchmark::Counter(rounds * flops / product_rate<T>(), benchmark::Counter::kIsRate);
}

// The same for all benchmarks: a posterior that has learnt from some hundred duels, and features in [-1, 1].
joust::linear_logistic const& taught() {
  static joust::linear_logistic const posterior = [] {
    joust::linear_logistic learner{{.dimension = dimension}};
    stream random{2026};
    auto const d = static_cast<Eigen::Index>(dimension);
    auto const number = [&] { return 2.0 * joust::draw_uniform(random) - 1.0; };
    for (int t = 0; t < 400; ++t) {
      Eigen::VectorXd const first = Eigen::VectorXd::NullaryExpr(d, number);
      Eigen::VectorXd const second = Eigen::VectorXd::NullaryExpr(d, number);
      learner.observe(first, second, first.sum() > second.sum() ? 1.0 : 0.0);
    }
    return learner;
  }();
  return posterior;
}

template <class T>
std::vector<T> features_of(std::size_t set) {
  stream random = stream{7}.child(set);
  std::vector<T> values(candidates * dimension);
  for (T& value : values) value = static_cast<T>(2.0 * joust::draw_uniform(random) - 1.0);
  return values;
}

template <class T>
std::vector<device::buffer<T>> all_features() {
  std::vector<device::buffer<T>> result;
  for (std::size_t set = 0; set < sets; ++set) result.emplace_back(features_of<T>(set));
  return result;
}

constexpr double score_flops = 2.0 * static_cast<double>(candidates * draws * dimension);
constexpr double solve_flops = static_cast<double>(dimension * dimension);  // for one right side

template <class T>
void shared_draws(benchmark::State& state) {
  device::queue const order;
  device::linear_posterior<T> const posterior{taught()};
  std::vector<device::buffer<T>> const features = all_features<T>();
  device::buffer<T> rewards{candidates * draws};
  device::linear_draws<T> draw;
  std::uint64_t round = 0;
  for (auto _ : state) {
    auto const& set = features[round % sets];
    draw(order, posterior, {set.data(), set.size()}, draws, stream{round++}, {rewards.data(), rewards.size()},
         candidates);
    order.wait();
  }
  report<T>(state, "rewards", static_cast<double>(candidates * draws), score_flops + draws * solve_flops);
}

template <class T>
void draws_of_each_context(benchmark::State& state) {
  device::queue const order;
  device::linear_posterior<T> const posterior{taught()};
  std::vector<device::buffer<T>> const features = all_features<T>();
  std::vector<std::size_t> bounds(contexts + 1);
  for (std::size_t b = 0; b <= contexts; ++b) bounds[b] = b * each;
  device::buffer<std::size_t> const offsets{bounds};
  device::buffer<T> rewards{candidates * draws};
  device::linear_draws<T> draw;
  std::uint64_t round = 0;
  for (auto _ : state) {
    auto const& set = features[round % sets];
    draw.of_each_context(order, posterior, {set.data(), set.size()}, {offsets.data(), offsets.size()}, draws,
                         stream{round++}, {rewards.data(), rewards.size()}, candidates);
    order.wait();
  }
  report<T>(state, "rewards", static_cast<double>(candidates * draws),
            score_flops + static_cast<double>(contexts * draws) * solve_flops);
}

template <class T>
void widths(benchmark::State& state) {
  device::queue const order;
  device::linear_posterior<T> const posterior{taught()};
  std::vector<device::buffer<T>> const features = all_features<T>();
  std::vector<pairing> asked;
  for (std::size_t i = 0; i < candidates; ++i) {
    if (i % each != 0) asked.push_back({i - i % each, i});
  }
  device::buffer<pairing> const pairs{asked};
  device::buffer<T> variances{pairs.size()};
  device::linear_widths<T> belief;
  std::size_t round = 0;
  for (auto _ : state) {
    auto const& set = features[round++ % sets];
    belief.whiten(order, posterior, {set.data(), set.size()});
    belief.pair_variances(order, {pairs.data(), pairs.size()}, {variances.data(), variances.size()});
    order.wait();
  }
  report<T>(
      state, "pairs", static_cast<double>(pairs.size()),
      static_cast<double>(candidates) * solve_flops + 3.0 * static_cast<double>(pairs.size() * dimension));
}

// The core's form. A context's features are a matrix of its own, as a user of the core would have them.
std::vector<Eigen::MatrixXd> host_contexts(std::size_t count) {
  stream random{8};
  std::vector<Eigen::MatrixXd> result;
  for (std::size_t b = 0; b < count; ++b) {
    result.push_back(Eigen::MatrixXd::NullaryExpr(static_cast<Eigen::Index>(each),
                                                  static_cast<Eigen::Index>(dimension),
                                                  [&] { return 2.0 * joust::draw_uniform(random) - 1.0; }));
  }
  return result;
}

void core_draws(benchmark::State& state) {
  joust::linear_logistic posterior = taught();
  std::vector<Eigen::MatrixXd> const features = host_contexts(contexts);
  std::vector<double> rewards(each * draws);
  stream random{9};
  for (auto _ : state) {
    for (Eigen::MatrixXd const& phi : features) {
      auto belief = posterior.at(phi);
      for (std::size_t k = 0; k < draws; ++k) {
        auto const drawn = belief.draw(random);
        std::copy(drawn.begin(), drawn.end(), rewards.begin() + static_cast<std::ptrdiff_t>(k * each));
      }
      benchmark::DoNotOptimize(rewards.data());
      benchmark::ClobberMemory();
    }
  }
  report<double>(state, "rewards", static_cast<double>(candidates * draws),
                 score_flops + static_cast<double>(contexts * draws) * solve_flops);
}

void core_widths(benchmark::State& state) {
  joust::linear_logistic posterior = taught();
  std::vector<Eigen::MatrixXd> const features = host_contexts(contexts);
  for (auto _ : state) {
    for (Eigen::MatrixXd const& phi : features) {
      auto belief = posterior.at(phi);
      benchmark::DoNotOptimize(belief.pair_variances(0).data());
    }
  }
  auto const pairs = static_cast<double>(candidates - contexts);
  report<double>(
      state, "pairs", pairs,
      static_cast<double>(candidates) * solve_flops + 3.0 * pairs * static_cast<double>(dimension));
}

constexpr std::array<std::uint64_t, 2> rounds{100, 400};

// Replications enough to fill a GPU, or to be spread over the cores of a host.
constexpr std::size_t replications = device::on_gpu ? std::size_t{1} << 17U : 128;

template <device::linear_rule Rule>
void simulation(benchmark::State& state) {
  device::queue const order;
  device::linear_simulation const options{.rule = Rule,
                                          .dimension = static_cast<std::size_t>(state.range(0)),
                                          .candidates = 16,
                                          .replications = replications};
  std::uint64_t seed = 0;
  for (auto _ : state) {
    auto const curve = device::simulate_linear(order, options, stream{++seed}, rounds);
    benchmark::DoNotOptimize(curve.mean.data());
  }
  state.counters["rounds"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(replications * rounds.back()),
      benchmark::Counter::kIsRate);
}

void core_simulation(benchmark::State& state) {
  auto const d = static_cast<std::size_t>(state.range(0));
  joust::random_candidates const family{
      .candidates = 16, .dimension = d, .spread = joust::candidate_spread::sphere};
  joust::contextual const prototype{joust::linear_logistic{{.dimension = d}},
                                    joust::thompson{{.max_redraws = 0}}};
  std::uint64_t replication = 0;
  for (auto _ : state) {
    stream const random = stream{1}.child(replication++);
    stream birth = random.child("instance");
    joust::random_candidates::problem problem = family.instance(birth);
    joust::contextual agent = prototype;
    auto const played = joust::run(agent, problem, {.checkpoints = rounds}, random);
    benchmark::DoNotOptimize(played.points.data());
  }
  state.counters["rounds"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(rounds.back()),
                         benchmark::Counter::kIsRate);
}

void dimensions(benchmark::internal::Benchmark* b) {
  b->ArgName("d")->Arg(8)->Arg(32)->Unit(benchmark::kMillisecond)->UseRealTime();
}
void batch(benchmark::internal::Benchmark* b) { b->Unit(benchmark::kMillisecond)->UseRealTime(); }

BENCHMARK(product<double>)->Apply(batch);
BENCHMARK(product<float>)->Apply(batch);
BENCHMARK(shared_draws<double>)->Apply(batch);
BENCHMARK(shared_draws<float>)->Apply(batch);
BENCHMARK(draws_of_each_context<double>)->Apply(batch);
BENCHMARK(draws_of_each_context<float>)->Apply(batch);
BENCHMARK(core_draws)->Apply(batch);
BENCHMARK(widths<double>)->Apply(batch);
BENCHMARK(widths<float>)->Apply(batch);
BENCHMARK(core_widths)->Apply(batch);
BENCHMARK(simulation<device::linear_rule::thompson>)->Name("simulation/thompson")->Apply(dimensions);
BENCHMARK(simulation<device::linear_rule::max_pair_ucb>)->Name("simulation/max_pair_ucb")->Apply(dimensions);
BENCHMARK(core_simulation)->Name("core_simulation/thompson")->Apply(dimensions);

}  // namespace
