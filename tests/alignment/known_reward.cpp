// SPDX-License-Identifier: MIT
#include <joust/alignment/known_reward.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/reward_model.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/rule/best_against_worst.hpp>
#include <joust/rule/passive.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::known_reward;
using joust_test::toy_prompts;
using joust_test::toy_responses;

double by_index(std::size_t x, std::size_t a) { return static_cast<double>(10 * x + a); }

}  // namespace

TEST_CASE("known_reward says what its function says", "[known_reward]") {
  known_reward model{by_index};
  std::vector<std::size_t> const xs{4, 2};
  std::vector<std::vector<std::size_t>> const sets{{3, 1}, {0, 2, 2}};
  model.consider(xs, sets, 0, 0);
  auto const first = model.belief(0);
  auto const second = model.belief(1);
  CHECK(std::vector<double>(first.mean().begin(), first.mean().end()) == std::vector<double>{43.0, 41.0});
  CHECK(std::vector<double>(second.mean().begin(), second.mean().end()) ==
        std::vector<double>{20.0, 22.0, 22.0});
  CHECK(model.expected(std::size_t{7}, std::vector<std::size_t>{5}, 0, 0) == std::vector<double>{75.0});
  model.observe(0, 0, 1, 0.0, 1.0);
  model.train();
  CHECK(model.belief(0).mean()[0] == 43.0);
  // Looking anew replaces what was seen.
  model.consider(std::vector<std::size_t>{1}, std::vector<std::vector<std::size_t>>{{9}}, 0, 0);
  CHECK(model.belief(0).size() == 1);
  CHECK(model.belief(0).mean()[0] == 19.0);
}

TEST_CASE("known_reward refuses rewards that are not finite", "[known_reward][fault]") {
  known_reward model{[](std::size_t, std::size_t a) { return a == 1 ? std::nan("") : 0.0; }};
  std::vector<std::size_t> const xs{0};
  CHECK_THROWS_AS(model.consider(xs, std::vector<std::vector<std::size_t>>{{0, 1}}, 0, 0),
                  std::invalid_argument);
  CHECK_THROWS_AS(model.expected(std::size_t{0}, std::vector<std::size_t>{1}, 0, 0), std::invalid_argument);
}

TEST_CASE("a lambda with captures can be copied and assigned", "[known_reward]") {
  double scale = 2.0;
  auto const make = [&](double offset) {
    return known_reward{
        [&scale, offset](std::size_t, std::size_t a) { return scale * static_cast<double>(a) + offset; }};
  };
  auto one = make(1.0);
  auto const two = make(5.0);
  one = two;
  scale = 3.0;
  CHECK(one.expected(std::size_t{0}, std::vector<std::size_t>{1}, 0, 0)[0] == 8.0);
  auto& same = one;
  one = same;
  CHECK(one.expected(std::size_t{0}, std::vector<std::size_t>{1}, 0, 0)[0] == 8.0);
  auto const copy = one;
  CHECK(copy.expected(std::size_t{0}, std::vector<std::size_t>{2}, 0, 0)[0] == 11.0);
}

TEST_CASE("with the truth and best against worst, the policy comes to prefer the best", "[known_reward]") {
  auto oracle = joust_test::an_oracle();
  auto const truth = oracle.rewards;
  joust::aligner const fresh{
      joust_test::a_policy(20.0),
      known_reward{[&](std::size_t x, std::size_t a) { return truth[x * toy_responses + a]; }},
      joust::best_against_worst{{.of = joust::opinion::mean}},
      joust::dpo{},
      {.candidates = 5, .temperature = 1.0}};
  auto const value = [&](auto const& agent) {
    double sum = 0.0;
    for (std::size_t x = 0; x < toy_prompts; ++x) {
      auto const p = agent.policy().probabilities(x);
      for (std::size_t a = 0; a < toy_responses; ++a)
        sum += p[a] * truth[x * toy_responses + a] / toy_prompts;
    }
    return sum;
  };
  auto agent = fresh;
  double const before = value(agent);
  joust_test::run(agent, oracle, 0, 30);
  CHECK(value(agent) > before + 0.4);
  // And it goes on from a saved state, function and all.
  auto rest = fresh;
  rest.restore(agent.save());
  joust_test::run(agent, oracle, 30, 35);
  joust_test::run(rest, oracle, 30, 35);
  CHECK(rest.save() == agent.save());
}
