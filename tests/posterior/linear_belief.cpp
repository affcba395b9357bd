// SPDX-License-Identifier: MIT
#include <joust/posterior/linear_belief.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <Eigen/Cholesky>
#include <catch2/catch.hpp>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>

namespace {

using joust::linear_belief;

static_assert(joust::belief<linear_belief>);

// A Gaussian parameter with a precision that is far from a multiple of the identity.
struct gaussian {
  Eigen::MatrixXd precision;
  Eigen::MatrixXd factor;
  Eigen::MatrixXd covariance;
  Eigen::VectorXd mean;

  explicit gaussian(Eigen::Index d) {
    std::srand(17);
    Eigen::MatrixXd const root = Eigen::MatrixXd::Random(d, d);
    precision = 0.3 * Eigen::MatrixXd::Identity(d, d) + root * root.transpose();
    factor = precision.llt().matrixL();
    covariance = precision.llt().solve(Eigen::MatrixXd::Identity(d, d));
    mean = Eigen::VectorXd::Random(d);
  }
};

linear_belief::features view(Eigen::MatrixXd const& phi) {
  return {phi.data(), phi.rows(), phi.cols(), Eigen::OuterStride<>{phi.outerStride()}};
}

Eigen::VectorXd column(std::span<double const> values) {
  return Eigen::Map<Eigen::VectorXd const>{values.data(), static_cast<Eigen::Index>(values.size())};
}

}  // namespace

TEST_CASE("a linear belief's mean is Phi times the parameter's", "[linear_belief]") {
  gaussian const theta{4};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Random(6, 4);
  linear_belief::workspace work;
  linear_belief belief{view(phi), theta.mean, theta.factor, work};
  REQUIRE(belief.size() == 6);
  CHECK((column(belief.mean()) - phi * theta.mean).norm() < 1e-14);
  joust::stream random{1};
  (void)belief.draw(random);
  (void)belief.pair_variance(0, 1);
  CHECK((column(belief.mean()) - phi * theta.mean).norm() < 1e-14);  // draws and variances leave it in place
}

TEST_CASE("a linear belief reads candidates through a stride", "[linear_belief]") {
  gaussian const theta{3};
  Eigen::MatrixXd const many = Eigen::MatrixXd::Random(9, 3);
  linear_belief::features const some{many.data() + 2, 4, 3, Eigen::OuterStride<>{9}};
  linear_belief::workspace work;
  linear_belief belief{some, theta.mean, theta.factor, work};
  CHECK((column(belief.mean()) - many.middleRows(2, 4) * theta.mean).norm() < 1e-14);
  Eigen::VectorXd const z = (many.row(2) - many.row(5)).transpose();
  CHECK(belief.pair_variance(0, 3) == Approx(z.dot(theta.covariance * z)).epsilon(1e-12));
}

TEST_CASE("draws of a linear belief have the mean and the joint covariance of Phi theta", "[linear_belief]") {
  // With Phi = I the draws are those of theta: (theta - mean)' H (theta - mean) is chi-square with d degrees
  // of freedom, and L' (theta - mean) is white. For n draws, an entry of the white covariance's estimate has
  // variance (1 + [i = j]) / n, and the sum of n chi-squares has mean n d and variance 2 n d. Bounds are 5
  // sigma.
  constexpr int n = 20000;
  constexpr Eigen::Index d = 5;
  gaussian const theta{d};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Identity(d, d);
  linear_belief::workspace work;
  linear_belief belief{view(phi), theta.mean, theta.factor, work};
  joust::stream random{2};
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(d);
  Eigen::MatrixXd scatter = Eigen::MatrixXd::Zero(d, d);
  double squares = 0.0;
  for (int k = 0; k < n; ++k) {
    Eigen::VectorXd const off = column(belief.draw(random)) - theta.mean;
    squares += off.dot(theta.precision * off);
    Eigen::VectorXd const white = theta.factor.transpose() * off;
    sum += white;
    scatter += white * white.transpose();
  }
  CHECK(std::fabs(squares - n * double(d)) < 5.0 * std::sqrt(2.0 * n * double(d)));
  for (Eigen::Index i = 0; i < d; ++i) {
    CHECK(std::fabs(sum[i] / n) < 5.0 / std::sqrt(double(n)));
    for (Eigen::Index j = 0; j < d; ++j) {
      CHECK(std::fabs(scatter(i, j) / n - (i == j)) < 5.0 * std::sqrt((i == j ? 2.0 : 1.0) / n));
    }
  }
}

