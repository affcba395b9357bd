// SPDX-License-Identifier: MIT
//
// Selection for batches of 4096 and 65536 contexts of 20 candidates, scored by 20 members, in float and
// double; and the answers to 2^20 questions. `loop` is the core's own form on one thread, an ensemble_belief
// for each context; like select, it begins with the members' means. `copy` is the floor: nothing that reads
// all rewards is faster than the machine moves as many bytes.
//
// Sets of rewards take turns, 256 MiB of them, so that none is found in a cache (of a host that shares less);
// an iteration selects once in each, and then waits for the device.
//
// Counters: contexts or questions per second, bytes of rewards per second; `floor` the share of the time that
// these bytes would take at the rate of `copy`, measured in the same program.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/compare.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/select.hpp>
#include <joust/oracle/bradley_terry.hpp>
#include <joust/posterior/ensemble_belief.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/max_pair_ucb.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/thompson.hpp>

namespace {

namespace device = joust::device;
using joust::pairing;
using joust::variance_of;

constexpr std::size_t each = 20;
constexpr std::size_t members = 20;
constexpr std::size_t total_bytes = std::size_t{256} << 20U;

// A batch as in a training loop, and one that a GPU has to work on for a while.
constexpr std::size_t usual = 4096;
constexpr std::size_t large = 65'536;

// Sets of rewards of so many contexts each.
template <class Scalar>
std::vector<std::vector<Scalar>> rewards_of(std::size_t contexts) {
  std::size_t const numbers = contexts * each * members;
  std::vector<std::vector<Scalar>> result(
      (std::max)(std::size_t{1}, total_bytes / (numbers * sizeof(Scalar))));
  joust::stream random{2026};
  for (std::vector<Scalar>& set : result) {
    set.resize(numbers);
    for (Scalar& x : set) x = static_cast<Scalar>(2.0 * joust::draw_uniform(random) - 1.0);
  }
  return result;
}

struct copy_run {
  static constexpr std::size_t length = device::on_gpu ? 1 : 4096;
  double const* from;
  double* to;
  JOUST_HOST_DEVICE void operator()(std::size_t run) const {
    for (std::size_t i = run * length; i < (run + 1) * length; ++i) to[i] = from[i];
  }
};

// Bytes per second, read and written together: the best of a few.
double copy_rate() {
  static double const rate = [] {
    constexpr std::size_t count = total_bytes / 2 / sizeof(double);
    device::queue order;
    device::buffer<double> const from{std::vector<double>(count, 1.0)};
    device::buffer<double> to{std::vector<double>(count, 0.0)};
    double best = 0.0;
    for (int repeat = 0; repeat < 8; ++repeat) {
      auto const start = std::chrono::steady_clock::now();
      for (int n = 0; n < 4; ++n) {
        device::for_each_index(order, count / copy_run::length, copy_run{from.data(), to.data()});
      }
      order.wait();
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
      best = std::max(best, 4.0 * static_cast<double>(total_bytes) / took.count());
    }
    return best;
  }();
  return rate;
}

void report(benchmark::State& state, std::size_t contexts, std::size_t bytes) {
  double const runs = static_cast<double>(state.iterations());
  double const moved = runs * static_cast<double>(bytes);
  state.counters["contexts"] =
      benchmark::Counter(runs * static_cast<double>(contexts), benchmark::Counter::kIsRate);
  state.counters["bytes"] = benchmark::Counter(moved, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(moved / copy_rate(), benchmark::Counter::kIsRate);
}

void copy(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(copy_rate());
  state.counters["bytes"] = copy_rate();
}

template <class Scalar, class Rule>
void select(benchmark::State& state, Rule const& rule) {
  auto const contexts = static_cast<std::size_t>(state.range(0));
  device::queue order;
  std::vector<device::buffer<Scalar>> rewards;
  for (auto const& set : rewards_of<Scalar>(contexts)) rewards.emplace_back(set);
  device::buffer<pairing> pairs{contexts};
  device::selection_space space;
  joust::stream const root{1};
  for (auto _ : state) {
    for (auto const& set : rewards) {
      device::select(order,
                     device::ensemble_beliefs<Scalar>{.rewards = {set.data(), set.size()},
                                                      .members = members,
                                                      .candidates = contexts * each,
                                                      .per_context = each},
                     rule, root, std::span<pairing>{pairs.data(), pairs.size()}, space);
    }
    order.wait();
  }
  report(state, contexts * rewards.size(), contexts * each * members * rewards.size() * sizeof(Scalar));
}

template <class Scalar, class Rule>
void loop(benchmark::State& state, Rule const& rule) {
  auto const contexts = static_cast<std::size_t>(state.range(0));
  auto const rewards = rewards_of<Scalar>(contexts);
  std::vector<pairing> pairs(contexts);
  std::vector<double> means(each);
  std::vector<double> variances(each);
  std::vector<double> centres(each);
  std::vector<double> copied(members * each);
  joust::stream const root{1};
  // As it would be in a program: sizes that the compiler does not know.
  std::size_t const volatile sizes[] = {each, members};
  std::size_t const size = sizes[0];
  std::size_t const count = sizes[1];
  for (auto _ : state) {
    for (auto const& set : rewards) {
      for (std::size_t b = 0; b < contexts; ++b) {
        // An ensemble of floats turns its scores into doubles.
        std::fill(means.begin(), means.end(), 0.0);
        for (std::size_t k = 0; k < count; ++k) {
          Scalar const* const reward = set.data() + k * contexts * size + b * size;
          for (std::size_t i = 0; i < size; ++i) {
            copied[k * size + i] = static_cast<double>(reward[i]);
            means[i] += copied[k * size + i];
          }
        }
        for (double& mean : means) mean /= static_cast<double>(count);
        joust::ensemble_belief belief{{copied.data(), size, means.data(), variances.data(), centres.data()},
                                      size,
                                      count,
                                      joust::variance_divisor::members_less_one};
        joust::stream random = root.child(static_cast<std::uint64_t>(b));
        pairs[b] = rule(belief, random);
      }
      benchmark::DoNotOptimize(pairs.data());
    }
  }
  report(state, contexts * rewards.size(), contexts * each * members * rewards.size() * sizeof(Scalar));
}

constexpr std::size_t questions = std::size_t{1} << 20U;

std::vector<double> utilities() {
  joust::stream random{7};
  std::vector<double> result(2 * questions);
  for (double& u : result) u = 4.0 * joust::draw_uniform(random) - 2.0;
  return result;
}

// Two utilities and a pair are read, an outcome is written.
void report_answers(benchmark::State& state, std::size_t times) {
  double const asked = static_cast<double>(state.iterations()) * static_cast<double>(times * questions);
  double const moved = asked * static_cast<double>(3 * sizeof(double) + sizeof(pairing));
  state.counters["questions"] = benchmark::Counter(asked, benchmark::Counter::kIsRate);
  state.counters["floor"] = benchmark::Counter(moved / copy_rate(), benchmark::Counter::kIsRate);
}

void compare(benchmark::State& state) {
  device::queue order;
  device::buffer<double> const u{utilities()};
  device::buffer<pairing> const pairs{std::vector<pairing>(questions, {0, 1})};
  device::buffer<joust::outcome> outcomes{questions};
  device::bradley_terry const oracle{
      device::action_utilities{.utilities = {u.data(), u.size()}, .per_question = 2}};
  for (auto _ : state) {
    for (std::uint64_t n = 0; n < 4; ++n) {
      device::compare(order, oracle, {pairs.data(), questions}, joust::stream{n},
                      {outcomes.data(), questions});
    }
    order.wait();
  }
  report_answers(state, 4);
}

void compare_loop(benchmark::State& state) {
  std::vector<double> const u = utilities();
  std::vector<pairing> const pairs(questions, {0, 1});
  std::vector<joust::outcome> outcomes(questions);
  joust::bradley_terry const oracle{[&](std::size_t action) { return u[action]; }};
  std::uint64_t n = 0;
  for (auto _ : state) {
    joust::stream const root{n++};
    for (std::size_t i = 0; i < questions; ++i) {
      joust::stream random = root.child(static_cast<std::uint64_t>(i));
      outcomes[i] =
          oracle.compare(joust::no_context{}, 2 * i + pairs[i].first, 2 * i + pairs[i].second, random);
    }
    benchmark::DoNotOptimize(outcomes.data());
  }
  report_answers(state, 1);
}

template <class Scalar, class Rule>
void add(std::string const& name, Rule const& rule) {
  std::string const full = name + (sizeof(Scalar) == sizeof(float) ? "/float" : "/double");
  benchmark::RegisterBenchmark(("loop/" + full).c_str(), loop<Scalar, Rule>, rule)->Arg(usual)->UseRealTime();
  benchmark::RegisterBenchmark(("select/" + full).c_str(), select<Scalar, Rule>, rule)
      ->Arg(usual)
      ->Arg(large)
      ->UseRealTime();
}

template <class Rule>
void add_both(std::string const& name, Rule const& rule) {
  add<float>(name, rule);
  add<double>(name, rule);
}

[[maybe_unused]] bool const added = [] {
  benchmark::RegisterBenchmark("copy", copy)->Iterations(1);
  add_both("passive", joust::passive{});
  add_both("thompson", joust::thompson{});
  add_both("best_arm_by_reward", joust::best_arm{{.criterion = variance_of::reward}});
  add_both("best_arm", joust::best_arm{});
  add_both("max_pair_ucb", joust::max_pair_ucb{});
  benchmark::RegisterBenchmark("compare_loop", compare_loop)->UseRealTime();
  benchmark::RegisterBenchmark("compare", compare)->UseRealTime();
  return true;
}();

}  // namespace
