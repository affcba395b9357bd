// SPDX-License-Identifier: MIT
//
// joust-lab: dueling bandit studies from the command line.
//
//   joust-lab list [--json]
//   joust-lab describe --environment NAME [--seed S]
//   joust-lab run --environment NAME... --agent NAME... --horizon T --replications R --seed S --out DIR
//                 [--delay N] [--stop confidence=P] [--device host|cuda]
//
// Exit codes: 0 done, 1 the results could not be written, 2 bad usage or input (one line on standard error
// says what), 3 interrupted (what was finished is saved and marked incomplete).
#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/lower_bound.hpp>
#include <joust/environment/winners.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/save.hpp>
#include <joust/experiment/speed.hpp>

#include <lab_plot_script.hpp>

#include "../common/command_line.hpp"
#include "../common/picture.hpp"
#include "../common/progress.hpp"
#include "catalogue.hpp"
#include "device.hpp"
#include "report.hpp"

namespace {

using program::bad_input;
using program::done;
using program::every_bit;
using program::interrupted;
using program::not_written;
using program::one_line;
using program::whole_number;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only set a lock-free flag");

void ask_to_stop(int signal) {
  stop.store(true);
  std::signal(signal, SIG_DFL);  // a second Ctrl-C ends the program at once
}

struct run_arguments {
  std::vector<std::string> environments;
  std::vector<std::string> agents;
  std::uint64_t horizon = 10'000;
  std::size_t replications = 20;
  std::uint64_t seed = 0;
  std::size_t threads = 0;
  std::size_t checkpoints = 100;
  std::string spacing = "logarithmic";
  std::string out;
  std::uint64_t delay = 0;
  std::string stop;
  std::string device;
  bool no_picture = false;
};

// The P of "confidence=P"; 0 for an empty text.
double confidence_of(std::string const& typed) {
  if (typed.empty()) return 0.0;
  constexpr std::string_view key = "confidence=";
  double value = 0.0;
  char const* const end = typed.data() + typed.size();
  bool good = typed.compare(0, key.size(), key) == 0;
  if (good) {
    auto const read = std::from_chars(typed.data() + key.size(), end, value);
    good = read.ec == std::errc{} && read.ptr == end && value > 0.0 && value < 1.0;
  }
  if (!good) {
    throw std::invalid_argument{
        "--stop '" + typed + "': expected confidence=P, P above 0 and below 1, as in --stop confidence=0.95"};
  }
  return value;
}

void refuse_repeats(char const* what, std::vector<std::string> const& names) {
  std::set<std::string> seen;
  for (std::string const& name : names) {
    if (!seen.insert(name).second)
      throw std::invalid_argument{std::string{what} + " '" + name + "' is given twice"};
  }
}

void try_folder(std::filesystem::path const& folder) {
  try {
    program::try_folder(folder);
  } catch (std::system_error const& failure) {
    throw std::invalid_argument{"--out " + folder.string() + ": " + failure.what()};
  }
}

void print_entries(char const* title, std::vector<lab::entry> const& entries) {
  std::printf("%s\n", title);
  for (lab::entry const& e : entries) {
    std::printf("  %-20s %s\n", e.name.c_str(), e.summary.c_str());
    for (lab::parameter const& p : e.parameters) {
      std::string const value = p.standard.empty() ? "..." : p.standard;
      std::printf("  %-20s   %s=%s  %s\n", "", p.name.c_str(), value.c_str(), p.meaning.c_str());
    }
  }
}

nlohmann::ordered_json to_json(std::vector<lab::entry> const& entries) {
  auto list = nlohmann::ordered_json::array();
  for (lab::entry const& e : entries) {
    auto parameters = nlohmann::ordered_json::array();
    for (lab::parameter const& p : e.parameters) {
      parameters.push_back({{"name", p.name},
                            {"default", p.standard.empty() ? nlohmann::ordered_json(nullptr)
                                                           : nlohmann::ordered_json(p.standard)},
                            {"meaning", p.meaning}});
    }
    list.push_back({{"name", e.name}, {"description", e.summary}, {"parameters", parameters}});
  }
  return list;
}

int list(bool json) {
  if (json) {
    nlohmann::ordered_json const all{{"environments", to_json(lab::environments())},
                                     {"agents", to_json(lab::agents())}};
    std::printf("%s\n", all.dump(2).c_str());
  } else {
    print_entries("environments", lab::environments());
    std::printf("\n");
    print_entries("agents", lab::agents());
    std::printf(
        "\nParameters ride on the name: --agent rucb:alpha=0.6 --environment linear:dimension=5,arms=32\n");
  }
  return done;
}

// c in c log T, for problems that are the same in all replications and have a Condorcet winner. Nothing if
// there are none.
std::string lower_bounds(std::vector<joust::arena> const& arenas) {
  std::string rows;
  for (joust::arena const& where : arenas) {
    auto const* const arms = where.family.get_if<joust::fixed_arms>();
    if (arms == nullptr || !joust::condorcet_winner(arms->preferences())) continue;
    auto const c = joust::average_regret_lower_bound(arms->preferences());
    rows += joust::detail::csv_quoted(where.name) + ",average," + joust::detail::text(c.winner_as_opponent) +
            ',' + joust::detail::text(c.best_opponent) + '\n';
  }
  return rows.empty() ? rows : "environment,regret,winner_as_opponent,best_opponent\n" + rows;
}

int run(run_arguments const& arguments, std::vector<std::string> const& command) {
  refuse_repeats("environment", arguments.environments);
  refuse_repeats("agent", arguments.agents);
  joust::study_options options{
      .horizon = arguments.horizon,
      .replications = arguments.replications,
      .seed = arguments.seed,
      .threads = arguments.threads,
      .checkpoints = arguments.checkpoints,
      .spacing = arguments.spacing == "linear" ? joust::spacing::linear : joust::spacing::logarithmic,
      .delay = arguments.delay,
      .confidence = confidence_of(arguments.stop),
      .interrupt = &stop};

  // Everything that can be refused is refused before the first round is played.
  lab::device_study const on_device = arguments.device.empty() ? nullptr : lab::find_device(arguments.device);
  struct scene {
    joust::arena where;
    std::vector<joust::contender> contenders;
  };
  std::vector<scene> scenes;
  for (std::string const& name : arguments.environments) {
    scene s{joust::named<joust::any_environment>{name, lab::make_environment(name)}, {}};
    auto birth = joust::stream{arguments.seed}.child(0, "instance");
    joust::setting shape = s.where.family.instance(birth).shape();
    if (options.confidence != 0.0 && !shape.fixed_arms) {
      throw std::invalid_argument{
          "--stop in environment '" + name +
          "': its candidates change every round, so there is no winner to be sure of"};
    }
    shape.horizon = arguments.horizon;
    shape.confidence = options.confidence;
    for (std::string const& agent : arguments.agents) {
      try {
        joust::any_agent const prototype = lab::make_agent(agent, shape);
        static_cast<void>(prototype.fresh(shape));
        s.contenders.emplace_back(joust::named<joust::any_agent>{agent, prototype});
      } catch (std::invalid_argument const& refused) {
        throw std::invalid_argument{"agent '" + agent + "' in environment '" + name + "': " + refused.what()};
      }
    }
    if (on_device != nullptr) {
      joust::study_options trial = options;  // a single round shows what the device cannot do
      trial.horizon = trial.replications = trial.checkpoints = 1;
      try {
        static_cast<void>(on_device(trial, s.where, s.contenders));
      } catch (std::runtime_error const& failure) {  // such as a machine without a GPU
        throw std::invalid_argument{"--device " + arguments.device + ": " + failure.what()};
      } catch (std::invalid_argument const& refused) {
        throw std::invalid_argument{"--device " + arguments.device + " in environment '" + name +
                                    "': " + refused.what()};
      }
    }
    scenes.push_back(std::move(s));
  }
  try_folder(arguments.out);

  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  std::printf("seed %llu\n", static_cast<unsigned long long>(arguments.seed));
  std::fflush(stdout);
  program::progress bar;
  options.progress = [&bar](std::uint64_t played, std::uint64_t all) { bar.show(played, all); };
  std::vector<joust::study> studies;
  std::vector<double> device_speeds;
  for (scene const& s : scenes) {
    bar.begin(s.where.name);
    auto const start = std::chrono::steady_clock::now();
    studies.push_back(on_device != nullptr ? on_device(options, s.where, s.contenders)
                                           : joust::replicate(options, s.where, s.contenders));
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
    device_speeds.push_back(static_cast<double>(arguments.horizon) *
                            static_cast<double>(arguments.replications * s.contenders.size()) / took.count());
  }
  std::filesystem::path const folder = arguments.out;
  for (char const* old : {"regret.png", "regret.svg", "identification.csv", "lower_bound.csv"})
    std::filesystem::remove(folder / old);  // of another study
  joust::save(studies, folder, command);
  std::vector<joust::arena> arenas;
  for (scene const& s : scenes) arenas.push_back(s.where);
  std::string const bounds = lower_bounds(arenas);
  if (!bounds.empty()) joust::detail::write_file(folder / "lower_bound.csv", bounds);

  std::string timing = "environment,agent,rounds_per_second\n";
  std::vector<std::vector<double>> speeds(scenes.size());
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    if (on_device != nullptr) break;  // the agents timed here are the core's
    bar.begin("timing " + scenes[i].where.name);
    for (std::size_t a = 0; a < scenes[i].contenders.size() && !stop; ++a) {
      bar.show(a, scenes[i].contenders.size());
      joust::contender const& c = scenes[i].contenders[a];
      speeds[i].push_back(joust::rounds_per_second(c.prototype, scenes[i].where.family,
                                                   {.horizon = arguments.horizon, .seed = arguments.seed}));
      timing += joust::detail::csv_quoted(scenes[i].where.name) + ',' + joust::detail::csv_quoted(c.name) +
                ',' + joust::detail::text(speeds[i].back()) + '\n';
    }
  }
  bar.end();
  joust::detail::write_file(folder / "timing.csv", timing);

