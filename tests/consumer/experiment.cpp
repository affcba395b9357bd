// SPDX-License-Identifier: MIT
//
// A study from outside: the smallest that has a result.
#include <cstdio>

#include <joust/experiment/replicate.hpp>
#include <joust/joust.hpp>

int main() {
  auto const study = joust::replicate({.horizon = 200, .replications = 2, .seed = 7}, joust::arxiv6(),
                                      joust::double_thompson{});
  auto const regret = study.summarize(joust::regret_kind::average, 0, study.rounds.size() - 1);
  std::printf("joust::experiment: average regret %.1f over %zu replications\n", regret.mean, regret.count);
  return study.complete() && regret.count == 2 && regret.mean > 0.0 ? 0 : 1;
}
