// SPDX-License-Identifier: MIT
//
// A study from outside: the smallest that has a result.
#include <cstdio>

#include <joust/experiment/replicate.hpp>
#include <joust/joust.hpp>

int main() {
  auto const study = joust::replicate({.horizon = 200, .replications = 2, .seed = 7}, joust::arxiv6(),
                                      joust::double_thompson{});
  static_cast<void>(study);
  std::puts("joust::experiment: one study");
}
