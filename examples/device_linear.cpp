// SPDX-License-Identifier: MIT
//
// Regret curves of linear dueling bandits, a hundred replications side by side on all cores: two ways of
// choosing a pair, on two sizes of problem. As a source .cu, linked to joust::cuda, the same program runs on a
// GPU, where a hundred thousand replications are a reasonable number. Prints rows of a study's regret.csv.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/simulate_linear.hpp>

int main() {
  namespace device = joust::device;
  device::queue const order;
  std::vector<std::uint64_t> rounds(40);
  std::iota(rounds.begin(), rounds.end(), 1);
  for (std::uint64_t& round : rounds) round *= 50;

  std::cout << "environment,agent,regret,round,mean,stderr\n";
  for (device::linear_simulation problem : {device::linear_simulation{.dimension = 8, .candidates = 16},
                                            device::linear_simulation{.dimension = 16, .candidates = 16}}) {
    problem.spread = device::feature_spread::gaussian;
    problem.replications = 100;
    for (device::linear_rule const rule :
         {device::linear_rule::thompson, device::linear_rule::max_pair_ucb}) {
      problem.rule = rule;
      device::regret_curve const curve = device::simulate_linear(order, problem, joust::stream{2026}, rounds);
      for (std::size_t c = 0; c < rounds.size(); ++c) {
        std::cout << "\"contextual:dimension=" << problem.dimension << ",candidates=" << problem.candidates
                  << "\",simulated " << (rule == device::linear_rule::thompson ? "thompson" : "max-pair-ucb")
                  << ",utility," << rounds[c] << ',' << curve.mean[c] << ',' << curve.standard_error[c]
                  << '\n';
      }
    }
  }
  return 0;
}
