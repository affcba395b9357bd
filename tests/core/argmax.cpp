// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <limits>
#include <vector>

#include <joust/core/argmax.hpp>
#include <joust/core/stream.hpp>

using namespace joust;
using values = std::vector<double>;

TEST_CASE("the largest value wins, and alone costs no randomness", "[argmax]") {
  stream random{1};
  stream const before = random;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(argmax(values{5.0}, random) == 0);
  CHECK(argmax(values{1.0, 3.0, 2.0}, random) == 1);
  CHECK(argmax(values{3.0, 1.0, 2.0}, random) == 0);
  CHECK(argmax(values{1.0, 1.0, 2.0}, random) == 2);
  CHECK(argmax(values{-3.0, -1.0, -2.0}, random) == 1);
  CHECK(argmax(values{-infinity, -1e308}, random) == 1);
  CHECK(argmax(values{0.0, infinity, 1.0}, random) == 1);
  CHECK(random == before);
}

TEST_CASE("ties are broken uniformly, wherever they stand", "[argmax]") {
  // Chi-square over the tied places: at up to 4 degrees of freedom P(above 38) < 2e-7.
  stream random{2};
  for (values const& x : {values{7, 7}, values{7, 1, 7}, values{1, 7, 7, 0, 7, 3}, values{7, 7, 7, 7, 7},
                          values{0.0, -0.0, -1.0}, values{1, 2, 3, 7, 0, 7}}) {
    double best = x[0];
    for (double const value : x) best = value > best ? value : best;
    constexpr int n = 10'000;
    std::vector<int> seen(x.size());
    for (int i = 0; i < n; ++i) ++seen[argmax(x, random)];
    double ties = 0.0;
    for (double const value : x) ties += value == best ? 1.0 : 0.0;
    double chi_square = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] == best) {
        chi_square += (seen[i] - n / ties) * (seen[i] - n / ties) * ties / n;
      } else {
        CHECK(seen[i] == 0);
      }
    }
    CHECK(chi_square < 38.0);
  }
}
