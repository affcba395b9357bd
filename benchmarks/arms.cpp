// SPDX-License-Identifier: MIT
//
// Whole runs of the agents on preference matrices, from the first round to the horizon: select, a coin of the
// right probability, observe. Beside each stands the textbook form, which recomputes every bound or sample in
// every round; items per second are rounds per second, and their ratio is what the incremental forms gain.
// Arguments: arms (6 is arXiv-6, others a random matrix with a Condorcet winner), horizon.
#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "../tests/arms/textbook.hpp"

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/uniform.hpp>

namespace {

textbook::table preferences(std::size_t arms) {
  if (arms == 6) return textbook::arxiv6();
  joust::stream g = joust::stream{1}.child("preferences", arms);
  return textbook::random_condorcet(arms, g);
}

// Arm `winner` of a matrix beats every other, so its row has no entry below 1/2.
std::size_t condorcet_winner(textbook::table const& p) {
  for (std::size_t i = 0;; ++i) {
    bool all = true;
    for (std::size_t j = 0; j < p.arms; ++j) all = all && p(i, j) >= 0.5;
    if (all) return i;
  }
}

template <class Agent>
void play(benchmark::State& state) {
  auto const arms = static_cast<std::size_t>(state.range(0));
  auto const horizon = state.range(1);
  textbook::table const p = preferences(arms);
  std::size_t const winner = condorcet_winner(p);
  std::uint64_t run = 0;
  double regret = 0.0;
  for (auto _ : state) {
    Agent agent{arms};
    joust::stream g = joust::stream{2}.child("agent", run);
    joust::stream world = joust::stream{2}.child("world", run++);
    for (std::int64_t t = 0; t < horizon; ++t) {
      auto const [i, j] = agent.select(g);
      regret += 0.5 * (p(winner, i) + p(winner, j) - 1.0);
      double const y = joust::draw_bernoulli(p(i, j), world);
      agent.observe(i, j, y);
    }
  }
  state.SetItemsProcessed(state.iterations() * horizon);
  state.counters["regret"] = benchmark::Counter(regret, benchmark::Counter::kAvgIterations);
}

// Horizons that the textbook forms can afford too: items per second of the two are to be compared here.
void short_runs(benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond);
  b->Args({6, 100'000})->Args({16, 100'000})->Args({136, 20'000});
}

void all_runs(benchmark::internal::Benchmark* b) {
  short_runs(b);
  b->Args({136, 100'000})->Args({6, 1'000'000})->Args({16, 1'000'000})->Args({136, 1'000'000});
}

}  // namespace

BENCHMARK(play<joust::rucb>)->Apply(all_runs);
BENCHMARK(play<textbook::rucb>)->Apply(short_runs);
BENCHMARK(play<joust::rmed1>)->Apply(all_runs);
BENCHMARK(play<textbook::rmed1>)->Apply(short_runs);
BENCHMARK(play<joust::double_thompson>)->Apply(all_runs);
BENCHMARK(play<textbook::double_thompson>)->Apply(short_runs);
BENCHMARK(play<joust::uniform_arms>)->Apply(all_runs);
