// SPDX-License-Identifier: MIT
#include <joust/agent/constant_policies.hpp>

#include <Eigen/Core>
#include <catch2/catch.hpp>

#include <joust/agent/sparring_exp4.hpp>

static_assert(joust::policy_class<joust::constant_policies, Eigen::MatrixXd>);
static_assert(!joust::policy_class<joust::constant_policies, std::size_t>);

TEST_CASE("constant_policies name their own arm each", "[constant_policies]") {
  joust::constant_policies const policies{4};
  CHECK(policies.size() == 4);
  Eigen::MatrixXd const arms(4, 0);  // features are not read
  for (std::size_t n = 0; n < 4; ++n) CHECK(policies(arms, n) == n);
  CHECK_NOTHROW(policies.check(arms));
  CHECK_THROWS_WITH(policies.check(Eigen::MatrixXd(3, 2)), Catch::Contains("phi: is 3 rows; expected 4"));
  CHECK(policies == joust::constant_policies{4});
  CHECK_FALSE(policies == joust::constant_policies{5});
}

TEST_CASE("constant_policies are made for a setting of fixed arms", "[constant_policies]") {
  joust::constant_policies const prototype;
  CHECK(prototype.size() == 0);
  CHECK(prototype.fresh({.arms = 7}).size() == 7);
  CHECK_THROWS_WITH(prototype.fresh({.arms = 7, .fixed_arms = false}), Catch::Contains("fixed_arms"));
  CHECK_THROWS_WITH(prototype.fresh({}), Catch::Contains("setting.arms: is 0"));
}
