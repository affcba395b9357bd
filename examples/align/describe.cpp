// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include <joust/alignment/alignment_agents.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/json_fields.hpp>

#include "../common/command_line.hpp"
#include "commands.hpp"

namespace align_program {

namespace {

void print_line(std::string_view name, std::string const& text) {
  std::printf("%-28s %s\n", std::string{name}.c_str(), text.c_str());
}

}  // namespace

int describe(describe_arguments const& arguments) {
  any_problem const& problem = problem_of(arguments.problem, "--problem");
  joust::json const chosen{{"agent", arguments.agent}};
  if (arguments.what == "agents") {
    for (auto const& agent : joust::alignment_agents()) print_line(agent.name, std::string{agent.summary});
  } else if (arguments.what == "problems") {
    for (auto const& one : problems()) print_line(one->name(), std::string{one->summary()});
  } else if (arguments.what == "metrics") {
    for (std::size_t m = 0; m < joust::alignment_metric_count; ++m) {
      auto const metric = static_cast<joust::alignment_metric>(m);
      print_line(joust::metric_name(metric), std::string{joust::metric_definition(metric)} + " [" +
                                                 std::string{joust::metric_unit(metric)} + "]");
    }
  } else if (arguments.what == "config") {
    std::printf("%s\n", problem.configuration({{chosen, "--agent"}}).dump(2).c_str());
  } else {
    for (auto const& row : problem.keys(arguments.agent)) {
      std::printf("| `%s` | %s | `%s` | %s |\n", row.path.c_str(), row.kind.c_str(), row.standard.c_str(),
                  row.meaning.c_str());
    }
  }
  return program::done;
}

}  // namespace align_program
