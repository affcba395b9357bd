// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <joust/core/sigmoid.hpp>

using namespace joust;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<double> arguments() {
  std::vector<double> x{0.0, 1e-300, 1e-20, 1e-8, 0.5, 36.7, 37.5, 100.0, 700.0};
  for (int k = 1; k < 400; ++k) x.push_back(0.0997 * k);
  std::size_t const half = x.size();
  for (std::size_t i = 0; i < half; ++i) x.push_back(-x[i]);
  return x;
}

// A few units in the last place, against extended precision.
void check_close(double actual, long double expected) {
  CHECK(std::fabs(actual - static_cast<double>(expected)) <=
        4.0 * epsilon * std::fabs(static_cast<double>(expected)));
}

}  // namespace

TEST_CASE("the logistic functions agree with extended precision", "[sigmoid]") {
  for (double const x : arguments()) {
    CAPTURE(x);
    long double const t = x;
    check_close(sigmoid(x), 1.0L / (1.0L + std::exp(-t)));
    check_close(log1pexp(x), x > 0 ? t + std::log1p(std::exp(-t)) : std::log1p(std::exp(t)));
    check_close(log_sigmoid(x), x < 0 ? t - std::log1p(std::exp(t)) : -std::log1p(std::exp(-t)));
    check_close(sigmoid_slope(x), 1.0L / ((1.0L + std::exp(-t)) * (1.0L + std::exp(t))));
  }
}

TEST_CASE("the logistic functions are symmetric", "[sigmoid]") {
  for (double const x : arguments()) {
    CHECK(std::fabs(sigmoid(x) + sigmoid(-x) - 1.0) <= epsilon);
    CHECK(sigmoid_slope(x) == sigmoid_slope(-x));
    CHECK(log_sigmoid(x) == -log1pexp(-x));
    CHECK(std::fabs(log1pexp(x) - log1pexp(-x) - x) <= 4.0 * epsilon * (1.0 + std::fabs(x)));
  }
  CHECK(sigmoid(0.0) == 0.5);
  CHECK(sigmoid(-0.0) == 0.5);
  CHECK(sigmoid_slope(0.0) == 0.25);
}

TEST_CASE("the slope is the derivative", "[sigmoid]") {
  for (double x = -20.0; x <= 20.0; x += 0.37) {
    double const h = 1e-5;  // a central difference errs by h^2 / 6 < 2e-11 times the third derivative
    CHECK(std::fabs((sigmoid(x + h) - sigmoid(x - h)) / (2.0 * h) - sigmoid_slope(x)) < 1e-10);
  }
}

TEST_CASE("large advantages saturate and lose nothing", "[sigmoid]") {
  CHECK(sigmoid(1e4) == 1.0);
  CHECK(sigmoid(-1e4) == 0.0);
  CHECK(sigmoid(-700.0) > 0.0);
  CHECK(log1pexp(1e4) == 1e4);
  CHECK(log1pexp(-1e4) == 0.0);
  CHECK(log_sigmoid(1e4) == 0.0);
  CHECK(log_sigmoid(-1e4) == -1e4);
  CHECK(sigmoid_slope(1e4) == 0.0);
  CHECK(sigmoid_slope(-1e4) == 0.0);
  CHECK(sigmoid(infinity) == 1.0);
  CHECK(sigmoid(-infinity) == 0.0);
  CHECK(log1pexp(infinity) == infinity);
  CHECK(log1pexp(-infinity) == 0.0);
  CHECK(log_sigmoid(-infinity) == -infinity);
  CHECK(sigmoid_slope(infinity) == 0.0);
}

TEST_CASE("NaN is passed on", "[sigmoid]") {
  CHECK(std::isnan(sigmoid(not_a_number)));
  CHECK(std::isnan(log1pexp(not_a_number)));
  CHECK(std::isnan(log_sigmoid(not_a_number)));
  CHECK(std::isnan(sigmoid_slope(not_a_number)));
}
