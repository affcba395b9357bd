// SPDX-License-Identifier: MIT
//
// The commands of joust-align. Each returns an exit code; what is wrong with what was asked is thrown as
// std::invalid_argument, what could not be written as std::system_error.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "any_run.hpp"

namespace align_program {

/// Set by Ctrl-C.
extern std::atomic<bool> stop;

struct run_arguments {
  std::string config;  ///< a file; empty: the defaults, or of a run that goes on its own configuration
  std::vector<std::string> set;  ///< "key=value", over the file
  std::string out;
  bool resume = false;
};

struct compare_arguments {
  std::string config;
  std::vector<std::string> set;
  std::string problem;
  std::vector<std::string> agents;
  std::uint64_t budget = 0;  ///< 0: the configuration's
  std::uint64_t seeds = 5;
  std::uint64_t first_seed = 1;
  std::size_t threads = 0;
  std::string out;
  bool no_picture = false;
};

struct describe_arguments {
  std::string what;
  std::string problem = "loglinear";
  std::string agent = "sea-bai";
};

[[nodiscard]] int run(run_arguments const& arguments);
[[nodiscard]] int compare(compare_arguments const& arguments, std::vector<std::string> const& command);
[[nodiscard]] int describe(describe_arguments const& arguments);

/// The configuration file, if one is named, and what was set over it.
[[nodiscard]] std::vector<layer> layers_of(std::string const& config, std::vector<std::string> const& set);

/// The problem that the layers name, the last of them that does; `standard` if none does.
[[nodiscard]] any_problem const& problem_of(std::vector<layer> const& layers, std::string const& standard);

}  // namespace align_program
