// SPDX-License-Identifier: MIT
#include <joust/agent/policy_class.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>

#include <Eigen/Core>

#include <joust/agent/constant_policies.hpp>
#include <joust/agent/random_linear_policies.hpp>

namespace {

struct by_segment {  // contexts are integers: the class itself says how many candidates there are
  std::size_t size() const { return 2; }
  std::size_t arms(int) const { return 4; }
  std::size_t operator()(int segment, std::size_t n) const {
    return (static_cast<std::size_t>(segment) + n) % 4;
  }
};
struct without_arms {
  std::size_t size() const { return 2; }
  std::size_t operator()(int, std::size_t n) const { return n; }
};
struct without_names {
  std::size_t size() const { return 2; }
  std::size_t arms(int) const { return 4; }
};

}  // namespace

TEST_CASE("policy_class: what is one and what is not", "[policy_class]") {
  STATIC_REQUIRE(joust::policy_class<joust::random_linear_policies, Eigen::MatrixXd>);
  STATIC_REQUIRE(joust::policy_class<joust::constant_policies, Eigen::MatrixXd>);
  STATIC_REQUIRE(joust::policy_class<by_segment, int>);
  STATIC_REQUIRE_FALSE(joust::policy_class<by_segment, Eigen::MatrixXd>);
  STATIC_REQUIRE_FALSE(joust::policy_class<by_segment, std::string>);
  STATIC_REQUIRE_FALSE(joust::policy_class<without_arms, int>);
  STATIC_REQUIRE_FALSE(joust::policy_class<without_names, int>);
  CHECK(by_segment{}(3, 1) < by_segment{}.arms(3));
}