TEST_CASE("pair variance is that of joint draws and not the sum of two marginals", "[linear_belief]") {
  // The sample variance of n normal draws has relative standard deviation sqrt(2 / n) = 1 %; the bound is 5
  // sigma.
  constexpr int n = 20000;
  gaussian const theta{4};
  Eigen::MatrixXd phi = Eigen::MatrixXd::Random(3, 4);
  phi.row(1) = phi.row(0) + 0.1 * phi.row(2);  // nearly the same candidate
  linear_belief::workspace work;
  linear_belief belief{view(phi), theta.mean, theta.factor, work};
  joust::stream random{3};
  double const gap = (phi.row(0) - phi.row(1)).dot(theta.mean);
  double squares = 0.0;
  for (int k = 0; k < n; ++k) {
    auto const rewards = belief.draw(random);
    squares += (rewards[0] - rewards[1] - gap) * (rewards[0] - rewards[1] - gap);
  }
  double const variance = belief.pair_variance(0, 1);
  CHECK(squares / n == Approx(variance).epsilon(0.05));
  double const marginals = phi.row(0).dot(theta.covariance * phi.row(0).transpose()) +
                           phi.row(1).dot(theta.covariance * phi.row(1).transpose());
  CHECK(marginals > 5.0 * variance);
}

TEST_CASE("pair variance is z' H^-1 z for every pair, at every size", "[linear_belief]") {
  for (Eigen::Index const d : {1, 2, 7, 16, 17, 63, 64, 65, 130}) {
    gaussian const theta{d};
    Eigen::MatrixXd phi = Eigen::MatrixXd::Random(70, d);  // more than one tile of candidates
    linear_belief::workspace work;
    linear_belief belief{view(phi), theta.mean, theta.factor, work};
    for (auto const& [i, j] : {std::pair{0, 1}, {0, 69}, {5, 64}, {63, 66}}) {
      Eigen::VectorXd const z = (phi.row(i) - phi.row(j)).transpose();
      auto const a = static_cast<std::size_t>(i);
      auto const b = static_cast<std::size_t>(j);
      CHECK(belief.pair_variance(a, b) == Approx(z.dot(theta.covariance * z)).epsilon(1e-8));
      CHECK(belief.pair_variance(a, b) == belief.pair_variance(b, a));
    }
    CHECK(belief.pair_variance(3, 3) == 0.0);
  }
}

TEST_CASE("equal candidates differ by exactly nothing, in every draw and in variance", "[linear_belief]") {
  gaussian const theta{67};
  Eigen::MatrixXd phi = Eigen::MatrixXd::Random(23, 67);
  for (Eigen::Index const twin : {2, 9, 22}) phi.row(twin) = phi.row(5);
  linear_belief::workspace work;
  linear_belief belief{view(phi), theta.mean, theta.factor, work};
  for (std::size_t const twin : {2U, 9U, 22U}) {
    CHECK(belief.pair_variance(5, twin) == 0.0);
    CHECK(belief.pair_variance(4, twin) > 0.0);
  }
}

TEST_CASE("a common offset of all candidates does not reach the pair variance", "[linear_belief]") {
  gaussian const theta{3};
  // Multiples of 2^-10 keep their differences exactly when 2^40 is added; whitening them as they are would not.
  Eigen::MatrixXd const phi = (1024.0 * Eigen::MatrixXd::Random(4, 3)).array().round() / 1024.0;
  Eigen::MatrixXd const shifted = phi.array() + 1099511627776.0;
  linear_belief::workspace one;
  linear_belief::workspace other;
  linear_belief belief{view(phi), theta.mean, theta.factor, one};
  linear_belief far{view(shifted), theta.mean, theta.factor, other};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      CHECK(far.pair_variance(i, j) == Approx(belief.pair_variance(i, j)).epsilon(1e-12));
    }
  }
}

TEST_CASE("a linear belief refuses candidates it does not have", "[linear_belief]") {
  gaussian const theta{2};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Random(2, 2);
  linear_belief::workspace work;
  linear_belief belief{view(phi), theta.mean, theta.factor, work};
  CHECK_THROWS_AS(belief.pair_variance(0, 2), std::invalid_argument);
  CHECK_THROWS_WITH(belief.pair_variance(7, 1), "i: is 7; expected an index below 2");
}

TEST_CASE("a linear belief tells features that are not finite", "[linear_belief]") {
  gaussian const theta{3};
  for (double const bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    Eigen::MatrixXd phi = Eigen::MatrixXd::Random(5, 3);
    linear_belief::workspace work;
    CHECK(linear_belief{view(phi), theta.mean, theta.factor, work}.finite());
    phi(3, 1) = bad;
    CHECK_FALSE(linear_belief{view(phi), theta.mean, theta.factor, work}.finite());
    phi(4, 2) = -bad;
    CHECK_FALSE(linear_belief{view(phi), theta.mean, theta.factor, work}.finite());
  }
  Eigen::MatrixXd const vast = Eigen::MatrixXd::Constant(5, 3, 1e308);  // its sums overflow, it is finite
  linear_belief::workspace work;
  CHECK(linear_belief{view(vast), theta.mean, theta.factor, work}.finite());
}

