// SPDX-License-Identifier: MIT
#include <joust/experiment/alignment_metrics.hpp>

#include "small_alignment.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/state.hpp>

using joust::alignment_metric;
using joust::measurement;
using joust::stream;
using joust::testing::listed_policy;
using joust::testing::sampled_policy;
using joust::testing::small_world_of_responses;
using metrics_of_responses = joust::alignment_metrics<std::size_t>;

namespace {

small_world_of_responses const world{
    {{0.0, 1.0, -1.0, 2.0, 1.0}, {3.0, 0.5, 0.5, -2.0, 0.0}, {0, 0, 0, 0, 1}}};
listed_policy const uniform{{{std::vector(3, std::vector(5, 0.2))}}};
listed_policy const learnt{
    {{{0.1, 0.2, 0.0, 0.6, 0.1}, {0.05, 0.15, 0.3, 0.1, 0.4}, {0.25, 0.25, 0.25, 0.2, 0.05}}}};

double value(std::vector<measurement> const& all, alignment_metric metric) {
  for (auto const& m : all) {
    if (m.metric == metric) return m.value;
  }
  FAIL("no " << joust::metric_name(metric));
  return 0.0;
}

double error(std::vector<measurement> const& all, alignment_metric metric) {
  for (auto const& m : all) {
    if (m.metric == metric) return m.error;
  }
  FAIL("no " << joust::metric_name(metric));
  return 0.0;
}

bool has(std::vector<measurement> const& all, alignment_metric metric) {
  for (auto const& m : all) {
    if (m.metric == metric) return true;
  }
  return false;
}

struct by_prompt {
  std::vector<double> values;
  double mean() const {
    double sum = 0.0;
    for (double const v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
  double error() const {
    double squares = 0.0;
    for (double const v : values) squares += (v - mean()) * (v - mean());
    auto const n = static_cast<double>(values.size());
    return std::sqrt(squares / ((n - 1.0) * n));
  }
};

}  // namespace

TEST_CASE("alignment_metrics: a listed policy is summed over, as by hand", "[alignment_metrics]") {
  metrics_of_responses const metrics{3, uniform, {.references = 7}, stream{401}};
  auto const found = metrics.of_policy(world, learnt, uniform, stream{402});
  by_prompt probability, rate, greedy_probability, greedy_rate, reward, greedy_reward, best, regret, kl;
  std::vector<std::size_t> const likeliest{3, 4, 0};
  for (std::size_t x = 0; x < 3; ++x) {
    double p = 0.0, r = 0.0, w = 0.0, gp = 0.0, gr = 0.0, divergence = 0.0;
    for (std::size_t const b : metrics.references(x)) {
      for (std::size_t a = 0; a < 5; ++a) {
        double const gap = world.rewards[x][a] - world.rewards[x][b];
        double const pi = learnt.p[x][a];
        p += pi / (1.0 + std::exp(-gap)) / 7.0;
        r += pi * (gap > 0.0 ? 1.0 : gap == 0.0 ? 0.5 : 0.0) / 7.0;
        if (a == likeliest[x]) {
          gp += 1.0 / (1.0 + std::exp(-gap)) / 7.0;
          gr += (gap > 0.0 ? 1.0 : gap == 0.0 ? 0.5 : 0.0) / 7.0;
        }
      }
    }
    for (std::size_t a = 0; a < 5; ++a) {
      w += learnt.p[x][a] * world.rewards[x][a];
      if (learnt.p[x][a] > 0.0) divergence += learnt.p[x][a] * std::log(learnt.p[x][a] / 0.2);
    }
    std::vector<double> const tops{2.0, 3.0, 1.0};
    std::vector<double> const masses{0.6, 0.05, 0.05};
    probability.values.push_back(p);
    rate.values.push_back(r);
    greedy_probability.values.push_back(gp);
    greedy_rate.values.push_back(gr);
    reward.values.push_back(w);
    greedy_reward.values.push_back(world.rewards[x][likeliest[x]]);
    best.values.push_back(masses[x]);
    regret.values.push_back(tops[x] - w);
    kl.values.push_back(divergence);
  }
  for (auto const& [metric, expected] : std::vector<std::pair<alignment_metric, by_prompt>>{
           {alignment_metric::win_probability, probability},
           {alignment_metric::win_rate, rate},
           {alignment_metric::greedy_win_probability, greedy_probability},
           {alignment_metric::greedy_win_rate, greedy_rate},
           {alignment_metric::reward, reward},
           {alignment_metric::greedy_reward, greedy_reward},
           {alignment_metric::best_share, best},
           {alignment_metric::policy_regret, regret},
           {alignment_metric::kl, kl}}) {
    INFO(joust::metric_name(metric));
    CHECK(value(found, metric) == Approx(expected.mean()).epsilon(1e-12));
    CHECK(error(found, metric) == Approx(expected.error()).epsilon(1e-10));
  }
  CHECK(found.size() == 9);
  CHECK(found == metrics.of_policy(world, learnt, uniform, stream{999}));  // nothing is left to chance
}

TEST_CASE("alignment_metrics: a policy meets itself at one half", "[alignment_metrics]") {
  // With as many references as can be, the wins of the reference over its own samples are an average over
  // both.
  metrics_of_responses const metrics{3, uniform, {.references = 20'000}, stream{403}};
  auto const found = metrics.of_policy(world, uniform, uniform, stream{404});
  CHECK(value(found, alignment_metric::win_probability) == Approx(0.5).margin(0.005));
  CHECK(value(found, alignment_metric::win_rate) == Approx(0.5).margin(0.01));  // ties count one half
  CHECK(value(found, alignment_metric::kl) == 0.0);

  small_world_of_responses const equal{{{1.0, 1.0, 1.0, 1.0, 1.0}}};
  metrics_of_responses const single{1, uniform, {}, stream{405}};
  auto const tied = single.of_policy(equal, learnt, uniform, stream{406});
  CHECK(value(tied, alignment_metric::win_rate) == Approx(0.5).epsilon(1e-14));
  CHECK(value(tied, alignment_metric::win_probability) == Approx(0.5).epsilon(1e-14));
  CHECK(std::isinf(error(tied, alignment_metric::win_rate)));  // one prompt does not say how prompts differ
}

TEST_CASE("alignment_metrics: sampling estimates what summing finds", "[alignment_metrics]") {
  metrics_of_responses const metrics{3, uniform, {.references = 9, .samples = 40'000}, stream{407}};
  sampled_policy const hidden{learnt.p};
  auto const exact = metrics.of_policy(world, learnt, uniform, stream{408});
  auto const drawn =
      metrics.of_policy(world, hidden, static_cast<sampled_policy const&>(uniform), stream{408});
  // The spread of a response's reward is below 1.5, of its wins below 0.5, of its log-ratio below 1.
  double const sigma = 4.5 / std::sqrt(3.0 * 40'000.0);
  for (auto const metric : {alignment_metric::win_probability, alignment_metric::win_rate}) {
    CHECK(std::fabs(value(drawn, metric) - value(exact, metric)) < 0.5 * sigma);
  }
  CHECK(std::fabs(value(drawn, alignment_metric::reward) - value(exact, alignment_metric::reward)) <
        1.5 * sigma);
  CHECK(std::fabs(value(drawn, alignment_metric::kl) - value(exact, alignment_metric::kl)) < sigma);
  CHECK(value(drawn, alignment_metric::reward) + value(drawn, alignment_metric::policy_regret) ==
        Approx(2.0).epsilon(1e-12));
  CHECK(value(drawn, alignment_metric::greedy_reward) == value(exact, alignment_metric::greedy_reward));
  CHECK_FALSE(has(drawn, alignment_metric::best_share));
}

TEST_CASE("alignment_metrics: standard errors are what repetition shows", "[alignment_metrics]") {
  // Prompts are drawn from a law; the spread of the estimate over repetitions is compared with what each
  // says.
  constexpr int repetitions = 600;
  constexpr std::size_t prompts = 12;
  std::vector<alignment_metric> const judged{alignment_metric::win_probability, alignment_metric::win_rate,
                                             alignment_metric::reward, alignment_metric::policy_regret};
  std::vector<double> sum(judged.size()), squares(judged.size()), stated(judged.size());
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    stream random = stream{409}.child(repetition);
    small_world_of_responses drawn;
    for (std::size_t x = 0; x < prompts; ++x) {
      std::vector<double> rewards(5);
      for (double& r : rewards) r = 4.0 * joust::draw_uniform(random) - 2.0;
      drawn.rewards.push_back(rewards);
    }
    sampled_policy const reference{std::vector(prompts, std::vector(5, 0.2))};
    sampled_policy const policy{std::vector(prompts, std::vector{0.1, 0.4, 0.1, 0.3, 0.1})};
    metrics_of_responses const metrics{prompts, reference, {.references = 4, .samples = 4}, random.child(1)};
    auto const found = metrics.of_policy(drawn, policy, reference, random.child(2));
    for (std::size_t i = 0; i < judged.size(); ++i) {
      double const v = value(found, judged[i]);
      sum[i] += v;
      squares[i] += v * v;
      stated[i] += error(found, judged[i]) * error(found, judged[i]);
    }
  }
  for (std::size_t i = 0; i < judged.size(); ++i) {
    INFO(joust::metric_name(judged[i]));
    double const mean = sum[i] / repetitions;
    double const seen = (squares[i] / repetitions - mean * mean) * repetitions / (repetitions - 1.0);
    // A variance from 600 values of nearly normal law has a relative error of sqrt(2 / 600) = 0.058; its
    // statement, from 600 x 11 degrees of freedom, one of 0.017.
    CHECK(std::fabs(seen / (stated[i] / repetitions) - 1.0) < 4.5 * 0.061);
  }
}

TEST_CASE("alignment_metrics: recommendations", "[alignment_metrics]") {
  metrics_of_responses const metrics{3, uniform, {.references = 5}, stream{410}};
  auto const best = metrics.of_recommendations(
      world,
      [](std::size_t x, stream&) {
        return std::vector<std::size_t>{3, 0, 4}[x];
      },
      stream{411});
  CHECK(value(best, alignment_metric::simple_regret) == 0.0);
  auto const other = metrics.of_recommendations(
      world, [](std::size_t, stream&) { return std::size_t{1}; }, stream{411});
  CHECK(value(other, alignment_metric::simple_regret) == Approx((1.0 + 2.5 + 1.0) / 3.0).epsilon(1e-14));
  double probability = 0.0;
  double rate = 0.0;
  for (std::size_t x = 0; x < 3; ++x) {
    auto const wins = metrics.against_references(world, x, 1);
    probability += wins.probability / 3.0;
    rate += wins.rate / 3.0;
  }
  CHECK(value(other, alignment_metric::recommended_win_probability) == Approx(probability).epsilon(1e-14));
  CHECK(value(other, alignment_metric::recommended_win_rate) == Approx(rate).epsilon(1e-14));
  CHECK(value(best, alignment_metric::recommended_win_rate) >
        value(other, alignment_metric::recommended_win_rate));
}

TEST_CASE("alignment_metrics: reward models are judged on held-out pairs", "[alignment_metrics]") {
  metrics_of_responses const metrics{3, uniform, {.pairs = 400}, stream{412}};
  auto const scored = [&](auto score) {
    return metrics.of_reward_model(world, [&](std::size_t x, std::vector<std::size_t> const& candidates) {
      std::vector<double> result;
      for (std::size_t const a : candidates) result.push_back(score(world.rewards[x][a], a));
      return result;
    });
  };
  auto const accuracy = alignment_metric::reward_model_accuracy;
  CHECK(value(scored([](double r, std::size_t) { return std::exp(r) + 7.0; }), accuracy) == 1.0);
  CHECK(value(scored([](double r, std::size_t) { return -r; }), accuracy) == 0.0);
  CHECK(value(scored([](double, std::size_t) { return 0.0; }), accuracy) == 0.5);
  // Prompt 2: only pairs with response 4 differ, half of which a model that likes low indices gets wrong:
  // all.
  metrics_of_responses const one{1, uniform, {.pairs = 50}, stream{413}};
  small_world_of_responses const last{{world.rewards[2]}};
  auto const low = one.of_reward_model(last, [](std::size_t, std::vector<std::size_t> const& candidates) {
    std::vector<double> result;
    for (std::size_t const a : candidates) result.push_back(-static_cast<double>(a));
    return result;
  });
  CHECK(value(low, accuracy) == 0.0);
  small_world_of_responses const equal{{{1.0, 1.0, 1.0, 1.0, 1.0}}};
  CHECK(one.of_reward_model(equal, [](std::size_t, auto const& c) { return std::vector<double>(c.size()); })
            .empty());
}

TEST_CASE("alignment_metrics: references are drawn from the reference, once", "[alignment_metrics]") {
  sampled_policy const skewed{{{0.7, 0.1, 0.1, 0.05, 0.05}, {0.0, 0.0, 1.0, 0.0, 0.0}}};
  metrics_of_responses const metrics{2, skewed, {.references = 4000}, stream{414}};
  CHECK(metrics.prompts() == 2);
  double zeros = 0.0;
  for (std::size_t const b : metrics.references(0)) zeros += b == 0 ? 1.0 : 0.0;
  CHECK(std::fabs(zeros / 4000.0 - 0.7) < 4.5 * std::sqrt(0.21 / 4000.0));
  for (std::size_t const b : metrics.references(1)) CHECK(b == 2);
  CHECK(metrics == metrics_of_responses{2, skewed, {.references = 4000}, stream{414}});
  CHECK_FALSE(metrics == metrics_of_responses{2, skewed, {.references = 4000}, stream{415}});
}

TEST_CASE("alignment_metrics: sequences as actions", "[alignment_metrics]") {
  using words = std::vector<std::uint16_t>;
  struct writer {
    words sample(std::size_t x, stream& g) const {
      return words(1 + joust::draw_index(3, g), static_cast<std::uint16_t>(x));
    }
    double log_probability(std::size_t, words const&) const { return -std::log(3.0); }
    double kl(writer const&, std::size_t) const { throw std::invalid_argument{"too many sequences"}; }
  };
  struct length_world {
    std::size_t prompts() const { return 2; }
    double reward(std::size_t, words const& a) const { return static_cast<double>(a.size()); }
    double best_reward(std::size_t) const { return 3.0; }
    double probability(std::size_t x, words const& a, words const& b) const {
      return joust::sigmoid(reward(x, a) - reward(x, b));
    }
  };
  joust::alignment_metrics<words> const metrics{2, writer{}, {.references = 8, .samples = 3000}, stream{416}};
  auto const found = metrics.of_policy(length_world{}, writer{}, writer{}, stream{417});
  CHECK(value(found, alignment_metric::reward) == Approx(2.0).margin(4.5 * std::sqrt(2.0 / 3.0 / 6000.0)));
  CHECK(value(found, alignment_metric::kl) == 0.0);
  CHECK_FALSE(has(found, alignment_metric::greedy_reward));

  joust::state_writer state{"yardstick", 1};
  state("metrics", metrics);
  std::string const saved = std::move(state).finish();
  joust::alignment_metrics<words> read{1, writer{}, {}, stream{418}};
  joust::state_reader reader{saved, "yardstick", 1};
  reader("metrics", read);
  reader.finish();
  CHECK(read == metrics);
  CHECK(read.sound(2, [](std::size_t, words const&) { return true; }));
  CHECK_FALSE(read.sound(3, [](std::size_t, words const&) { return true; }));
  CHECK_FALSE(read.sound(2, [](std::size_t x, words const&) { return x == 0; }));
}

TEST_CASE("alignment_metrics: options are checked", "[alignment_metrics]") {
  auto const complaint = [](joust::alignment_metrics_options const& options) -> std::string {
    try {
      metrics_of_responses const metrics{3, uniform, options, stream{1}};
    } catch (std::invalid_argument const& fault) { return fault.what(); }
    return "";
  };
  CHECK(complaint({.references = 0}) == "references: is 0; expected at least 1");
  CHECK(complaint({.samples = 0}) == "samples: is 0; expected at least 1");
  CHECK(complaint({.pairs = 0}) == "pairs: is 0; expected at least 1");
  CHECK(complaint({}).empty());
}
