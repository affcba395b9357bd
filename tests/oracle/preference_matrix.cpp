// SPDX-License-Identifier: MIT
#include <joust/oracle/preference_matrix.hpp>

#include "frequency.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using joust::preference_matrix;

static_assert(joust::known_preference<preference_matrix, joust::no_context, std::size_t>);

namespace {

std::string message(std::size_t arms, std::vector<double> entries, std::vector<std::string> names = {}) {
  try {
    preference_matrix const refused{arms, std::move(entries), std::move(names)};
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "accepted";
}

}  // namespace

TEST_CASE("preference_matrix: entries, rows and names", "[preference_matrix]") {
  preference_matrix const p{{{0.5, 0.6, 0.25}, {0.4, 0.5, 1.0}, {0.75, 0.0, 0.5}}, {"a", "b", "c"}};
  CHECK(p.size() == 3);
  CHECK(p(0, 1) == 0.6);
  CHECK(p(1, 2) == 1.0);
  CHECK(p(2, 0) == 0.75);
  CHECK(p.row(0)[2] == 0.25);
  CHECK(p.row(2).size() == 3);
  CHECK(p.name(1) == "b");
  CHECK(p.names().size() == 3);
  CHECK(p.probability({}, 1, 0) == 1.0 - 0.6);
  CHECK_THROWS_AS(p.name(3), std::invalid_argument);
  CHECK_THROWS_AS(p.probability({}, 0, 3), std::invalid_argument);
  CHECK_THROWS_AS(p.probability({}, 3, 0), std::invalid_argument);

  preference_matrix const unnamed{2, {0.5, 0.6, 0.4, 0.5}};
  CHECK(unnamed.name(1) == "1");
  CHECK(unnamed.names().empty());
  CHECK(unnamed == preference_matrix{{0.5, 0.6}, {0.4, 0.5}});
  CHECK_FALSE(unnamed == preference_matrix{{0.5, 0.7}, {0.3, 0.5}});
}

TEST_CASE("preference_matrix: pairs are stored exactly complementary", "[preference_matrix]") {
  joust::stream random{11};
  for (int trial = 0; trial < 200; ++trial) {
    double const p = joust::draw_uniform(random);
    double const off = 1e-10 * (joust::draw_uniform(random) - 0.5);
    double const q = std::fmin(std::fmax(1.0 - p + off, 0.0), 1.0);
    preference_matrix const m{2, {0.5 + off, p, q, 0.5}};
    CHECK(m(0, 1) + m(1, 0) == 1.0);
    CHECK(m(0, 1) - 0.5 == 0.5 - m(1, 0));
    CHECK(m(0, 0) == 0.5);
    CHECK(std::fabs(m(0, 1) - p) < 1e-9);
    CHECK(preference_matrix{2, {m(0, 0), m(0, 1), m(1, 0), m(1, 1)}} == m);
  }
}

TEST_CASE("preference_matrix: refuses what is no preference matrix and says why", "[preference_matrix]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  CHECK(message(0, {}) == "arms: is 0; expected at least 2");
  CHECK(message(1, {0.5}) == "arms: is 1; expected at least 2");
  CHECK(message(2, {0.5, 0.5, 0.5}) == "entries: is 3 numbers; expected 2 rows of 2");
  CHECK(message(2, {0.5, 0.5, 0.5, 0.5, 0.5}) == "entries: is 5 numbers; expected 2 rows of 2");
  CHECK(message(2, {0.5, 0.6, 0.5, 0.5}) == "p(1, 0): is 0.5; expected 0.4, 1 minus p(0, 1)");
  CHECK(message(2, {0.5, 0.6, 0.4 + 2e-9, 0.5}) != "accepted");
  CHECK(message(2, {0.5, 0.6, 0.4 + 5e-10, 0.5}) == "accepted");
  CHECK(message(2, {0.5, 1.1, -0.1, 0.5}) == "p(0, 1): is 1.1; expected a number in [0, 1]");
  CHECK(message(2, {0.5, nan, 0.4, 0.5}) == "p(0, 1): is nan; expected a number in [0, 1]");
  CHECK(message(2, {0.5, 0.6, inf, 0.5}) == "p(1, 0): is inf; expected a number in [0, 1]");
  CHECK(message(2, {0.5, 0.6, 0.4, 0.6}) == "p(1, 1): is 0.6; expected 1/2 on the diagonal");
  CHECK(message(2, {0.5, 0.6, 0.4, 0.5}, {"a"}) ==
        "names: is 1 names; expected none, or one for each of the 2 arms");
  CHECK(message(2, {0.5, 0.6, 0.4, 0.5}, {"a", "a"}) ==
        "names: is \"a\" twice; expected a different name for each arm");
  CHECK(message(2, {0.5, 0.6, 0.4, 0.5}, {"a", ""}) == "names: is empty for arm 1; expected a name");
  CHECK_THROWS_AS((preference_matrix{{0.5, 0.6}, {0.4}}), std::invalid_argument);
  // The product of the sizes would overflow to 0 entries.
  CHECK(message(std::size_t{1} << 32U, {}) != "accepted");
}

TEST_CASE("preference_matrix: answers come with the stated probability", "[preference_matrix]") {
  preference_matrix const p{{0.5, 0.85, 1.0}, {0.15, 0.5, 0.3}, {0.0, 0.7, 0.5}};
  // 4.5 standard errors: each of the 9 checks fails by chance once in 150 000 seeds.
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      auto const ask = [&](joust::stream& random) { return p.compare({}, i, j, random); };
      CHECK(joust::testing::standard_errors(ask, p(i, j), 20'000, 100 + 3 * i + j) < 4.5);
    }
  }
  joust::stream random{1};
  CHECK_THROWS_AS(p.compare({}, 0, 3, random), std::invalid_argument);
  CHECK(random == joust::stream{1});
}
