// SPDX-License-Identifier: MIT
//
// Small experiments on preference learning, each with one question. Prints the tables of
// docs/alignment-toys.md; exits with 1 if a statement there does not hold. `--quick` takes a fifth of the
// seeds.
#include <cstdio>
#include <string_view>

#include "report.hpp"

int main(int count, char** arguments) {
  bool const quick = count == 2 && std::string_view{arguments[1]} == "--quick";
  if (count > 1 && !quick) {
    std::fprintf(stderr, "usage: joust-alignment-toys [--quick]\n");
    return 2;
  }
  toys::report out{quick};
  toys::two_arms(out);
  toys::refreshed_reference(out);
  toys::offline_pessimism(out);
  toys::online_feedback(out);
  toys::shorter_answers(out);
  toys::bandit(out);
  return out.broken() == 0 ? 0 : 1;
}
