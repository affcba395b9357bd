// SPDX-License-Identifier: MIT
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "any_run.hpp"

namespace align_program {

std::vector<std::unique_ptr<any_problem>> const& problems() {
  static std::vector<std::unique_ptr<any_problem>> const list = [] {
    std::vector<std::unique_ptr<any_problem>> all;
    for (auto* const make : {make_tabular, make_shared_softmax, make_log_linear, make_mlp, make_tokens}) {
      all.push_back(make());
    }
    return all;
  }();
  return list;
}

any_problem const& problem_of(std::string_view name, std::string const& source) {
  std::string known;
  for (auto const& problem : problems()) {
    if (problem->name() == name) return *problem;
    known += (known.empty() ? "" : ", ") + std::string{problem->name()};
  }
  throw std::invalid_argument{source + ": problem: is '" + std::string{name} + "'; expected one of " + known};
}

}  // namespace align_program
