// SPDX-License-Identifier: MIT
//
// Maximise to explore for a plain bandit: Liu et al., "Maximize to explore", NeurIPS 2023. A hypothesis is a
// mean for every arm, its loss n_a (v - mean_a)^2, its value the largest mean. Raising one arm to v is all a
// maximiser does:
//
//     index of a = max over v <= B of  v - eta n_a (v - mean_a)^2
//                = mean_a + 1 / (4 eta n_a)       where the maximiser mean_a + 1 / (2 eta n_a) is at most B,
//                = B - eta n_a (B - mean_a)^2     beyond.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/draw.hpp>

#include "report.hpp"

namespace toys {
namespace {

constexpr std::size_t arms = 10;
constexpr int horizon = 2000;

struct arm {
  double pulls = 0.0;
  double mean = 0.0;
};

double capped_index(double eta, arm const& a, double bound = 1.0) {
  return std::fmin(bound, a.mean + 1.0 / (4.0 * eta * a.pulls));
}
double exact_index(double eta, arm const& a, double bound = 1.0) {
  if (a.mean + 1.0 / (2.0 * eta * a.pulls) <= bound) return a.mean + 1.0 / (4.0 * eta * a.pulls);
  return bound - eta * a.pulls * (bound - a.mean) * (bound - a.mean);
}

// The largest distance of the exact index from a search over v.
double error_of_index(joust::stream g) {
  double worst = 0.0;
  for (int n = 0; n < 200; ++n) {
    arm const a{1.0 + static_cast<double>(joust::draw_index(50, g)), joust::draw_uniform(g)};
    double const eta = 0.01 + joust::draw_uniform(g);
    double best = -1e9;
    int const steps = 20000;
    for (int i = 0; i <= steps; ++i) {
      double const v = -1.0 + 2.0 * i / steps;  // up to B = 1
      best = std::fmax(best, v - eta * a.pulls * (v - a.mean) * (v - a.mean));
    }
    worst = std::fmax(worst, std::fabs(best - exact_index(eta, a)));
  }
  return worst;
}

// Pulls an arm of the largest index, untried ones first; returns the regret.
template <class Index>
double play(Index const& index, joust::stream g) {
  std::array<arm, arms> all{};
  double regret = 0.0;
  for (int t = 1; t <= horizon; ++t) {
    std::size_t chosen = 0;
    std::size_t equals = 0;
    double largest = -1e9;
    for (std::size_t a = 0; a < arms; ++a) {
      double const value = all[a].pulls == 0.0 ? 1e9 : index(all[a], t, g);
      if (value > largest) equals = 0;
      if (value < largest) continue;
      largest = value;
      if (joust::draw_index(++equals, g) == 0) chosen = a;
    }
    double const p = chosen == 0 ? 0.6 : 0.4;
    arm& at = all[chosen];
    at.mean += (joust::draw_bernoulli(p, g) - at.mean) / ++at.pulls;
    regret += 0.6 - p;
  }
  return regret;
}

template <class Index>
average regrets(Index const& index, std::uint64_t seeds) {
  average result;
  for (std::uint64_t n = 0; n < seeds; ++n) result.add(play(index, report::seed("bandit", n)));
  return result;
}

}  // namespace

void bandit(report& out) {
  out.title("A plain bandit");
  std::uint64_t const seeds = out.seeds(300);
  std::vector<std::vector<std::string>> rows{{"index", "regret after 2000 pulls", "exact maximiser"}};
  auto const greedy = regrets([](arm const& a, int, joust::stream&) { return a.mean; }, seeds);
  auto const ucb = regrets(
      [](arm const& a, int t, joust::stream&) { return a.mean + std::sqrt(0.5 * std::log(t) / a.pulls); },
      seeds);
  auto const thompson = regrets(
      [](arm const& a, int, joust::stream& g) {
        // Rewards of variance 1/4, a flat prior.
        return boost::random::normal_distribution<double>{a.mean, 0.5 / std::sqrt(a.pulls)}(g);
      },
      seeds);
  rows.push_back({"greedy", text(greedy, 1), ""});
  rows.push_back({"UCB, width sqrt(0.5 ln t / n)", text(ucb, 1), ""});
  rows.push_back({"Gaussian Thompson sampling", text(thompson, 1), ""});
  average least;
  least.add(1e9);
  for (double const eta : {0.02, 0.5 * std::sqrt(1.0 * arms / horizon), 0.05, 0.1, 0.2, 0.5}) {
    auto const capped =
        regrets([eta](arm const& a, int, joust::stream&) { return capped_index(eta, a); }, seeds);
    auto const exact =
        regrets([eta](arm const& a, int, joust::stream&) { return exact_index(eta, a); }, seeds);
    rows.push_back({"MEX, eta " + text(eta, 3), text(capped, 1), text(exact, 1)});
    if (capped.mean() < least.mean()) least = capped;
  }
  out.table(rows);
  out.holds("the exact index is the maximum found by search",
            error_of_index(report::seed("index", 0)) < 1e-4);
  out.holds("MEX at its best eta has less regret than greedy and than UCB, by 4.5 standard errors",
            lead(greedy, least) > 4.5 && lead(ucb, least) > 4.5);
  out.end();
}

}  // namespace toys
