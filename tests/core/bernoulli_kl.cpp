// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <joust/core/bernoulli_kl.hpp>

using namespace joust;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<double> const shares{0.0, 1e-12, 1e-6, 0.01, 0.1,        0.25, 0.5,
                                 0.6, 0.75,  0.9,  0.99, 1.0 - 1e-6, 1.0};
std::vector<double> const levels{0.0, 1e-12, 1e-8, 1e-4, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 30.0};

// Bisection on the divergence in extended precision, the slow way that cannot go wrong.
double bisected(double share, double level, double end) {
  auto divergence = [share](long double q) {
    long double const p = share;
    long double const wins = p > 0 ? p * std::log(p / q) : 0.0L;
    long double const losses = p < 1 ? (1 - p) * std::log((1 - p) / (1 - q)) : 0.0L;
    return wins + losses;
  };
  long double inside = share;
  long double outside = end;
  for (int step = 0; step < 200; ++step) {
    long double const middle = 0.5L * (inside + outside);
    (divergence(middle) <= level ? inside : outside) = middle;
  }
  return static_cast<double>(inside);
}

}  // namespace

TEST_CASE("the divergence is zero at home, positive elsewhere, infinite where the coin is ruled out",
          "[bernoulli_kl]") {
  for (double const p : shares) {
    CHECK(bernoulli_kl(p, p) == 0.0);
    for (double const q : shares) {
      if (p != q) CHECK(bernoulli_kl(p, q) > 0.0);
      CHECK(bernoulli_kl(p, q) >= 2.0 * (p - q) * (p - q));  // Pinsker
    }
    CHECK(bernoulli_kl_to_half(p) == Approx(bernoulli_kl(p, 0.5)).margin(1e-15));
  }
  CHECK(bernoulli_kl(0.5, 0.0) == infinity);
  CHECK(bernoulli_kl(0.5, 1.0) == infinity);
  CHECK(bernoulli_kl(1.0, 0.0) == infinity);
  CHECK(bernoulli_kl(0.0, 1.0) == infinity);
  CHECK(bernoulli_kl(0.0, 0.0) == 0.0);
  CHECK(bernoulli_kl(1.0, 1.0) == 0.0);
  CHECK(bernoulli_kl(0.0, 0.5) == Approx(std::log(2.0)));
  CHECK(bernoulli_kl(0.25, 0.5) == Approx(0.75 * std::log(1.5) + 0.25 * std::log(0.5)));
  CHECK(bernoulli_kl(0.25, 0.75) == Approx(bernoulli_kl(0.75, 0.25)));
  CHECK(bernoulli_kl(0.1, 0.3) != Approx(bernoulli_kl(0.3, 0.1)));
  CHECK(bernoulli_kl_to_half(0.5) == 0.0);
  CHECK(bernoulli_kl_to_half(1.0) == Approx(std::log(2.0)));
}

TEST_CASE("the bounds invert the divergence", "[bernoulli_kl]") {
  // d errs by some 1e-16 in q times its slope there; near the vertical tangent at 0 and 1 that is the most
  // that a double can say. So the bound itself is held to 1e-14, against bisection in extended precision.
  for (double const p : shares) {
    for (double const level : levels) {
      CAPTURE(p, level);
      double const upper = bernoulli_kl_upper(p, level);
      double const lower = bernoulli_kl_lower(p, level);
      CHECK(upper >= p);
      CHECK(upper <= 1.0);
      CHECK(lower <= p);
      CHECK(lower >= 0.0);
      // Close to p the divergence is flat: level ~ (p - q)^2 / (2 p (1-p)) leaves q open by 1e-16 / slope.
      double const flat = level < 1e-6 ? 2e-8 : 1e-12;
      CHECK(std::fabs(upper - bisected(p, level, 1.0)) < flat);
      CHECK(std::fabs(lower - bisected(p, level, 0.0)) < flat);
    }
  }
}

TEST_CASE("the bounds are each other's mirror image", "[bernoulli_kl]") {
  for (double const p : {0.0, 0.125, 0.25, 0.5, 0.75, 1.0}) {
    for (double const level : levels) {
      CHECK(bernoulli_kl_lower(p, level) == Approx(1.0 - bernoulli_kl_upper(1.0 - p, level)).margin(1e-8));
    }
  }
}

TEST_CASE("the bounds widen with the level and follow the share", "[bernoulli_kl]") {
  constexpr double slack = 1e-14;
  for (double const p : shares) {
    for (std::size_t k = 1; k < levels.size(); ++k) {
      CHECK(bernoulli_kl_upper(p, levels[k]) >= bernoulli_kl_upper(p, levels[k - 1]) - slack);
      CHECK(bernoulli_kl_lower(p, levels[k]) <= bernoulli_kl_lower(p, levels[k - 1]) + slack);
    }
  }
  for (double const level : {0.01, 0.1, 1.0}) {
    for (std::size_t k = 1; k < shares.size(); ++k) {
      CHECK(bernoulli_kl_upper(shares[k], level) >= bernoulli_kl_upper(shares[k - 1], level) - slack);
      CHECK(bernoulli_kl_lower(shares[k], level) >= bernoulli_kl_lower(shares[k - 1], level) - slack);
    }
  }
}

TEST_CASE("the ends of the bounds are exact", "[bernoulli_kl]") {
  for (double const level : levels) {
    CHECK(bernoulli_kl_upper(1.0, level) == 1.0);
    CHECK(bernoulli_kl_lower(0.0, level) == 0.0);
    CHECK(bernoulli_kl_upper(0.0, level) == Approx(-std::expm1(-level)).epsilon(1e-15));
    CHECK(bernoulli_kl_lower(1.0, level) == Approx(std::exp(-level)).epsilon(1e-15));
  }
  CHECK(bernoulli_kl_upper(0.0, 1e-12) == Approx(1e-12).epsilon(1e-12));
  for (double const p : shares) {
    CHECK(bernoulli_kl_upper(p, infinity) == 1.0);
    CHECK(bernoulli_kl_lower(p, infinity) == 0.0);
  }
}

TEST_CASE("bounds refuse what is no share and no level", "[bernoulli_kl]") {
  for (double const p : {-0.1, 1.1, not_a_number}) {
    CHECK_THROWS_AS(bernoulli_kl_upper(p, 1.0), std::invalid_argument);
    CHECK_THROWS_AS(bernoulli_kl_lower(p, 1.0), std::invalid_argument);
  }
  for (double const level : {-1e-9, not_a_number, -infinity}) {
    CHECK_THROWS_AS(bernoulli_kl_upper(0.5, level), std::invalid_argument);
    CHECK_THROWS_AS(bernoulli_kl_lower(0.5, level), std::invalid_argument);
  }
}
