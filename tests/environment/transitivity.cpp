// SPDX-License-Identifier: MIT
#include <joust/environment/transitivity.hpp>

#include "random_matrix.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <joust/environment/arithmetic8.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/cyclic4.hpp>
#include <joust/environment/utility_link.hpp>

using joust::arm_triple;
using joust::preference_matrix;

TEST_CASE("transitivity: verdicts on the named matrices", "[transitivity]") {
  auto const arxiv = joust::arxiv6().preferences();
  CHECK_FALSE(joust::strong_stochastic_transitivity(arxiv).holds());
  // 4 beats 5, 5 ties with 3, but 3 beats 4: the tie is all that breaks weak transitivity.
  CHECK(joust::weak_stochastic_transitivity(arxiv).violation == arm_triple{4, 5, 3});
  CHECK(std::isinf(joust::transitivity_gamma(arxiv)));

  auto const cyclic = joust::cyclic4().preferences();
  CHECK(joust::weak_stochastic_transitivity(cyclic).violation == arm_triple{1, 2, 3});
  CHECK(joust::strong_stochastic_transitivity(cyclic).violation == arm_triple{0, 1, 2});

  auto const arithmetic = joust::arithmetic8().preferences();
  CHECK(joust::weak_stochastic_transitivity(arithmetic).holds());
  CHECK(joust::strong_stochastic_transitivity(arithmetic).holds());
  CHECK(joust::stochastic_triangle_inequality(arithmetic).holds());  // with equality, up to rounding
  CHECK(joust::transitivity_gamma(arithmetic) == 1.0);
}

TEST_CASE("transitivity: the relaxed form is tight at its gamma", "[transitivity]") {
  // D(0,1) = 0.3, D(1,2) = 0.2, D(0,2) = 0.15: gamma = 2, and weakly but not strongly transitive.
  preference_matrix const p{{0.5, 0.8, 0.65}, {0.2, 0.5, 0.7}, {0.35, 0.3, 0.5}};
  CHECK(joust::weak_stochastic_transitivity(p).holds());
  CHECK(joust::strong_stochastic_transitivity(p).violation == arm_triple{0, 1, 2});
  CHECK(joust::transitivity_gamma(p) == Approx(2.0).epsilon(1e-12));
  CHECK(joust::relaxed_stochastic_transitivity(p, 2.001).holds());
  CHECK(joust::relaxed_stochastic_transitivity(p, 1.999).violation == arm_triple{0, 1, 2});
  CHECK(joust::stochastic_triangle_inequality(p).holds());
  CHECK_THROWS_AS(joust::relaxed_stochastic_transitivity(p, 0.5), std::invalid_argument);
  CHECK_THROWS_AS(joust::relaxed_stochastic_transitivity(p, std::numeric_limits<double>::quiet_NaN()),
                  std::invalid_argument);
  CHECK_THROWS_AS(joust::relaxed_stochastic_transitivity(p, std::numeric_limits<double>::infinity()),
                  std::invalid_argument);
}

TEST_CASE("transitivity: the triangle inequality has its own witness", "[transitivity]") {
  preference_matrix const p{{0.5, 0.6, 0.9}, {0.4, 0.5, 0.6}, {0.1, 0.4, 0.5}};
  CHECK(joust::strong_stochastic_transitivity(p).holds());
  CHECK(joust::stochastic_triangle_inequality(p).violation == arm_triple{0, 1, 2});
}

TEST_CASE("transitivity: verdicts on random matrices have true witnesses and miss none", "[transitivity]") {
  joust::stream random{22};
  auto const gap = [](preference_matrix const& p, std::size_t i, std::size_t j) { return p(i, j) - 0.5; };
  for (int trial = 0; trial < 300; ++trial) {
    auto const p = joust::testing::random_matrix(3 + joust::draw_index(3, random), trial % 2 == 0, random);
    bool weak = true;
    bool strong = true;
    bool triangle = true;
    double gamma = 1.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      for (std::size_t j = 0; j < p.size(); ++j) {
        for (std::size_t k = 0; k < p.size(); ++k) {
          if (i == j || j == k || i == k || gap(p, i, j) < 0.0 || gap(p, j, k) < 0.0) continue;
          double const longest = std::max(gap(p, i, j), gap(p, j, k));
          weak = weak && gap(p, i, k) >= 0.0;
          strong = strong && gap(p, i, k) >= longest - 1e-12;
          triangle = triangle && gap(p, i, k) <= gap(p, i, j) + gap(p, j, k) + 1e-12;
          if (gap(p, i, k) > 0.0) {
            gamma = std::max(gamma, longest / gap(p, i, k));
          } else if (longest > 0.0 || gap(p, i, k) < 0.0) {
            gamma = std::numeric_limits<double>::infinity();
          }
        }
      }
    }
    CHECK(joust::weak_stochastic_transitivity(p).holds() == weak);
    CHECK(joust::strong_stochastic_transitivity(p).holds() == strong);
    CHECK(joust::stochastic_triangle_inequality(p).holds() == triangle);
    CHECK(joust::transitivity_gamma(p) == Approx(gamma).epsilon(1e-9));
    if (auto const w = joust::weak_stochastic_transitivity(p).violation) {
      CHECK(p(w->first, w->second) >= 0.5);
      CHECK(p(w->second, w->third) >= 0.5);
      CHECK(p(w->first, w->third) < 0.5);
    }
  }
}

TEST_CASE("transitivity: utilities under a link of the difference satisfy all but one", "[transitivity]") {
  auto const p = joust::utility_matrix({2.0, 1.0, 0.5, -1.0, -3.0}, joust::utility_link::logistic);
  CHECK(joust::strong_stochastic_transitivity(p).holds());
  CHECK(joust::stochastic_triangle_inequality(p).holds());
}