  for (std::size_t i = 0; i < studies.size(); ++i) {
    lab::print_table(studies[i], speeds[i]);
    if (on_device != nullptr && studies[i].complete()) {
      std::printf("  %s: %s rounds/s over all agents and replications\n", studies[i].device.c_str(),
                  lab::rate(device_speeds[i]).c_str());
    }
    if (!studies[i].endings.empty()) lab::print_endings(studies[i]);
  }
  std::printf("\nresults  %s\n", (folder / "regret.csv").c_str());
  if (!arguments.no_picture) {
    bool const anything = std::any_of(studies.begin(), studies.end(),
                                      [](joust::study const& s) { return lab::shown_regret(s).has_value(); });
    std::string const missing = anything ? program::draw_picture(folder, plot_script) : "nothing to draw";
    if (missing.empty()) {
      std::printf("picture  %s\n", (folder / "regret.png").c_str());
    } else {
      std::fprintf(stderr, "joust-lab: no picture: %s\n", missing.c_str());
    }
  }
  bool const complete =
      std::all_of(studies.begin(), studies.end(), [](joust::study const& s) { return s.complete(); });
  if (!complete || stop) {
    std::fprintf(stderr, "joust-lab: interrupted%s are saved in %s\n",
                 complete ? " while timing; all replications" : "; the replications finished so far",
                 folder.c_str());
    return interrupted;
  }
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Dueling bandit studies: environments, agents, regret curves."};
  app.require_subcommand(1);
  app.set_version_flag("--version", JOUST_VERSION_STRING);

