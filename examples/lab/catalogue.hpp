// SPDX-License-Identifier: MIT
//
// What joust-lab knows by name: environments and agents, each with a line of description and its parameters,
// and the makers that turn a typed name such as "rucb:alpha=0.6" into one of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <joust/core/vocabulary.hpp>
#include <joust/experiment/any_agent.hpp>
#include <joust/experiment/any_environment.hpp>

namespace lab {

struct parameter {
  std::string name;
  std::string standard;  // the default, as one would type it; empty: must be given
  std::string meaning;
};

struct entry {
  std::string name;
  std::string summary;
  std::vector<parameter> parameters;
};

[[nodiscard]] std::vector<entry> environments();
[[nodiscard]] std::vector<entry> agents();

/// The environment of that name. Throws std::invalid_argument with one line that says what is wrong: an
/// unknown name or parameter, a value that is none, a file that cannot be read.
[[nodiscard]] joust::any_environment make_environment(std::string const& typed);

/// The agent of that name for an environment of that shape. Throws like make_environment, also for an agent
/// that cannot work in such an environment.
[[nodiscard]] joust::any_agent make_agent(std::string const& typed, joust::setting const& shape);

/// Winners, gaps, transitivity and lower bounds of one instance, as lines of text.
[[nodiscard]] std::string describe(std::string const& typed, std::uint64_t seed);

}  // namespace lab
