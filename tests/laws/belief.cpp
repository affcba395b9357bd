// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/belief.hpp>
#include <joust/laws/normal_belief.hpp>

#include "../core/archetypes.hpp"

using joust::stream;
using joust::laws::normal_belief;
namespace laws = joust::laws;

namespace {

// Three correlated candidates, and one fault at a time.
struct model {
  double mean_error = 0.0;       // of the first mean
  double variance_factor = 1.0;  // of every pair variance
  bool sums_marginals = false;   // forgets the correlation
  bool skewed = false;           // pair_variance(0, 1) alone
  double diagonal = 0.0;
  bool repeats_draws = false;  // every other draw is the one before
  bool ignores_stream = false;
  bool drawn_short = false;
  double offset = 0.0;  // of every draw: means nothing
  bool spoilt = false;

  normal_belief truth{{{0.5, 1.0, 1.5}, {0.0, 0.5, 1.0}, {-0.5, 0.25, -0.5}}};
  std::vector<double> values{};
  int drawn = 0;
  stream own{5};

  std::size_t size() const { return 3; }
  std::span<double const> mean() {
    values.assign(truth.mean().begin(), truth.mean().end());
    values[0] += mean_error;
    if (spoilt) values[1] = std::nan("");
    return values;
  }
  std::span<double const> draw(stream& g) {
    if (!(repeats_draws && drawn++ % 2 == 1)) {
      auto const rewards = truth.draw(ignores_stream ? own : g);
      values.assign(rewards.begin(), rewards.end());
      for (double& value : values) value += offset;
      last = values;
    }
    values = last;
    if (drawn_short) values.pop_back();
    return values;
  }
  double pair_variance(std::size_t i, std::size_t j) const {
    static constexpr double marginal[] = {3.25, 1.25, 0.3125};
    if (i == j) return diagonal;
    double const v = sums_marginals ? marginal[i] + marginal[j] : truth.pair_variance(i, j);
    return v * variance_factor * (skewed && i == 0 && j == 1 ? 1.001 : 1.0);
  }
  std::vector<double> last{};
};

laws::law_report report_on(model rewards, stream random = stream{1}) { return laws::belief(rewards, random); }

// A uniform member of an ensemble of point estimates: few distinct draws, far from normal.
struct ensemble {
  std::vector<std::vector<double>> members{{0.0, 1.0}, {1.0, 0.5}, {2.0, 5.0}};
  std::vector<double> average{1.0, 6.5 / 3.0};
  std::size_t size() const { return 2; }
  std::span<double const> mean() const { return average; }
  std::span<double const> draw(stream& g) const { return members[joust::draw_index(members.size(), g)]; }
  double pair_variance(std::size_t i, std::size_t j) const {
    double sum = 0.0;
    for (auto const& m : members) sum += std::pow(m[i] - m[j] - (average[i] - average[j]), 2.0) / 3.0;
    return sum;
  }
};

}  // namespace

TEST_CASE("correct beliefs keep the laws", "[laws][belief]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK_KEEPS_LAWS(report_on({}, stream{seed}));
  CHECK_KEEPS_LAWS(report_on({.offset = 7.0}));
  archetype::belief linear{{1.0, 2.0, 2.0, -1.0}, 0.5, 4.0};  // two equal candidates
  CHECK_KEEPS_LAWS(laws::belief(linear, stream{1}));
  ensemble finite;
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK_KEEPS_LAWS(laws::belief(finite, stream{seed}));
}

TEST_CASE("planted faults of beliefs are found", "[laws][belief]") {
  CHECK_BREAKS("draws have the mean mean()", report_on({.mean_error = 0.1}));
  CHECK_BREAKS("is the variance of reward i - reward j", report_on({.variance_factor = 1.15}));
  CHECK_BREAKS("is the variance of reward i - reward j", report_on({.variance_factor = 0.87}));
  CHECK_BREAKS("is the variance of reward i - reward j", report_on({.sums_marginals = true}));
  CHECK_BREAKS("pair_variance is symmetric", report_on({.skewed = true}));
  CHECK_BREAKS("pair_variance(i, i) is zero", report_on({.diagonal = 0.1}));
  CHECK_BREAKS("finite and not negative", report_on({.variance_factor = -1.0}));
  CHECK_BREAKS("draws are independent", report_on({.repeats_draws = true}));
  CHECK_BREAKS("the same stream gives the same draw", report_on({.ignores_stream = true}));
  CHECK_BREAKS("have size() elements", report_on({.drawn_short = true}));
  CHECK_BREAKS("means and draws are finite", report_on({.spoilt = true}));
  archetype::belief empty;
  CHECK_BREAKS("size() is at least 1", laws::belief(empty, stream{1}));
}
