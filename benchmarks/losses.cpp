// SPDX-License-Identifier: MIT
//
// Losses of a batch with their slopes, beside two floors: reading the batch and writing the slopes without
// reckoning anything, and taking one exponential per duel on top of that.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/loss/with_divergence.hpp>

namespace {

using joust::pair_slopes;
using joust::scored_pair;

struct batch {
  std::vector<scored_pair> duels;
  std::vector<double> outcomes;
  std::vector<double> weights;
  std::vector<pair_slopes> slopes;

  explicit batch(std::size_t n) : duels(n), outcomes(n), weights(n, 1.0), slopes(n) {
    joust::stream random{1};
    auto const score = [&] { return -60.0 * joust::draw_uniform(random); };
    for (std::size_t i = 0; i < n; ++i) {
      double const chosen_length = 1.0 + static_cast<double>(joust::draw_index(30, random));
      double const rejected_length = 1.0 + static_cast<double>(joust::draw_index(30, random));
      duels[i] = {score(), score(), score(), score(), chosen_length, rejected_length};
      outcomes[i] = joust::draw_bernoulli(0.5, random);
    }
  }
};

void per_duel(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

void floor_copy(benchmark::State& state) {
  batch b{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    for (std::size_t i = 0; i < b.duels.size(); ++i) {
      double const moved = b.weights[i] * (b.duels[i].margin() + b.outcomes[i]);
      b.slopes[i] = {moved * b.duels[i].chosen_length, -moved * b.duels[i].rejected_length};
    }
    benchmark::ClobberMemory();
  }
  per_duel(state);
}
BENCHMARK(floor_copy)->Name("floor/copy")->Arg(128)->Arg(65536);

void floor_exp(benchmark::State& state) {
  batch b{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    for (std::size_t i = 0; i < b.duels.size(); ++i) {
      double const moved = b.weights[i] * std::exp(-0.1 * std::fabs(b.duels[i].margin()) - b.outcomes[i]);
      b.slopes[i] = {moved, -moved};
    }
    benchmark::ClobberMemory();
  }
  per_duel(state);
}
BENCHMARK(floor_exp)->Name("floor/exp")->Arg(128)->Arg(65536);

template <class Loss>
void evaluate(benchmark::State& state, Loss const& loss) {
  batch b{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    double value = joust::evaluate(loss, b.duels, b.outcomes, b.weights, b.slopes);
    benchmark::DoNotOptimize(value);
    benchmark::ClobberMemory();
  }
  per_duel(state);
}

bool const registered = [] {
  for (std::string_view const name : names_of(joust::loss_kind{})) {
    benchmark::RegisterBenchmark(
        ("evaluate/" + std::string{name}).c_str(),
        [loss = joust::any_loss::named(name)](benchmark::State& state) { evaluate(state, loss); })
        ->Arg(128)
        ->Arg(65536);
  }
  auto const also = [](std::string const& name, auto const& loss) {
    benchmark::RegisterBenchmark(("evaluate/" + name).c_str(),
                                 [loss](benchmark::State& state) { evaluate(state, loss); })
        ->Arg(128)
        ->Arg(65536);
  };
  also("dpo, known type", joust::dpo{});
  also("dpo with Jensen-Shannon",
       joust::with_divergence{joust::dpo{}, {.kind = joust::divergence::jensen_shannon}});
  return true;
}();

}  // namespace
