// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>

#include <joust/core/logistic_normal.hpp>

using namespace joust;

namespace {

struct moments {
  long double mean;
  long double variance;
};

// Brute force in extended precision: the trapezoidal rule over z in [-10, 10], fine enough that both the
// normal density (step 0.05) and the logistic curve (step 0.1 in its argument) are resolved to 1e-15. The
// differences to sigmoid(mean) are computed without cancellation for mean <= 0.
moments brute_force(double mean, double deviation) {
  long double const m = mean;
  long double const s = deviation;
  long double const h = std::fmin(0.05L, 0.1L / std::fmax(s, 1e-300L));
  int const n = static_cast<int>(10.0L / h) + 1;
  long double const e = std::exp(m);  // m <= 0
  long double const middle = e / (1.0L + e);
  long double const slope = e / ((1.0L + e) * (1.0L + e));
  auto difference = [&](long double step) {
    long double const grown = std::expm1(step);
    return std::isinf(grown) ? 1.0L - middle : slope * grown / (1.0L + middle * grown);
  };
  auto weight = [h](int k) {
    return h * 0.398942280401432677939946059934L * std::exp(-0.5L * (k * h) * (k * h));
  };
  long double shift = 0.0L;
  for (int k = -n; k <= n; ++k) shift += weight(k) * difference(s * h * k);
  long double variance = 0.0L;
  for (int k = -n; k <= n; ++k) {
    long double const deviation_k = difference(s * h * k) - shift;
    variance += weight(k) * deviation_k * deviation_k;
  }
  return {middle + shift, variance};
}

}  // namespace

TEST_CASE("the moments are good to 1e-8 everywhere", "[logistic_normal]") {
  for (double const deviation :
       {0.0, 0.01, 0.3, 1.0, 1.49, 1.5, 1.51, 1.7, 2.0, 2.5, 3.0, 5.0, 10.0, 30.0, 100.0}) {
    for (double mean = -30.0; mean <= 0.0; mean += 0.61) {
      CAPTURE(mean, deviation);
      moments const expected = brute_force(mean, deviation);
      probability_moments const actual = logistic_normal(mean, deviation * deviation);
      REQUIRE(std::fabs(actual.mean - static_cast<double>(expected.mean)) < 1e-8);
      REQUIRE(std::fabs(actual.variance - static_cast<double>(expected.variance)) < 1e-8);
      // sigmoid(-D) = 1 - sigmoid(D): the other half of the means.
      probability_moments const mirrored = logistic_normal(-mean, deviation * deviation);
      REQUIRE(std::fabs(mirrored.mean + static_cast<double>(expected.mean) - 1.0) < 1e-8);
      REQUIRE(std::fabs(mirrored.variance - static_cast<double>(expected.variance)) < 1e-8);
    }
  }
}

TEST_CASE("a small variance keeps its relative precision", "[logistic_normal]") {
  for (double const deviation : {1e-140, 1e-20, 1e-10, 1e-5, 1e-3, 0.01, 0.1}) {
    for (double const mean : {-30.0, -10.0, -3.0, -1.0, -0.1, 0.0}) {
      CAPTURE(mean, deviation);
      double const variance = deviation * deviation;
      double const expected = static_cast<double>(brute_force(mean, std::sqrt(variance)).variance);
      CHECK(std::fabs(logistic_normal(mean, variance).variance / expected - 1.0) < 1e-8);
      CHECK(std::fabs(logistic_normal(-mean, variance).variance / expected - 1.0) < 1e-8);
    }
  }
  // To first order: slope^2 * variance.
  CHECK(logistic_normal(2.0, 1e-30).variance == Approx(sigmoid_slope(2.0) * sigmoid_slope(2.0) * 1e-30));
}

TEST_CASE("the moments have the right ends", "[logistic_normal]") {
  CHECK(logistic_normal(0.7, 0.0).mean == sigmoid(0.7));
  CHECK(logistic_normal(0.7, 0.0).variance == 0.0);
  CHECK(logistic_normal(0.0, 1e-3).mean == Approx(0.5).margin(1e-15));
  CHECK(logistic_normal(0.0, 1e6).mean == Approx(0.5).margin(1e-8));
  CHECK(logistic_normal(1e4, 1.0).mean == 1.0);
  CHECK(logistic_normal(-1e4, 1.0).variance == 0.0);
  CHECK(logistic_normal(1e4, 100.0).mean == Approx(1.0).margin(1e-8));
  CHECK(logistic_normal(0.0, 1e12).variance == Approx(0.25).margin(1e-5));  // a coin: all mass at 0 and 1
  // More uncertainty about the advantage means a mean closer to 1/2 and a larger variance.
  double mean = 1.0;
  double variance = -1.0;
  for (double v = 0.0; v < 50.0; v += 0.25) {
    auto const [m, spread] = logistic_normal(1.0, v);
    CHECK(m < mean);
    CHECK(m > 0.5);
    CHECK(spread > variance);
    CHECK(spread < 0.25);
    mean = m;
    variance = spread;
  }
}
