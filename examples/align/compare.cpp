// SPDX-License-Identifier: MIT
//
// Several agents in one problem over several seeds. Seed i gives every agent the same world, the same prompts
// round by round and the same chance, so that differences between agents are less noisy than the agents
// themselves.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/experiment/alignment_curves.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/detail/write_file.hpp>
#include <joust/experiment/json_fields.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/save_alignment.hpp>
#include <joust/experiment/summary.hpp>
#include <joust/version.hpp>

#include <align_plot_script.hpp>

#include "../common/command_line.hpp"
#include "../common/picture.hpp"
#include "../common/progress.hpp"
#include "commands.hpp"

namespace align_program {

namespace {

namespace fs = std::filesystem;

// An agent, what it is configured to be for the first seed, and its finished runs.
struct entrant {
  std::string name;
  joust::json configuration;
  run_plan plan;
  std::vector<std::optional<joust::alignment_trace>> traces;
  std::vector<double> seconds;
};

joust::json with_seed(joust::json configuration, std::uint64_t seed) {
  configuration["run"]["seed"] = seed;
  return configuration;
}

// A run is measured in the first round that ends at or beyond a multiple of evaluate_every, which is less
// than a round's prompts away: there every run has its newest value.
std::vector<std::uint64_t> grid_of(run_plan const& plan) {
  std::vector<std::uint64_t> grid{0};
  std::uint64_t const late = std::min(plan.prompts_per_round, plan.evaluate_every) - 1;
  for (std::uint64_t mark = plan.evaluate_every; mark < plan.budget; mark += plan.evaluate_every) {
    grid.push_back(std::min(mark + late, plan.budget));
  }
  grid.push_back(plan.budget);
  return grid;
}

std::string with_error(std::vector<double> values) {
  if (values.empty()) return "-";
  char text[64];
  std::size_t const count = values.size();
  joust::summary const s = joust::summarize(std::move(values));
  if (count < 2) {
    std::snprintf(text, sizeof text, "%.3f", s.mean);
  } else {
    std::snprintf(text, sizeof text, "%.3f +- %.3f", s.mean, s.standard_error);
  }
  return text;
}

void print_table(std::vector<entrant> const& entrants, std::string const& problem) {
  std::size_t width = 5;
  std::size_t seeds = 0;
  for (entrant const& e : entrants) {
    width = std::max(width, e.name.size());
    seeds = std::max<std::size_t>(
        seeds, static_cast<std::size_t>(std::count_if(e.traces.begin(), e.traces.end(),
                                                      [](auto const& trace) { return trace.has_value(); })));
  }
  using enum joust::alignment_metric;
  std::vector<std::pair<joust::alignment_metric, char const*>> const columns{
      {recommended_win_rate, "win rate"},
      {recommended_win_probability, "win probability"},
      {reward, "reward"},
      {simple_regret, "simple regret"},
      {online_win_rate, "online win rate"}};
  std::printf("\n%s: after the last query, mean +- standard error of %zu seeds\n", problem.c_str(), seeds);
  std::printf("  %-*s", static_cast<int>(width), "agent");
  for (auto const& [metric, heading] : columns) std::printf("  %16s", heading);
  std::printf("  %8s  %8s  %7s\n", "queries", "updates", "seconds");
  for (entrant const& e : entrants) {
    std::printf("  %-*s", static_cast<int>(width), e.name.c_str());
    for (auto const& [metric, heading] : columns) {
      std::vector<double> values;
      for (auto const& trace : e.traces) {
        if (!trace) continue;
        if (auto const row = trace->last(metric)) values.push_back(row->value);
      }
      std::printf("  %16s", with_error(std::move(values)).c_str());
    }
    double queries = 0.0;
    double updates = 0.0;
    double seconds = 0.0;
    double finished = 0.0;
    for (std::size_t i = 0; i < e.traces.size(); ++i) {
      if (!e.traces[i] || e.traces[i]->rows().empty()) continue;
      queries += static_cast<double>(e.traces[i]->rows().back().queries);
      updates += static_cast<double>(e.traces[i]->rows().back().updates);
      seconds += e.seconds[i];
      finished += 1.0;
    }
    if (finished > 0.0) {
      std::printf("  %8.0f  %8.0f  %7.1f\n", queries / finished, updates / finished, seconds / finished);
    } else {
      std::printf("  %8s  %8s  %7s\n", "-", "-", "-");
    }
  }
}

joust::json study_of(std::vector<entrant> const& entrants, std::string const& problem,
                     compare_arguments const& arguments, std::vector<std::string> const& command,
                     bool complete) {
  joust::json record;
  record["joust"] = JOUST_VERSION_STRING;
  record["command"] = command;
  record["problem"] = problem;
  record["budget"] = entrants.front().plan.budget;
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) seeds.push_back(arguments.first_seed + i);
  record["seeds"] = seeds;
  record["complete"] = complete;
  for (entrant const& e : entrants) {
    record["agents"].push_back(
        {{"name", e.name},
         {"finished_seeds", std::count_if(e.traces.begin(), e.traces.end(),
                                          [](auto const& trace) { return trace.has_value(); })},
         {"configuration", e.configuration}});
  }
  return record;
}

}  // namespace

