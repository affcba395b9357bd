// SPDX-License-Identifier: MIT
//
// A study in one call: three algorithms on six search engine rankers compared by real clicks, 20 replications
// each on all cores. Results come as arrays and as files.
#include <cstdio>

#include <joust/experiment/replicate.hpp>
#include <joust/joust.hpp>

int main() {
  auto const study = joust::replicate({.horizon = 20'000, .replications = 20, .seed = 7}, joust::arxiv6(),
                                      joust::rucb{}, joust::rmed1{}, joust::double_thompson{});
  for (std::size_t agent = 0; agent < study.agents.size(); ++agent) {
    auto const regret = study.summarize(joust::regret_kind::average, agent, study.rounds.size() - 1);
    std::printf("%-16s average regret %5.0f +- %.0f\n", study.agents[agent].c_str(), regret.mean,
                regret.standard_error);
  }
  study.save("study-out");  // regret.csv, comparisons.csv, regret.npy, study.json
}
