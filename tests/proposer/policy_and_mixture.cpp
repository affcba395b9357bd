// SPDX-License-Identifier: MIT
#include <joust/proposer/policy_and_mixture.hpp>

#include <type_traits>

#include <catch2/catch.hpp>

#include <joust/laws/proposer.hpp>

#include "response_policy.hpp"

using joust::policy_and_mixture;
using joust_test::probability;
using joust_test::response_policy;
using joust_test::share_of;
using joust_test::tolerance;

namespace {
response_policy const learnt{{4.0, 3.0, 2.0, 1.0}};
response_policy const reference{{1.0, 1.0, 3.0, 5.0}};
}  // namespace

static_assert(joust::proposer<policy_and_mixture<response_policy>, std::size_t, std::size_t>);
static_assert(
    !std::is_constructible_v<policy_and_mixture<response_policy>, response_policy const&, response_policy>);
static_assert(
    !std::is_constructible_v<policy_and_mixture<response_policy>, response_policy, response_policy const&>);

TEST_CASE("the first is the policy's, the others are the mixture's", "[policy_and_mixture]") {
  for (double const share : {0.0, 0.25, 1.0}) {
    for (double const temperature : {1.0, 0.5}) {
      policy_and_mixture const proposer{
          learnt, reference, {.count = 3, .share = share, .temperature = temperature}};
      response_policy const mixture = learnt.mixed(reference, share);
      for (std::size_t a = 0; a < 4; ++a) {
        double const own = probability(learnt, a, temperature);
        double const other = probability(mixture, a, temperature);
        CHECK(std::fabs(share_of(proposer, 0, a) - own) <= tolerance(own));
        CHECK(std::fabs(share_of(proposer, 1, a) - other) <= tolerance(other));
        CHECK(std::fabs(share_of(proposer, 2, a) - other) <= tolerance(other));
      }
    }
  }
  joust::stream random{1};
  CHECK(policy_and_mixture{learnt, reference}.propose(std::size_t{0}, random).size() == 2);
}

TEST_CASE("policy_and_mixture keeps the laws of a proposer", "[policy_and_mixture]") {
  auto const report =
      joust::laws::proposer(policy_and_mixture{learnt, reference}, std::size_t{0}, joust::stream{2});
  INFO(report.text());
  CHECK(static_cast<bool>(report));
}

TEST_CASE("a mixture has shares", "[policy_and_mixture][fault]") {
  CHECK_THROWS_WITH((policy_and_mixture{learnt, reference, {.count = 1}}), Catch::StartsWith("count: is 1"));
  CHECK_THROWS_WITH((policy_and_mixture{learnt, reference, {.share = 1.5}}),
                    Catch::StartsWith("share: is 1.5"));
  CHECK_THROWS_WITH((policy_and_mixture{learnt, reference, {.temperature = 0.0}}),
                    Catch::StartsWith("temperature: is 0"));
}
