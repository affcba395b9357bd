// SPDX-License-Identifier: MIT
//
// Whole runs of agents on preference matrices, from the first round to the last: select, a coin of the right
// probability, observe. Each agent runs alone for long, and for a shorter while beside its textbook form,
// which recomputes every bound or sample in every round; items per second are rounds per second.
//
//     name/long/K    the agent
//     name/short/K   the agent, for as many rounds as the textbook form can afford
//     name/plain/K   the textbook form, for as many
//     name/settled/K the agent, once it knows: all pairs have met, and every arm has lost to the winner, two
//                    thousand times over
//     name/known/K   the textbook form, once it knows the same
//
// K = 6 is arXiv-6, the others are random matrices with a Condorcet winner. The label is the claimed cost of
// a round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "../tests/arms/textbook.hpp"

#include <joust/core/vocabulary.hpp>

namespace play {

inline textbook::table preferences(std::size_t arms) {
  if (arms == 6) return textbook::arxiv6();
  joust::stream g = joust::stream{1}.child("preferences", arms);
  return textbook::random_condorcet(arms, g);
}

template <class Make>
void rounds(benchmark::State& state, Make const& make, std::size_t arms, std::int64_t horizon) {
  textbook::table const p = preferences(arms);
  std::uint64_t run = 0;
  for (auto _ : state) {
    state.PauseTiming();  // its tables
    auto agent = make(arms, static_cast<std::uint64_t>(horizon));
    state.ResumeTiming();
    joust::stream g = joust::stream{2}.child("agent", run);
    joust::stream world = joust::stream{2}.child("world", run++);
    for (std::int64_t t = 0; t < horizon; ++t) {
      auto const [i, j] = agent.select(g);
      double const y = joust::draw_bernoulli(p(i, j), world);
      if (i != j) agent.observe(i, j, y);
    }
  }
  state.SetItemsProcessed(state.iterations() * horizon);
}

// What the rounds cost in the long run, without the hours that it takes to get there.
template <class Agent>
void settled_rounds(benchmark::State& state, Agent agent, std::size_t arms) {
  textbook::table const p = preferences(arms);
  std::size_t winner = 0;
  for (std::size_t i = 0; i < arms; ++i) {
    bool all = true;
    for (std::size_t j = 0; j < arms; ++j) all = all && p(i, j) >= 0.5;
    if (all) winner = i;
  }
  joust::stream g = joust::stream{2}.child("agent");
  joust::stream world = joust::stream{2}.child("world");
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      for (int n = 0; n < 2; ++n) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
  }
  for (std::size_t j = 0; j < arms; ++j) {
    for (int n = 0; j != winner && n < 2000; ++n) {
      agent.observe(winner, j, joust::draw_bernoulli(p(winner, j), world));
    }
  }
  for (auto _ : state) {
    auto const [i, j] = agent.select(g);
    double const y = joust::draw_bernoulli(p(i, j), world);
    if (i != j) agent.observe(i, j, y);
  }
  state.SetItemsProcessed(state.iterations());
}

struct size {
  std::size_t arms;
  std::int64_t long_run;
  std::int64_t short_run;  // of the textbook form, whose round costs about K^2
};
inline constexpr size sizes[] = {{4, 100'000, 50'000}, {6, 100'000, 50'000}, {16, 100'000, 20'000},
                                 {64, 100'000, 2'000}, {136, 100'000, 800},  {256, 100'000, 200},
                                 {1024, 10'000, 20},   {2048, 3'000, 5}};

/// Registers the rounds of an agent, and of its textbook form, that have learnt from answers they did not ask
/// for.
template <class Agent, class MakePlain>
bool settled(std::string const& name, std::string const& cost, Agent const& prototype, MakePlain make_plain) {
  for (std::size_t const arms : {6U, 16U, 136U, 1024U}) {
    benchmark::RegisterBenchmark((name + "/settled/" + std::to_string(arms)).c_str(),
                                 [=](benchmark::State& state) {
                                   settled_rounds(state, prototype.fresh({.arms = arms}), arms);
                                   state.SetLabel(cost);
                                 });
    benchmark::RegisterBenchmark(
        (name + "/known/" + std::to_string(arms)).c_str(),
        [=](benchmark::State& state) { settled_rounds(state, make_plain(arms, 0), arms); });
  }
  return true;
}

/// Registers the three runs of one agent. `make_plain(arms, horizon)` makes its textbook form.
template <class Agent, class MakePlain>
bool against_textbook(std::string const& name, std::string const& cost, Agent const& prototype,
                      MakePlain make_plain, std::size_t most_arms = 2048) {
  auto const make = [prototype](std::size_t arms, std::uint64_t horizon) {
    return prototype.fresh({.arms = arms, .horizon = horizon});
  };
  for (auto const& [arms, long_run, short_run] : sizes) {
    if (arms > most_arms) continue;
    // Making the tables is not timed, so of large ones only a stated number is made.
    auto const add = [&, k = arms](char const* kind, auto const& maker, std::int64_t horizon, int runs) {
      auto* const entry = benchmark::RegisterBenchmark((name + '/' + kind + '/' + std::to_string(k)).c_str(),
                                                       [=](benchmark::State& state) {
                                                         rounds(state, maker, k, horizon);
                                                         state.SetLabel(cost);
                                                       });
      entry->Unit(benchmark::kMillisecond);
      if (k >= 256) entry->Iterations(runs);
    };
    add("long", make, long_run, 1);
    add("short", make, short_run, 10);
    add("plain", make_plain, short_run, 1);
  }
  return true;
}

}  // namespace play
