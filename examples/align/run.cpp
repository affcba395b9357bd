// SPDX-License-Identifier: MIT
//
// One agent, one problem, one seed. The folder holds the configuration from the first moment, a checkpoint
// while the run goes on, and the results once it has ended.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/checkpoint_store.hpp>
#include <joust/experiment/detail/write_file.hpp>
#include <joust/experiment/json_fields.hpp>
#include <joust/experiment/save_alignment.hpp>
#include <joust/version.hpp>

#include "../common/command_line.hpp"
#include "../common/progress.hpp"
#include "commands.hpp"

namespace align_program {

namespace {

namespace fs = std::filesystem;

// A checkpoint knows which configuration it belongs to.
std::string sealed(any_run const& run, std::string const& configuration) {
  return joust::detail::text(joust::detail::fnv1a(configuration)) + '\n' + run.save();
}

void unseal(any_run& run, std::string const& configuration, std::string_view saved) {
  std::string const seal = joust::detail::text(joust::detail::fnv1a(configuration)) + '\n';
  if (!saved.starts_with(seal)) {
    throw std::invalid_argument{"belongs to another configuration; expected that of config.json"};
  }
  run.restore(saved.substr(seal.size()));
}

joust::json summary_of(any_run const& run, run_plan const& plan) {
  joust::json record;
  record["joust"] = JOUST_VERSION_STRING;
  record["problem"] = plan.problem;
  record["agent"] = plan.agent;
  record["seed"] = plan.seed;
  record["queries"] = run.queries();
  record["updates"] = run.updates();
  record["rounds"] = run.rounds();
  joust::json metrics = joust::json::object();
  for (std::size_t m = 0; m < joust::alignment_metric_count; ++m) {
    auto const row = run.trace().last(static_cast<joust::alignment_metric>(m));
    if (!row) continue;
    joust::json value{{"value", row->value}, {"error", nullptr}};
    if (std::isfinite(row->error)) value["error"] = row->error;
    metrics[std::string{joust::metric_name(row->metric)}] = value;
  }
  record["metrics"] = metrics;
  return record;
}

// The end of a run as lines of text.
void print_summary(any_run const& run, run_plan const& plan, fs::path const& folder) {
  std::printf("%s on %s, seed %llu: %llu queries, %llu updates, %llu rounds\n", plan.agent.c_str(),
              plan.problem.c_str(), static_cast<unsigned long long>(plan.seed),
              static_cast<unsigned long long>(run.queries()), static_cast<unsigned long long>(run.updates()),
              static_cast<unsigned long long>(run.rounds()));
  for (std::size_t m = 0; m < joust::alignment_metric_count; ++m) {
    auto const row = run.trace().last(static_cast<joust::alignment_metric>(m));
    if (row) std::printf("  %-28s %.4g\n", std::string{joust::metric_name(row->metric)}.c_str(), row->value);
  }
  std::printf("results  %s\n", (folder / "trace.csv").c_str());
}

}  // namespace

int run(run_arguments const& arguments) {
  fs::path const folder = arguments.out;
  fs::path const echo = folder / "config.json";
  joust::checkpoint_store const store{folder};
  std::error_code ignored;
  bool const known = fs::exists(echo, ignored);

  std::vector<layer> layers = layers_of(arguments.config, arguments.set);
  if (arguments.resume && layers.empty()) {
    if (!known) throw std::invalid_argument{"--resume: " + echo.string() + ": no such file; give --config"};
    layers.push_back({joust::read_json_file(echo), echo.string()});
  }
  any_problem const& problem = problem_of(layers, "loglinear");
  joust::json const configuration = problem.configuration(layers);
  std::string const text = configuration.dump(2) + '\n';
  run_plan const plan = problem.plan(configuration);
  if (arguments.resume && known && joust::detail::read_text(echo) != text) {
    throw std::invalid_argument{"--resume: " + echo.string() +
                                ": differs from what is asked for; expected the same configuration"};
  }
  if (!arguments.resume && store.any()) {
    throw std::invalid_argument{
        "--out " + folder.string() +
        ": holds a run that has not ended; go on with --resume, or choose another folder"};
  }
  std::unique_ptr<any_run> const run = problem.start(configuration);

  program::try_folder(folder);
  if (!arguments.resume) {
    for (char const* const old : {"trace.csv", "trace.jsonl", "summary.json"}) fs::remove(folder / old);
  }
  joust::detail::write_file(echo, text);
  if (arguments.resume) {
    auto const found = store.restore([&](std::string_view saved) { unseal(*run, text, saved); });
    if (found && found->previous) {
      std::fprintf(stderr, "joust-align: %s; going on from the checkpoint before it\n",
                   program::one_line(found->complaint).c_str());
    }
    if (found) {
      std::printf("going on after %llu of %llu queries\n", static_cast<unsigned long long>(run->queries()),
                  static_cast<unsigned long long>(plan.budget));
      std::fflush(stdout);
    }
  }

  program::progress bar;
  bar.begin(plan.agent + " on " + plan.problem);
  for (std::uint64_t played = 1; !run->finished(); ++played) {
    if (stop) {
      store.save(sealed(*run, text));
      bar.end();
      std::fprintf(stderr, "joust-align: interrupted after %llu queries; go on with --resume\n",
                   static_cast<unsigned long long>(run->queries()));
      return program::interrupted;
    }
    run->step();
    if (plan.checkpoint_every != 0 && played % plan.checkpoint_every == 0) store.save(sealed(*run, text));
    bar.show(run->queries(), plan.budget);
  }
  bar.end();

  joust::alignment_record const record{plan.agent, plan.seed, run->trace()};
  joust::detail::write_file(folder / "trace.csv", joust::alignment_csv(std::span{&record, 1}));
  joust::detail::write_file(folder / "trace.jsonl", joust::alignment_jsonl(std::span{&record, 1}));
  joust::detail::write_file(folder / "summary.json", summary_of(*run, plan).dump(2) + '\n');
  store.clear();
  print_summary(*run, plan, folder);
  return program::done;
}

}  // namespace align_program
