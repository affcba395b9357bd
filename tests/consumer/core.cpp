// SPDX-License-Identifier: MIT
//
// What a first user writes: three options of which the last is best, found by asking.
#include <cstdio>

#include <joust/joust.hpp>

int main() {
  joust::double_thompson agent{3};
  joust::stream random{42};
  for (int round = 0; round < 200; ++round) {
    auto const [a, b] = agent.select(random);
    if (a != b) agent.observe(a, b, a > b ? joust::first_wins : joust::second_wins);
  }
  std::printf("joust %s: the best is %zu\n", JOUST_VERSION_STRING, agent.recommend());
  return agent.recommend() == 2 ? 0 : 1;
}
