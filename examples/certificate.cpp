// SPDX-License-Identifier: MIT
//
// When may I stop asking? Any agent of fixed arms can be made to stop with a certificate: which arm wins, with
// which confidence, and how many answers it took. Identification algorithms come with stopping rules of their
// own, and some of them settle for "within a tolerance of the best".
#include <iostream>
#include <string>
#include <vector>

#include <joust/joust.hpp>

// Asks until the agent stops, and tells the story in a line.
template <joust::stops Agent>
void settle(std::string const& title, Agent agent, std::vector<std::string> const& dishes) {
  joust::preference_matrix const taste{{0.50, 0.62, 0.70, 0.80},  // of the guests, unknown to the agent
                                       {0.38, 0.50, 0.64, 0.75},
                                       {0.30, 0.36, 0.50, 0.66},
                                       {0.20, 0.25, 0.34, 0.50}};
  joust::stream random{11};
  joust::stream guests{12};
  while (!agent.stop()) {
    auto const [a, b] = agent.select(random);
    if (a != b) agent.observe(a, b, joust::draw_bernoulli(taste(a, b), guests));
  }
  joust::certificate const found = *agent.stop();
  std::cout << title << ": " << dishes[found.arm] << ", " << 100.0 * found.confidence << " % sure";
  if (found.tolerance > 0.0) std::cout << " that none beats it by more than " << found.tolerance;
  std::cout << ", after " << found.comparisons << " answers\n";
}

int main() {
  std::vector<std::string> const dishes{"dumplings", "risotto", "ratatouille", "porridge"};
  using certified_rucb = joust::certified<joust::rucb>;
  using certified_dts =
      joust::certified<joust::double_thompson>;  // cheap where the lead is clear, slow if not
  settle("RUCB, certified", certified_rucb{4, {.confidence = 0.95}}, dishes);
  settle("the same, more careful", certified_rucb{4, {.confidence = 0.999}}, dishes);
  settle("Double Thompson sampling, certified", certified_dts{4, {.confidence = 0.95}}, dishes);
  settle("Knockout", joust::knockout{4, {.tolerance = 0.1, .confidence = 0.95}}, dishes);
}
