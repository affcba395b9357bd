// SPDX-License-Identifier: MIT
#include <joust/agent/random_linear_policies.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Core>
#include <catch2/catch.hpp>

#include <joust/agent/sparring_exp4.hpp>
#include <joust/core/stream.hpp>

namespace {

using joust::random_linear_policies;

static_assert(joust::policy_class<random_linear_policies, Eigen::MatrixXd>);

}  // namespace

TEST_CASE("random_linear_policies with given weights name the largest score", "[random_linear_policies]") {
  random_linear_policies policies{2, {1.0, 0.0, 0.0, 1.0, -1.0, -1.0}};
  CHECK(policies.size() == 3);
  Eigen::MatrixXd phi(4, 2);
  phi << 1, 3,  //
      2, 3,     //
      2, 2,     //
      0, -1;
  CHECK(policies(phi, 0) == 1);  // the lowest index among equals
  CHECK(policies(phi, 1) == 0);
  CHECK(policies(phi, 2) == 3);
  joust::stream g{1};
  joust::stream const untouched = g;
  CHECK_FALSE(policies.prepare(phi, g));  // nothing to draw
  CHECK(g == untouched);
  CHECK(policies.fresh({.dimension = 2}) == policies);
}

TEST_CASE("random_linear_policies are drawn once, in all directions alike", "[random_linear_policies]") {
  random_linear_policies policies{20'000};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Identity(3, 3);
  CHECK(policies.weights().empty());
  joust::stream g{2};
  joust::stream h = g;
  CHECK(policies.prepare(phi, g));
  random_linear_policies again{20'000};
  CHECK(again.prepare(phi, h));
  CHECK(again == policies);
  std::vector<double> const before = policies.weights();
  CHECK(before.size() == 60'000);
  CHECK_FALSE(policies.prepare(phi, g));
  CHECK(policies.weights() == before);
  // Each of three unit vectors is the favourite of a third: 6667, standard deviation 67.
  std::vector<int> named(3, 0);
  for (std::size_t n = 0; n < policies.size(); ++n) ++named[policies(phi, n)];
  for (int const count : named) CHECK(count == Approx(6667).margin(4.5 * 67));
  random_linear_policies const anew = policies.fresh({.dimension = 3});
  CHECK(anew.size() == 20'000);
  CHECK(anew.weights().empty());
}

TEST_CASE("random_linear_policies refuse what they cannot score", "[random_linear_policies][fault]") {
  CHECK_THROWS_WITH(random_linear_policies{0}, Catch::Contains("count: is 0"));
  CHECK_THROWS_WITH(random_linear_policies(0, {1.0}), Catch::Contains("dimension"));
  for (std::vector<double> const& bad : {std::vector<double>{},
                                         {1.0, 2.0, 3.0},
                                         {1.0, std::nan("")},
                                         {std::numeric_limits<double>::infinity(), 0.0}}) {
    CHECK_THROWS_WITH(random_linear_policies(2, bad), Catch::Contains("weights"));
  }
  random_linear_policies const undrawn{5};
  CHECK_THROWS_WITH(undrawn.fresh({.arms = 3}), Catch::Contains("setting.dimension"));
  CHECK_NOTHROW(undrawn.check(Eigen::MatrixXd(Eigen::MatrixXd::Zero(2, 9))));
  CHECK_THROWS_WITH(undrawn.check(Eigen::MatrixXd(2, 0)), Catch::Contains("dimension"));
  random_linear_policies const given{3, {1.0, 0.0, 0.0}};
  CHECK_THROWS_WITH(given.check(Eigen::MatrixXd(Eigen::MatrixXd::Zero(2, 2))),
                    Catch::Contains("2 columns wide"));
  CHECK_THROWS_WITH(given.check(Eigen::MatrixXd(0, 3)), Catch::Contains("without rows"));
  CHECK_THROWS_WITH(given.check(Eigen::MatrixXd(Eigen::MatrixXd::Constant(2, 3, std::nan("")))),
                    Catch::Contains("finite"));
}
