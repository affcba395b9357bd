// SPDX-License-Identifier: MIT
//
// Runs of agents that stop by themselves, and what became of them.
#pragma once

#include <cmath>
#include <cstddef>

#include "textbook.hpp"

#include <joust/core/certificate.hpp>

namespace identification {

/// Arms whose utilities are drawn from [0, 1], with p_ij = (1 + u_i - u_j)/2. Strong stochastic transitivity
/// and the stochastic triangle inequality hold.
[[nodiscard]] inline textbook::table random_utilities(std::size_t arms, joust::stream& g) {
  std::vector<double> u(arms);
  for (double& one : u) one = joust::draw_uniform(g);
  textbook::table p{arms, 0.5};
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) p(i, j) = 0.5 + 0.5 * (u[i] - u[j]);
  }
  return p;
}

/// Arms in random order with p_ij - 1/2 the smallest of the gaps, drawn from [0, most], between i and j:
/// medium stochastic transitivity holds, strong does not.
[[nodiscard]] inline textbook::table random_bottlenecks(std::size_t arms, double most, joust::stream& g) {
  std::vector<std::size_t> order(arms);
  for (std::size_t n = 0; n < arms; ++n) order[n] = n;
  for (std::size_t n = arms; n > 1; --n) std::swap(order[n - 1], order[joust::draw_index(n, g)]);
  std::vector<double> gap(arms);
  for (double& one : gap) one = most * joust::draw_uniform(g);
  textbook::table p{arms, 0.5};
  for (std::size_t i = 0; i < arms; ++i) {
    double least = 0.5;
    for (std::size_t j = i + 1; j < arms; ++j) {
      least = std::fmin(least, gap[j]);
      p(order[i], order[j]) = 0.5 + least;
      p(order[j], order[i]) = 0.5 - least;
    }
  }
  return p;
}

/// Arms whose log utilities are drawn from [0, spread] and compared by the Bradley-Terry model.
[[nodiscard]] inline textbook::table random_bradley_terry(std::size_t arms, double spread, joust::stream& g) {
  std::vector<double> u(arms);
  for (double& one : u) one = spread * joust::draw_uniform(g);
  textbook::table p{arms, 0.5};
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) p(i, j) = 1.0 / (1.0 + std::exp(u[j] - u[i]));
  }
  return p;
}

/// By how much the arm falls short of beating everyone: the largest p_ja - 1/2.
[[nodiscard]] inline double shortfall(textbook::table const& p, std::size_t a) {
  double most = 0.0;
  for (std::size_t j = 0; j < p.arms; ++j) most = std::fmax(most, p(j, a) - 0.5);
  return most;
}

/// What `runs` runs came to.
struct study {
  int wrong = 0;       // the claim does not hold
  int unfinished = 0;  // no certificate after `rounds` rounds
  double comparisons = 0.0;
  double deviation = 0.0;  // standard deviation of the comparisons of a run
};

/// Plays make(run) on matrix(g) until it stops; right(p, certificate) says whether the claim is true.
template <class Agent, class Matrix, class Right>
study play(Agent const& prototype, Matrix matrix, Right right, int runs, int rounds, std::uint64_t seed) {
  study result;
  double squares = 0.0;
  for (int run = 0; run < runs; ++run) {
    joust::stream g = joust::stream{seed}.child("agent", run);
    joust::stream world = joust::stream{seed}.child("world", run);
    textbook::table const p = matrix(world);
    Agent agent = prototype.fresh({.arms = p.arms});
    for (int t = 0; t < rounds && !agent.stop(); ++t) {
      auto const [i, j] = agent.select(g);
      if (i != j) agent.observe(i, j, joust::draw_bernoulli(p(i, j), world));
    }
    if (!agent.stop()) {
      ++result.unfinished;
      continue;
    }
    result.wrong += right(p, *agent.stop()) ? 0 : 1;
    double const comparisons = static_cast<double>(agent.stop()->comparisons);
    result.comparisons += comparisons / runs;
    squares += comparisons * comparisons / runs;
  }
  result.deviation = std::sqrt(std::fmax(squares - result.comparisons * result.comparisons, 0.0));
  return result;
}

/// The most errors that `runs` runs may make if each errs with a chance of at most `chance`: the mean and 4.5
/// standard deviations.
[[nodiscard]] inline double most_errors(int runs, double chance) {
  return chance * runs + 4.5 * std::sqrt(chance * (1.0 - chance) * runs);
}

/// A certificate whose arm falls short by no more than it says.
[[nodiscard]] inline bool within_tolerance(textbook::table const& p, joust::certificate const& claim) {
  return shortfall(p, claim.arm) <= claim.tolerance;
}

}  // namespace identification
