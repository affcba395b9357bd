// SPDX-License-Identifier: MIT
//
// Simulations on the device: whole runs of every agent that has a device form, on K arms whose utilities lie
// at equal distances. Items per second are rounds per second, over all replications.
//
//     simulate/<agent>/K   joust::device::simulate, on all cores or the GPU
//     host/<agent>/K       joust::run of the host's agent, one replication after the other, on one core
//     floor                two Philox blocks in every round, one for the decision and one for the answer: no
//                          simulation with these streams can do with less
//
// The counter of_host is the ratio to the host's rate, of_floor the share of the floor's; both are measured
// in the same program, best of a few. No data are read but the state of the replications, which is meant to
// stay near the processor: so there is one set of inputs.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/simulate.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/utility_link.hpp>
#include <joust/experiment/run.hpp>

namespace {

namespace device = joust::device;

constexpr std::uint64_t horizon = 2'000;
constexpr std::size_t replications = device::on_gpu ? 65'536 : 256;

joust::fixed_arms problem(std::size_t arms) {
  std::vector<double> utilities(arms);
  for (std::size_t i = 0; i < arms; ++i)
    utilities[i] = 2.0 * static_cast<double>(i) / static_cast<double>(arms);
  return {utilities, joust::utility_link::logistic};
}

template <class Work>
double best_rate(double rounds, int repeats, Work const& work) {
  double best = 0.0;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    auto const start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
    best = std::max(best, rounds / took.count());
  }
  return best;
}

template <class Agent>
void play_on_host(Agent const& prototype, joust::fixed_arms arms, std::size_t count) {
  std::vector<std::uint64_t> const end{horizon};
  for (std::size_t r = 0; r < count; ++r) {
    Agent agent = prototype.fresh(arms.shape());
    benchmark::DoNotOptimize(joust::run(agent, arms, {.checkpoints = end}, joust::stream{1}.child(r)));
  }
}

// The rate of one core with the host's agent; measured once for each agent and K.
template <class Agent>
double host_rate(Agent const& prototype, std::size_t arms) {
  constexpr std::size_t count = 4;
  return best_rate(static_cast<double>(count * horizon), 5,
                   [&] { play_on_host(prototype, problem(arms), count); });
}

struct draw_only {
  std::uint64_t* sums;
  JOUST_HOST_DEVICE void operator()(std::size_t n) const {
    joust::stream const random = joust::stream{1}.child(n);
    joust::stream const answers = random.child("oracle");
    joust::stream const decisions = random.child("agent");
    std::uint64_t sum = 0;
    for (std::uint32_t round = 0; round < horizon; ++round) {
      joust::stream answer = answers.at_round(round);
      joust::stream decision = decisions.at_round(round);
      sum += answer() ^ decision();
    }
    sums[n] = sum;
  }
};

double floor_rate() {
  static double const rate = [] {
    device::queue order;
    device::buffer<std::uint64_t> sums{replications};
    return best_rate(static_cast<double>(replications * horizon), 5, [&] {
      device::for_each_index(order, replications, draw_only{sums.data()});
      order.wait();
    });
  }();
  return rate;
}

void draw(benchmark::State& state) {
  device::queue order;
  device::buffer<std::uint64_t> sums{replications};
  for (auto _ : state) {
    device::for_each_index(order, replications, draw_only{sums.data()});
    order.wait();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(replications * horizon));
}
BENCHMARK(draw)->Name("floor")->UseRealTime()->Unit(benchmark::kMillisecond);

template <class Agent>
bool registered(std::string const& name, Agent const& prototype) {
  for (std::size_t const arms : {8U, 16U, 64U}) {
    auto const simulated = [prototype, arms](benchmark::State& state) {
      device::queue order;
      joust::fixed_arms const where = problem(arms);
      double best = 0.0;
      for (auto _ : state) {
        best = std::max(best, best_rate(static_cast<double>(replications * horizon), 1, [&] {
                          benchmark::DoNotOptimize(device::simulate(
                              order, {.checkpoints = {horizon}, .replications = replications, .seed = 1},
                              where, prototype));
                        }));
      }
      state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(replications * horizon));
      state.counters["of_host"] = best / host_rate(prototype, arms);
      state.counters["of_floor"] = best / floor_rate();
    };
    auto const hosted = [prototype, arms](benchmark::State& state) {
      for (auto _ : state) play_on_host(prototype, problem(arms), 1);
      state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(horizon));
    };
    std::string const row = name + '/' + std::to_string(arms);
    benchmark::RegisterBenchmark(("simulate/" + row).c_str(), simulated)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("host/" + row).c_str(), hosted)->Unit(benchmark::kMillisecond);
  }
  return true;
}

bool const all[] = {registered("uniform", joust::uniform_arms{}),
                    registered("rucb", joust::rucb{}),
                    registered("rmed1", joust::rmed1{}),
                    registered("double_thompson", joust::double_thompson{}),
                    registered("self_sparring", joust::self_sparring{}),
                    registered("winner_stays_weak", joust::winner_stays_weak{}),
                    registered("winner_stays_strong", joust::winner_stays_strong{})};

}  // namespace