TEST_CASE("first_dissent has the distribution of drawing and looking", "[linear_belief]") {
  // Two correlated rivals on one side and one on the other, so that half-spaces overlap: taking every candidate for
  // dissent without weighing how many half-spaces hold it would be found out here. The mean decides how rare dissent
  // is; above one half it is looked for draw by draw. Compared by chi-square of two samples with five outcomes, no
  // dissent among them: 4 degrees of freedom exceed 33.4 with probability 1e-6.
  Eigen::MatrixXd const phi{
      {0.0, 0.0, 0.0}, {1.0, 0.0, 0.0}, {0.9, 0.3, 0.0}, {-0.2, -1.0, 0.4}, {0.0, 0.1, 1.2}};
  Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(3, 3);
  factor.triangularView<Eigen::Lower>() =
      Eigen::MatrixXd{{1.5, 0.0, 0.0}, {0.4, 1.2, 0.0}, {-0.3, 0.2, 0.9}}.triangularView<Eigen::Lower>();
  constexpr int samples = 20'000;
  for (double const lead : {0.3, 0.9, 1.4, 2.2}) {
    for (std::size_t const draws : {1U, 4U, 20U}) {
      Eigen::VectorXd const mean{{-lead, 0.4 * lead, -0.8 * lead}};
      linear_belief::workspace work;
      joust::stream random = joust::stream{5}.child(static_cast<std::uint64_t>(10.0 * lead), draws);
      std::array<double, 6> fast{};
      std::array<double, 6> plain{};
      for (int n = 0; n < samples; ++n) {
        linear_belief belief{view(phi), mean, factor, work, linear_belief::candidates::stay};
        ++fast[belief.first_dissent(0, draws, random).value_or(5)];
        std::size_t favourite = 5;
        for (std::size_t k = 0; k < draws && favourite == 5; ++k) {
          std::size_t const best = joust::argmax(belief.draw(random), random);
          if (best != 0) favourite = best;
        }
        ++plain[favourite];
      }
      CHECK(fast[0] == 0.0);
      double chi_square = 0.0;
      for (std::size_t k = 1; k < 6; ++k) {
        if (fast[k] + plain[k] > 0.0) {
          chi_square += (fast[k] - plain[k]) * (fast[k] - plain[k]) / (fast[k] + plain[k]);
        }
      }
      INFO("lead " << lead << ", draws " << draws);
      CHECK(chi_square < 33.4);
    }
  }
}

TEST_CASE("first_dissent sees twins, certainty and its own limits", "[linear_belief]") {
  Eigen::MatrixXd const factor = Eigen::MatrixXd::Identity(2, 2);
  linear_belief::workspace work;
  joust::stream random{1};
  Eigen::MatrixXd const twins{{1.0, 0.0}, {1.0, 0.0}, {-50.0, 0.0}};
  Eigen::VectorXd const mean{{9.0, 0.0}};
  for (auto const these : {linear_belief::candidates::stay, linear_belief::candidates::change}) {
    int agreed = 0;
    for (int n = 0; n < 2000; ++n) {
      linear_belief tied{view(twins), mean, factor, work, these};
      REQUIRE(tied.first_dissent(0, 100, random) == 1);  // every draw is a coin between the twins
      REQUIRE(tied.first_dissent(0, 0, random) == std::nullopt);
      agreed += tied.first_dissent(0, 1, random) ? 0 : 1;
    }
    CHECK(std::fabs(agreed - 1000.0) < 101.0);  // Binomial(2000, 1/2): 4.5 standard deviations
  }
  Eigen::MatrixXd const three{{1.0, 0.0}, {1.0, 0.0}, {-1.0, 0.5}};  // a twin, and a rival that may win, too
  linear_belief::workspace third;
  Eigen::VectorXd const open{{0.2, 0.1}};
  std::array<double, 4> fast{};
  std::array<double, 4> plain{};
  for (int n = 0; n < 5000; ++n) {
    linear_belief belief{view(three), open, factor, third, linear_belief::candidates::stay};
    ++fast[belief.first_dissent(0, 2, random).value_or(3)];
    std::size_t favourite = joust::argmax(belief.draw(random), random);
    if (favourite == 0) favourite = joust::argmax(belief.draw(random), random);
    ++plain[favourite == 0 ? 3 : favourite];
  }
  double chi_square = 0.0;  // 2 degrees of freedom exceed 27.6 with probability 1e-6
  for (std::size_t k = 1; k < 4; ++k) {
    chi_square += (fast[k] - plain[k]) * (fast[k] - plain[k]) / (fast[k] + plain[k]);
  }
  CHECK(chi_square < 27.6);

  Eigen::MatrixXd const apart{{20.0, 0.0}, {0.0, 0.0}};
  linear_belief::workspace other;
  Eigen::VectorXd const sure{{9.0, 0.0}};  // the lead is 9 standard deviations of the difference
  linear_belief certain{view(apart), sure, factor, other, linear_belief::candidates::stay};
  auto const before = random;
  CHECK(certain.first_dissent(0, 1'000'000, random) == std::nullopt);
  CHECK(random == before);  // nothing to draw
  CHECK_THROWS_AS(certain.first_dissent(2, 1, random), std::invalid_argument);
}
