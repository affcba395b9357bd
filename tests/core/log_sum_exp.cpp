// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/log_sum_exp.hpp>
#include <joust/core/stream.hpp>

using namespace joust;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
using terms = std::vector<double>;
}  // namespace

TEST_CASE("log_sum_exp agrees with extended precision", "[log_sum_exp]") {
  stream random{1};
  for (int n = 1; n < 200; ++n) {
    terms x(static_cast<std::size_t>(n));
    for (double& value : x) value = 60.0 * (draw_uniform(random) - 0.5);
    long double sum = 0.0L;
    for (double const value : x) sum += std::exp(static_cast<long double>(value));
    double const expected = static_cast<double>(std::log(sum));
    CHECK(std::fabs(log_sum_exp(x) - expected) < 1e-14 * (1.0 + std::fabs(expected)));
  }
}

TEST_CASE("log_sum_exp moves with a common shift", "[log_sum_exp]") {
  terms const x{0.25, -3.0, 1.5};
  for (double const shift : {1024.0, -1024.0, 1e5, -1e5, 1e300}) {
    terms shifted = x;
    for (double& value : shifted) value += shift;
    double const expected =
        std::fabs(shift) < 1e10 ? log_sum_exp(x) + shift : shift;  // 1e300 swallows the rest
    CHECK(std::fabs(log_sum_exp(shifted) - expected) < 1e-10 + 4e-16 * std::fabs(shift));
  }
}

TEST_CASE("log_sum_exp has sensible ends", "[log_sum_exp]") {
  CHECK(log_sum_exp({}) == -infinity);
  CHECK(log_sum_exp(terms{3.5}) == 3.5);
  CHECK(log_sum_exp(terms{-infinity, 2.0}) == 2.0);
  CHECK(log_sum_exp(terms{-infinity, -infinity}) == -infinity);
  CHECK(log_sum_exp(terms{1.0, infinity}) == infinity);
  CHECK(log_sum_exp(terms{-infinity, infinity}) == infinity);
  CHECK(log_sum_exp(terms{infinity, infinity}) == infinity);
  CHECK(log_sum_exp(terms{0.0, 0.0, 0.0, 0.0}) == Approx(std::log(4.0)).epsilon(1e-15));
}

TEST_CASE("log_sum_exp passes NaN on, wherever it stands", "[log_sum_exp]") {
  CHECK(std::isnan(log_sum_exp(terms{not_a_number})));
  CHECK(std::isnan(log_sum_exp(terms{not_a_number, 1.0})));
  CHECK(std::isnan(log_sum_exp(terms{1.0, not_a_number})));
  CHECK(std::isnan(log_sum_exp(terms{-infinity, not_a_number})));
  CHECK(std::isnan(log_sum_exp(terms{infinity, not_a_number})));
  CHECK(std::isnan(log_sum_exp(terms{not_a_number, infinity})));
}