int compare(compare_arguments const& arguments, std::vector<std::string> const& command) {
  for (std::size_t i = 0; i < arguments.agents.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (arguments.agents[i] == arguments.agents[j]) {
        throw std::invalid_argument{"--agents: '" + arguments.agents[i] + "' is given twice"};
      }
    }
  }
  if (arguments.seeds - 1 > std::numeric_limits<std::uint64_t>::max() - arguments.first_seed) {
    throw std::invalid_argument{"--first-seed: is too large for so many seeds"};
  }

  // Everything that can be refused is refused before the first round is played.
  std::vector<layer> layers = layers_of(arguments.config, arguments.set);
  for (layer const& l : layers) {
    if (l.given.is_object() && l.given.contains("agent")) {
      throw std::invalid_argument{l.source + ": agent: is " + joust::detail::quoted_json(l.given["agent"]) +
                                  "; expected no such key, since --agents names them all"};
    }
  }
  if (!arguments.problem.empty()) layers.push_back({{{"problem", arguments.problem}}, "--problem"});
  any_problem const& problem = problem_of(layers, "loglinear");
  joust::json typed = joust::json::object();
  if (arguments.budget != 0) typed["run"]["queries"] = arguments.budget;
  typed["run"]["seed"] = arguments.first_seed;
  std::vector<entrant> entrants;
  for (std::string const& name : arguments.agents) {
    std::vector<layer> own = layers;
    own.push_back({typed, "command line"});
    own.push_back({{{"agent", name}}, "--agents"});
    entrant e{
        .name = name, .configuration = problem.configuration(own), .plan = {}, .traces = {}, .seconds = {}};
    e.plan = problem.plan(e.configuration);
    e.traces.resize(arguments.seeds);
    e.seconds.resize(arguments.seeds);
    try {
      static_cast<void>(problem.start(e.configuration));
    } catch (std::invalid_argument const& refused) {
      throw std::invalid_argument{"agent '" + name + "': " + refused.what()};
    }
    entrants.push_back(std::move(e));
  }
  fs::path const folder = arguments.out;
  program::try_folder(folder);

  std::printf("%s: %zu agents, seeds %llu to %llu, %llu queries each\n", std::string{problem.name()}.c_str(),
              entrants.size(), static_cast<unsigned long long>(arguments.first_seed),
              static_cast<unsigned long long>(arguments.first_seed + arguments.seeds - 1),
              static_cast<unsigned long long>(entrants.front().plan.budget));
  std::fflush(stdout);
  program::progress bar;
  bar.begin(std::string{problem.name()});
  std::atomic<std::uint64_t> answered{0};
  std::size_t const tasks = entrants.size() * arguments.seeds;
  std::uint64_t const all = tasks * entrants.front().plan.budget;
  auto const play = [&](std::size_t task) {
    if (stop) return;
    entrant& e =
        entrants[task % entrants.size()];  // all agents of a seed first: an interrupted study is balanced
    std::size_t const seed = task / entrants.size();
    auto const start = std::chrono::steady_clock::now();
    auto const run = problem.start(with_seed(e.configuration, arguments.first_seed + seed));
    while (!run->finished()) {
      if (stop) return;
      std::uint64_t const before = run->queries();
      run->step();
      answered.fetch_add(run->queries() - before, std::memory_order_relaxed);
    }
    answered.fetch_add(e.plan.budget - run->queries(), std::memory_order_relaxed);
    e.seconds[seed] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    e.traces[seed] = run->trace();
  };
  std::size_t const cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  std::size_t const threads = std::min(tasks, arguments.threads == 0 ? cores : arguments.threads);
  joust::detail::in_parallel(tasks, threads, play, [&] { bar.show(answered.load(), all); });
  bar.end();

  bool complete = true;
  std::vector<joust::alignment_record> records;
  for (entrant const& e : entrants) {
    for (std::size_t i = 0; i < e.traces.size(); ++i) {
      complete = complete && e.traces[i].has_value();
      if (e.traces[i]) records.push_back({e.name, arguments.first_seed + i, *e.traces[i]});
    }
  }
  for (char const* const old : {"curves.png", "curves.svg", "curves.csv", "runs.csv", "runs.jsonl"}) {
    fs::remove(folder / old);  // of another study
  }
  if (!records.empty()) joust::save_alignment(records, folder, grid_of(entrants.front().plan));
  joust::detail::write_file(
      folder / "study.json",
      study_of(entrants, std::string{problem.name()}, arguments, command, complete).dump(2) + '\n');
  print_table(entrants, std::string{problem.name()});
  std::printf("\nresults  %s\n", (folder / "curves.csv").c_str());
  if (!arguments.no_picture && !records.empty()) {
    std::string const missing = program::draw_picture(folder, plot_script);
    if (missing.empty()) {
      std::printf("picture  %s\n", (folder / "curves.png").c_str());
    } else {
      std::fprintf(stderr, "joust-align: no picture: %s\n", missing.c_str());
    }
  }
  if (!complete) {
    std::fprintf(stderr, "joust-align: interrupted; the runs finished so far are saved in %s\n",
                 folder.c_str());
    return program::interrupted;
  }
  return program::done;
}

}  // namespace align_program
