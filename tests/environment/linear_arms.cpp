// SPDX-License-Identifier: MIT
#include <joust/environment/linear_arms.hpp>

#include <catch2/catch.hpp>

#include <Eigen/LU>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

namespace {

// The theta behind an instance, by least squares: utilities are exactly linear in the features.
Eigen::VectorXd theta_of(joust::fixed_arms const& truth) {
  auto const& x = truth.features();
  auto const u = truth.utilities();
  Eigen::Map<Eigen::VectorXd const> const utilities{u.data(), static_cast<Eigen::Index>(u.size())};
  return (x.transpose() * x).fullPivLu().solve(x.transpose() * utilities);
}

std::set<std::vector<bool>> corners(Eigen::MatrixXd const& x) {
  std::set<std::vector<bool>> result;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    std::vector<bool> signs;
    for (Eigen::Index k = 0; k < x.cols(); ++k) signs.push_back(x(i, k) > 0.0);
    result.insert(signs);
  }
  return result;
}

}  // namespace

TEST_CASE("linear_arms: jittered corners and a sparse theta", "[linear_arms]") {
  joust::stream random{101};
  for (double const scale : {0.1, 1.0, 4.0}) {
    auto const truth = joust::linear_arms{.scale = scale}.instance(random);
    auto const& x = truth.features();
    CHECK(truth.shape() == joust::setting{.arms = 32, .dimension = 5, .fixed_arms = true});
    CHECK((x.array().abs() - 1.0).abs().maxCoeff() <= 0.1);
    CHECK((x.array().abs() - 1.0).abs().maxCoeff() > 0.09);  // of 160 uniform ones, all below with 5e-8
    CHECK(corners(x).size() == 32);
    auto const theta = theta_of(truth);
    CHECK(theta.norm() == Approx(scale).epsilon(1e-10));
    CHECK((theta.array().abs() > 1e-9).count() == 2);
    for (std::size_t a = 0; a < 32; ++a) {
      CHECK(truth.probability(a, 0) ==
            Approx(1.0 / (1.0 + std::exp(truth.utilities()[0] - truth.utilities()[a]))).epsilon(1e-12));
    }
  }
}

TEST_CASE("linear_arms: plain corners and a dense theta", "[linear_arms]") {
  joust::stream random{102};
  constexpr int trials = 400;
  double radius_to_the_d = 0.0;
  for (int trial = 0; trial < trials; ++trial) {
    auto const truth = joust::linear_arms::ginop(10).instance(random);
    auto const& x = truth.features();
    CHECK(truth.arms() == 30);
    CHECK((x.array().abs() - 1.0 / std::sqrt(10.0)).abs().maxCoeff() < 1e-15);
    CHECK(corners(x).size() == 30);
    auto const theta = theta_of(truth);
    CHECK(theta.norm() <= 2.0);
    radius_to_the_d += std::pow(theta.norm() / 2.0, 10);
  }
  // Uniform in the ball means (radius / scale)^d uniform on [0, 1]: mean 1/2 within 4.5 standard errors.
  CHECK(std::fabs(radius_to_the_d / trials - 0.5) < 4.5 * std::sqrt(1.0 / 12.0 / trials));
}

TEST_CASE("linear_arms: every coordinate pair and every corner has its chance", "[linear_arms]") {
  joust::stream random{103};
  joust::linear_arms const family{.dimension = 3, .arms = 4};
  constexpr int trials = 1200;
  std::vector<int> support(3);
  std::vector<int> first_positive(3);
  for (int trial = 0; trial < trials; ++trial) {
    auto const truth = family.instance(random);
    CHECK(corners(truth.features()).size() == 4);
    auto const theta = theta_of(truth);
    for (Eigen::Index k = 0; k < 3; ++k) {
      support[static_cast<std::size_t>(k)] += std::fabs(theta[k]) > 1e-9 ? 1 : 0;
      for (Eigen::Index i = 0; i < 4; ++i) {
        first_positive[static_cast<std::size_t>(k)] += truth.features()(i, k) > 0.0 ? 1 : 0;
      }
    }
  }
  // Coordinates: in the support with 2/3. Signs: 4 of 8 corners without replacement, so that the number of
  // positive ones among them is hypergeometric with mean 2 and variance 4/7. 4.5 standard errors.
  for (int const count : support) {
    CHECK(std::fabs(count - trials * 2.0 / 3.0) < 4.5 * std::sqrt(trials * 2.0 / 9.0));
  }
  for (int const count : first_positive) {
    CHECK(std::fabs(count - trials * 2.0) < 4.5 * std::sqrt(trials * 4.0 / 7.0));
  }
}

TEST_CASE("linear_arms: the stream decides, and nothing else", "[linear_arms]") {
  joust::stream one{104};
  joust::stream two{104};
  joust::linear_arms const family{};
  auto const first = family.instance(one);
  auto const twin = family.instance(two);
  CHECK(first.features() == twin.features());
  CHECK(first.preferences() == twin.preferences());
  CHECK_FALSE(family.instance(one).features() == first.features());
}

TEST_CASE("linear_arms: refuses sizes that do not exist", "[linear_arms]") {
  joust::stream random{105};
  CHECK_THROWS_WITH((joust::linear_arms{.dimension = 1}.instance(random)),
                    "dimension: is 1; expected a number from 2 to 62");
  CHECK_THROWS_WITH((joust::linear_arms{.dimension = 3, .arms = 9}.instance(random)),
                    "arms: is 9; expected from 2 to 8, the corners");
  CHECK_THROWS_AS((joust::linear_arms{.arms = 1}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((joust::linear_arms{.dimension = 63}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((joust::linear_arms{.scale = 0.0}.instance(random)), std::invalid_argument);
  CHECK_THROWS_AS((joust::linear_arms{.scale = std::numeric_limits<double>::infinity()}.instance(random)),
                  std::invalid_argument);
  CHECK(random == joust::stream{105});
}
