// SPDX-License-Identifier: MIT
#include <joust/proposer/policy_samples.hpp>

#include <set>
#include <type_traits>

#include <catch2/catch.hpp>

#include <joust/laws/proposer.hpp>

#include "response_policy.hpp"

using joust::duplicates;
using joust::policy_samples;
using joust_test::probability;
using joust_test::response_policy;
using joust_test::share_of;
using joust_test::tolerance;

namespace {
response_policy const spread{{4.0, 3.0, 2.0, 1.0}};
response_policy const certain{{1.0, 0.0, 0.0, 0.0}};
std::size_t const prompt = 0;
}  // namespace

static_assert(joust::proposer<policy_samples<response_policy>, std::size_t, std::size_t>);
static_assert(!std::is_constructible_v<policy_samples<response_policy>, response_policy&&>);

TEST_CASE("samples are the policy's, at the temperature", "[policy_samples]") {
  joust::stream one{1};
  joust::stream other{1};
  CHECK(policy_samples{spread}.propose(prompt, one) == spread.sample_batch(prompt, 20, other, 0.7));
  CHECK(one == other);
  for (double const temperature : {0.5, 2.0}) {
    policy_samples const proposer{spread, {.count = 3, .temperature = temperature}};
    for (std::size_t a = 0; a < 4; ++a) {
      double const expected = probability(spread, a, temperature);
      CHECK(std::fabs(share_of(proposer, 2, a) - expected) <= tolerance(expected));
    }
  }
}

TEST_CASE("every way with duplicates keeps the laws of a proposer", "[policy_samples]") {
  for (duplicates const way : {duplicates::keep, duplicates::redraw, duplicates::distinct}) {
    for (response_policy const* const policy : {&spread, &certain}) {
      auto const report = joust::laws::proposer(policy_samples{*policy, {.count = 5, .repeats = way}}, prompt,
                                                joust::stream{2});
      INFO(report.text());
      CHECK(static_cast<bool>(report));
    }
  }
}

TEST_CASE("duplicates are kept, drawn again, or left out", "[policy_samples]") {
  auto const kinds = [](std::vector<std::size_t> const& actions) {
    return std::set<std::size_t>(actions.begin(), actions.end()).size();
  };
  joust::stream random{3};
  for (int t = 0; t < 200; ++t) {
    auto const kept = policy_samples{spread, {.count = 4}}.propose(prompt, random);
    auto const redrawn =
        policy_samples{spread, {.count = 4, .repeats = duplicates::redraw, .redraws = 500}}.propose(prompt,
                                                                                                    random);
    auto const distinct =
        policy_samples{spread, {.count = 9, .repeats = duplicates::distinct, .redraws = 500}}.propose(prompt,
                                                                                                      random);
    CHECK(kept.size() == 4);
    CHECK(redrawn.size() == 4);
    CHECK(kinds(redrawn) == 4);
    CHECK(distinct.size() == 4);
    CHECK(kinds(distinct) == 4);
  }
  // Nothing else to be had.
  for (std::size_t const redraws : {0U, 3U}) {
    CHECK(policy_samples{certain, {.count = 6, .repeats = duplicates::redraw, .redraws = redraws}}.propose(
              prompt, random) == std::vector<std::size_t>(6, 0));
    CHECK(policy_samples{certain, {.count = 6, .repeats = duplicates::distinct, .redraws = redraws}}.propose(
              prompt, random) == std::vector<std::size_t>{0});
  }
}

TEST_CASE("a pair without duplicates is two draws without replacement", "[policy_samples]") {
  // The second given the first is the policy without it.
  policy_samples const proposer{
      spread, {.count = 2, .temperature = 1.0, .repeats = duplicates::redraw, .redraws = 1000}};
  std::vector<double> const p{0.4, 0.3, 0.2, 0.1};
  for (std::size_t b = 0; b < 4; ++b) {
    double expected = 0.0;
    for (std::size_t a = 0; a < 4; ++a) expected += a == b ? 0.0 : p[a] * p[b] / (1.0 - p[a]);
    CHECK(std::fabs(share_of(proposer, 0, b) - p[b]) <= tolerance(p[b]));
    CHECK(std::fabs(share_of(proposer, 1, b) - expected) <= tolerance(expected));
  }
}

TEST_CASE("redraws are counted", "[policy_samples]") {
  // One redraw of a pair: equal with probability sum p^2 before, sum p^3 after.
  policy_samples const proposer{
      spread, {.count = 2, .temperature = 1.0, .repeats = duplicates::redraw, .redraws = 1}};
  joust::stream random{5};
  int equal = 0;
  for (int t = 0; t < 20000; ++t) {
    auto const pair = proposer.propose(prompt, random);
    equal += pair[0] == pair[1] ? 1 : 0;
  }
  double const expected = 0.064 + 0.027 + 0.008 + 0.001;
  CHECK(std::fabs(equal / 20000.0 - expected) <= tolerance(expected));
}

TEST_CASE("what cannot be asked of a policy is refused", "[policy_samples][fault]") {
  CHECK_THROWS_WITH((policy_samples{spread, {.count = 0}}), Catch::StartsWith("count: is 0"));
  CHECK_THROWS_WITH((policy_samples{spread, {.temperature = 0.0}}), Catch::StartsWith("temperature: is 0"));
  CHECK(joust::names_of(duplicates::distinct)[static_cast<std::size_t>(duplicates::distinct)] == "distinct");
}
