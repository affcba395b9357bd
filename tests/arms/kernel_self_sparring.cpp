// SPDX-License-Identifier: MIT
#include <joust/arms/kernel_self_sparring.hpp>

#include "agent_laws.hpp"
#include "textbook/kernel_self_sparring.hpp"

namespace {

// Neighbours in index are alike; an arm has the prior variance 1/12.
textbook::table neighbours(std::size_t arms, double length_scale) {
  textbook::table c{arms};
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) {
      double const far = static_cast<double>(i) - static_cast<double>(j);
      c(i, j) = i == j               ? (1.0 + 1e-8) / 12.0
                : length_scale > 0.0 ? std::exp(-far * far / (2.0 * length_scale * length_scale)) / 12.0
                                     : 0.0;
    }
  }
  return c;
}

}  // namespace

TEST_CASE("kernel_self_sparring keeps the promises of an agent") {
  agent_laws::check_promises(joust::kernel_self_sparring{});
  agent_laws::check_soft_outcomes<joust::kernel_self_sparring>();
  agent_laws::check_soft_outcomes(joust::kernel_self_sparring{{.length_scale = 0.5}});
}

TEST_CASE("kernel_self_sparring refuses options it cannot work with and keeps the others") {
  using agent = joust::kernel_self_sparring;
  for (double const bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH((agent{{.prior_variance = bad}}), Catch::Contains("prior_variance"));
    CHECK_THROWS_WITH((agent{3, {.noise_variance = bad}}), Catch::Contains("noise_variance"));
    if (bad != 0.0) CHECK_THROWS_WITH((agent{3, {.length_scale = bad}}), Catch::Contains("length_scale"));
  }
  CHECK(agent{{.noise_variance = 0.6}}.fresh({.arms = 3}).options().noise_variance == 0.6);
}

TEST_CASE("kernel_self_sparring refuses what is no covariance") {
  using agent = joust::kernel_self_sparring;
  for (std::vector<double> const& bad : std::vector<std::vector<double>>{{},
                                                                         {1.0, 0.0},
                                                                         {1.0, 0.5, 0.4, 1.0},
                                                                         {1.0, 2.0, 2.0, 1.0},
                                                                         {1.0, 0.0, 0.0, 0.0},
                                                                         {1.0, 0.0, 0.0, std::nan("")},
                                                                         {-1.0}}) {
    CHECK_THROWS_WITH(agent::with_covariance(bad), Catch::Contains("covariance"));
  }
}

TEST_CASE("kernel_self_sparring carries a given covariance along") {
  std::vector<double> const c{1.0, 0.9, 0.0, 0.9, 1.0, 0.0, 0.0, 0.0, 2.0};
  auto agent = joust::kernel_self_sparring::with_covariance(c);
  auto const unspoilt = agent;
  agent_laws::plant(agent, 0, 2, 5, 1);
  CHECK_FALSE(agent == unspoilt);
  CHECK(agent.fresh({.arms = 3}) == unspoilt);
  CHECK_FALSE(unspoilt == joust::kernel_self_sparring{3});
  CHECK_THROWS_WITH(agent.fresh({.arms = 4}), Catch::Contains("setting.arms"));
  auto const restored = joust::kernel_self_sparring::load(agent.save());
  CHECK(restored == agent);
  CHECK(agent_laws::decide_alike(joust::kernel_self_sparring::with_covariance(neighbours(6, 1.0).cells),
                                 joust::kernel_self_sparring::with_covariance(neighbours(6, 1.0).cells),
                                 300));
}

TEST_CASE("kernel_self_sparring has the posterior of two correlated arms") {
  // One duel, won by arm 0. By hand: C = [1 .5; .5 1], noise 1, A = C^-1 + 1 = [7/3 -2/3; -2/3 7/3], A^-1 =
  // [7 2; 2 7] / 15, s = (1/2, -1/2): the means are 1/2 +- 1/6.
  auto agent = joust::kernel_self_sparring::with_covariance(std::vector<double>{1.0, 0.5, 0.5, 1.0},
                                                            {.noise_variance = 1.0});
  agent.observe(0, 1, joust::first_wins);
  CHECK(agent.quality(0) == Approx(0.5 + 1.0 / 6.0));
  CHECK(agent.quality(1) == Approx(0.5 - 1.0 / 6.0));
}

TEST_CASE("kernel_self_sparring learns about arms that are like those that duel") {
  joust::kernel_self_sparring agent{9, {.length_scale = 1.0}};
  agent_laws::plant(agent, 2, 7, 20, 0);
  CHECK(agent.quality(1) > 0.6);
  CHECK(agent.quality(8) < 0.4);
  CHECK(agent.quality(1) < agent.quality(2));
  joust::kernel_self_sparring unrelated{9};
  agent_laws::plant(unrelated, 2, 7, 20, 0);
  CHECK(unrelated.quality(1) == Approx(0.5));
}

TEST_CASE("kernel_self_sparring decides as the textbook form does") {
  for (double const scale : {0.0, 0.7}) {
    CHECK(agent_laws::disagreements(
              500, 8, 40,
              [=](std::size_t k) {
                return joust::kernel_self_sparring{k, {.noise_variance = 0.1, .length_scale = scale}};
              },
              [=](std::size_t k) {
                return textbook::kernel_self_sparring{neighbours(k, scale), 0.1};
              }) == 0);
  }
}

TEST_CASE("kernel_self_sparring has the known regret on arXiv-6") {
  // 1000 other runs: mean 73, standard deviation 92, with a heavy tail. 4.5 standard errors of a mean of 100
  // runs are 42. Random pairs have 600.
  CHECK(agent_laws::mean_regret_on_arxiv6(joust::kernel_self_sparring{}, 100, 10'000) ==
        Approx(73.0).margin(43.0));
}
