// SPDX-License-Identifier: MIT
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/experiment/json_fields.hpp>

#include "commands.hpp"

namespace align_program {

namespace {

// "run.seed=3" as {"run": {"seed": 3}}. A value that is no JSON is a text, so that names need no quotes.
void set_one(joust::json& into, std::string const& typed) {
  std::size_t const sign = typed.find('=');
  if (sign == std::string::npos || sign == 0) {
    throw std::invalid_argument{"--set '" + typed + "': expected key=value, as in --set run.queries=1000"};
  }
  std::string const path = typed.substr(0, sign);
  std::string const value = typed.substr(sign + 1);
  joust::json parsed;
  try {
    parsed = joust::parse_json(value, "--set " + path);
  } catch (std::invalid_argument const&) {
    if (value.starts_with('{') || value.starts_with('[')) throw;
    parsed = value;
  }
  joust::json* at = &into;
  for (std::size_t begin = 0;;) {
    std::size_t const dot = path.find('.', begin);
    std::string const key = path.substr(begin, dot == std::string::npos ? dot : dot - begin);
    bool const last = dot == std::string::npos;
    if (key.empty()) throw std::invalid_argument{"--set '" + typed + "': has an empty name between dots"};
    if (at->contains(key) && (last || !(*at)[key].is_object())) {
      throw std::invalid_argument{"--set '" + typed + "': " + path.substr(0, dot) + " is set twice"};
    }
    at = &(*at)[key];
    if (last) break;
    if (at->is_null()) *at = joust::json::object();
    begin = dot + 1;
  }
  *at = parsed;
}

}  // namespace

std::vector<layer> layers_of(std::string const& config, std::vector<std::string> const& set) {
  std::vector<layer> layers;
  if (!config.empty()) layers.push_back({joust::read_json_file(config), config});
  if (!set.empty()) {
    joust::json given = joust::json::object();
    for (std::string const& typed : set) set_one(given, typed);
    layers.push_back({given, "--set"});
  }
  return layers;
}

any_problem const& problem_of(std::vector<layer> const& layers, std::string const& standard) {
  std::string name = standard;
  std::string source = "--problem";
  for (layer const& l : layers) {
    if (!l.given.is_object() || !l.given.contains("problem")) continue;
    joust::json const& said = l.given["problem"];
    if (!said.is_string()) {
      throw std::invalid_argument{l.source + ": problem: is " + said.dump() + "; expected a text"};
    }
    name = said.get<std::string>();
    source = l.source;
  }
  return problem_of(name, source);
}

}  // namespace align_program
