// SPDX-License-Identifier: MIT
//
// SEA's rule on candidates described by features: what is learnt about one candidate carries over to those
// like it, so candidates may change from round to round. Candidates are rows of Phi.
#include <iostream>

#include <Eigen/Core>

#include <joust/joust.hpp>

int main() {
  constexpr Eigen::Index dimension = 4;
  constexpr Eigen::Index candidates = 20;
  Eigen::VectorXd const taste{{1.5, -1.0, 0.5, 0.0}};  // unknown to the agent: what the judge likes

  joust::contextual agent{joust::linear_logistic{{.dimension = dimension}}, joust::best_arm{}};
  joust::stream random{42};
  joust::stream world{7};
  for (int round = 0; round < 300; ++round) {
    Eigen::MatrixXd const Phi = Eigen::MatrixXd::NullaryExpr(
        candidates, dimension, [&] { return 2.0 * joust::draw_uniform(world) - 1.0; });
    auto [first, second] = agent.select(Phi, random);
    auto const a = static_cast<Eigen::Index>(first);
    auto const b = static_cast<Eigen::Index>(second);
    double const advantage = (Phi.row(a) - Phi.row(b)).dot(taste);
    agent.observe(Phi.row(a), Phi.row(b), joust::draw_bernoulli(joust::sigmoid(advantage), world));
  }
  std::cout.precision(2);
  std::cout << std::fixed << "learnt taste: " << agent.posterior().mean().transpose() << '\n';
  std::cout << "true taste:   " << taste.transpose() << '\n';
}
