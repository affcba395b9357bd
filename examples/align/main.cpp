// SPDX-License-Identifier: MIT
//
// joust-align: preference learning over policies from the command line.
//
//   joust-align run --config FILE --out DIR [--resume] [--set key=value ...]
//   joust-align compare --problem NAME --agents NAME,... --budget Q --seeds N --out DIR [--config FILE] ...
//   joust-align describe agents|problems|metrics|config|keys
//
// Exit codes: 0 done, 1 the results could not be written, 2 bad usage or input (one line on standard error
// says what), 3 interrupted (a run goes on with --resume; of a comparison, the finished runs are saved).
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include <joust/version.hpp>

#include "../common/command_line.hpp"
#include "commands.hpp"

namespace align_program {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only set a lock-free flag");

}  // namespace align_program

namespace {

void ask_to_stop(int signal) {
  align_program::stop.store(true);
  std::signal(signal, SIG_DFL);  // a second Ctrl-C ends the program at once
}

int fail(char const* what, int code) {
  std::fprintf(stderr, "joust-align: %s\n", program::one_line(what).c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using program::whole_number;
  CLI::App app{"Preference learning over policies: agents, problems, learning curves."};
  app.require_subcommand(1);
  app.set_version_flag("--version", JOUST_VERSION_STRING);

  align_program::run_arguments run;
  CLI::App* const run_command =
      app.add_subcommand("run", "one agent, one problem, one seed; can be continued");
  run_command->add_option("--config", run.config, "configuration, a JSON file; see 'describe config'");
  run_command->add_option("--set", run.set, "key=value over the configuration; repeatable")->take_all();
  run_command->add_option("--out", run.out, "folder for results and checkpoints; created if need be")
      ->required();
  run_command->add_flag("--resume", run.resume, "go on from the folder's newest checkpoint");

  align_program::compare_arguments compare;
  CLI::App* const compare_command = app.add_subcommand("compare", "several agents, over several seeds");
  compare_command->add_option("--problem", compare.problem, "see 'describe problems'; default: loglinear");
  compare_command->add_option("--agents", compare.agents, "NAME,...; see 'describe agents'")
      ->required()
      ->delimiter(',');
  compare_command->add_option("--budget", compare.budget, "oracle queries of each run; default: 4000")
      ->check(whole_number(1, 4294967295));
  compare_command->add_option("--seeds", compare.seeds, "runs of each agent")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000));
  compare_command->add_option("--first-seed", compare.first_seed, "seed of the first run of each agent")
      ->capture_default_str()
      ->check(whole_number(0, program::every_bit));
  compare_command
      ->add_option("--threads", compare.threads, "threads; 0: one per core. Results do not depend on it")
      ->check(whole_number(0, 4096));
  compare_command->add_option("--config", compare.config, "overrides for all agents, a JSON file");
  compare_command->add_option("--set", compare.set, "key=value over the configuration; repeatable")
      ->take_all();
  compare_command->add_option("--out", compare.out, "folder for the results; created if need be")->required();
  compare_command->add_flag("--no-picture", compare.no_picture, "do not draw curves.png and curves.svg");

  align_program::describe_arguments describe;
  CLI::App* const describe_command = app.add_subcommand(
      "describe", "agents, problems, metrics, a full configuration, or a table of its keys");
  describe_command->add_option("what", describe.what, "agents, problems, metrics, config or keys")
      ->required()
      ->check(CLI::IsMember({"agents", "problems", "metrics", "config", "keys"}));
  describe_command->add_option("--problem", describe.problem, "of config and keys")->capture_default_str();
  describe_command->add_option("--agent", describe.agent, "of config and keys")->capture_default_str();

  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error to report, not a reason to die
#endif
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);
#endif

  try {
    app.parse(argc, argv);
    int const code = *run_command       ? align_program::run(run)
                     : *compare_command ? align_program::compare(compare, {argv, argv + argc})
                                        : align_program::describe(describe);
    return program::finish("joust-align", code);
  } catch (CLI::ParseError const& parse) {
    if (parse.get_exit_code() == 0) return app.exit(parse);  // --help, --version
    bool const unknown = argc > 1 && app.get_subcommands().empty() && argv[1][0] != '-';
    std::string const what =
        unknown ? "'" + std::string{argv[1]} + "' is no command; known are: run, compare, describe"
                : std::string{parse.what()};
    return fail(what.c_str(), program::bad_input);
  } catch (std::bad_alloc const&) {
    return fail("not enough memory for a problem or a study of this size", program::bad_input);
  } catch (std::length_error const&) {
    return fail("not enough memory for a problem or a study of this size", program::bad_input);
  } catch (std::invalid_argument const& refused) {
    return fail(refused.what(), program::bad_input);
  } catch (std::exception const& failure) { return fail(failure.what(), program::not_written); }
}