  bool json = false;
  CLI::App* const list_command = app.add_subcommand("list", "environments and agents with their parameters");
  list_command->add_flag("--json", json, "as JSON");

  run_arguments arguments;
  CLI::App* const run_command =
      app.add_subcommand("run", "run agents in environments and save regret curves");
  run_command
      ->add_option("--environment", arguments.environments,
                   "environment, NAME[:parameter=value,...]; repeatable")
      ->required()
      ->take_all();
  run_command->add_option("--agent", arguments.agents, "agent, NAME[:parameter=value,...]; repeatable")
      ->required()
      ->take_all();
  run_command->add_option("--horizon", arguments.horizon, "rounds per run")
      ->required()
      ->check(whole_number(1, 4294967295));
  run_command->add_option("--replications", arguments.replications, "independent runs of each agent")
      ->required()
      ->check(whole_number(1, 100'000'000));
  run_command->add_option("--seed", arguments.seed, "seed of every random number")
      ->required()
      ->check(whole_number(0, every_bit));
  run_command
      ->add_option("--threads", arguments.threads, "threads; 0: one per core. Results do not depend on it")
      ->check(whole_number(0, 4096));
  run_command->add_option("--checkpoints", arguments.checkpoints, "rounds at which regret is recorded")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000));
  run_command->add_option("--spacing", arguments.spacing, "of the checkpoints: logarithmic or linear")
      ->capture_default_str()
      ->check(CLI::IsMember({"logarithmic", "linear"}));
  run_command->add_option("--delay", arguments.delay, "rounds by which answers come late")
      ->capture_default_str()
      ->check(whole_number(0, 4294967295));
  run_command->add_option("--stop", arguments.stop,
                          "confidence=P: end each run when the winner is known with probability P");
  run_command->add_option(
      "--device", arguments.device,
      "host or cuda: play there, all cores or a GPU at once; for uniform, rucb, rmed1, dts, "
      "self-sparring and winner-stays-*, at most 64 fixed arms");
  run_command->add_option("--out", arguments.out, "folder for the results; created if need be")->required();
  run_command->add_flag("--no-picture", arguments.no_picture, "do not draw regret.png and regret.svg");

  std::string described;
  std::uint64_t seed = 0;
  CLI::App* const describe_command =
      app.add_subcommand("describe", "winners, gaps, transitivity and lower bounds of an environment");
  describe_command->add_option("--environment", described, "environment, NAME[:parameter=value,...]")
      ->required();
  describe_command->add_option("--seed", seed, "of the instance, for random families")
      ->capture_default_str()
      ->check(whole_number(0, every_bit));

  try {
    app.parse(argc, argv);
    if (*list_command) return program::finish("joust-lab", list(json));
    if (*describe_command) {
      std::fputs(lab::describe(described, seed).c_str(), stdout);
      return program::finish("joust-lab", done);
    }
    return program::finish("joust-lab", run(arguments, {argv, argv + argc}));
  } catch (CLI::ParseError const& parse) {
    if (parse.get_exit_code() == 0) return app.exit(parse);  // --help, --version
    bool const unknown = argc > 1 && app.get_subcommands().empty() && argv[1][0] != '-';
    std::string const what =
        unknown ? "'" + std::string{argv[1]} + "' is no command; known are: list, run, describe"
                : std::string{parse.what()};
    std::fprintf(stderr, "joust-lab: %s\n", one_line(what).c_str());
    return bad_input;
  } catch (std::bad_alloc const&) {
    std::fprintf(stderr, "joust-lab: not enough memory for a problem or a study of this size\n");
    return bad_input;
  } catch (std::length_error const&) {
    std::fprintf(stderr, "joust-lab: not enough memory for a problem or a study of this size\n");
    return bad_input;
  } catch (std::invalid_argument const& refused) {
    std::fprintf(stderr, "joust-lab: %s\n", one_line(refused.what()).c_str());
    return bad_input;
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "joust-lab: %s\n", one_line(failure.what()).c_str());
    return not_written;
  }
}
