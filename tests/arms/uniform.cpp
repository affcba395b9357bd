// SPDX-License-Identifier: MIT
#include <joust/arms/uniform.hpp>

#include "agent_laws.hpp"

TEST_CASE("uniform_arms keeps the promises of an agent") {
  agent_laws::check_promises(joust::uniform_arms{});
  agent_laws::check_soft_outcomes<joust::uniform_arms>();
}

TEST_CASE("uniform_arms plays all ordered pairs of distinct arms equally often") {
  joust::uniform_arms agent{4};
  joust::stream g{1};
  int counts[4][4] = {};
  constexpr int rounds = 60'000;
  for (int t = 0; t < rounds; ++t) {
    auto const [i, j] = agent.select(g);
    ++counts[i][j];
  }
  double chi2 = 0.0;
  for (int i = 0; i < 4; ++i) {
    CHECK(counts[i][i] == 0);
    for (int j = 0; j < 4; ++j) {
      if (i != j) chi2 += std::pow(counts[i][j] - rounds / 12.0, 2) / (rounds / 12.0);
    }
  }
  CHECK(chi2 < 50.0);  // 11 degrees of freedom: exceeded with probability 6e-7
}

TEST_CASE("uniform_arms recommends by arms beaten, then by mean share, then by index") {
  joust::uniform_arms agent{4};
  CHECK(agent.recommend() == 0);
  agent.observe(1, 0, 1.0);
  agent.observe(2, 0, 0.75);
  CHECK(agent.recommend() == 1);  // one arm beaten each, but 1 more clearly
  agent.observe(2, 3, 0.75);
  CHECK(agent.recommend() == 2);  // two arms beaten
  agent.observe(3, 2, 0.75);      // takes the win over 3 back: a draw beats nobody
  CHECK(agent.recommend() == 1);
}

TEST_CASE("uniform_arms has the exact expected regret 0.06 T on arXiv-6") {
  // The mean regret of a uniform pair is 0.06 and its standard deviation below 0.03, so the total of 10^6
  // rounds stays within 4.5 standard deviations, 135, of 60 000.
  CHECK(10 * agent_laws::mean_regret_on_arxiv6(joust::uniform_arms{}, 10, 100'000) ==
        Approx(60'000.0).margin(135.0));
}
