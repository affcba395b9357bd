// SPDX-License-Identifier: MIT
#include <joust/alignment/token_features.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/feature_map.hpp>

#include "../laws/planted.hpp"

using joust::token_features;
using joust::tokens;

static_assert(joust::feature_map<token_features, std::size_t, std::vector<tokens>>);

namespace {

joust::shared_features prompts() {
  return std::make_shared<joust::feature_table const>(2, 1, 2, std::vector<double>{1.0, -2.0, 0.5, 3.0});
}

std::vector<tokens> const answers{{0, 1, 1, 1}, {2}, {1, 1}, {2, 0, 2, 0}};

}  // namespace

TEST_CASE("token_features are counts, pairs, the length and counts by prompt", "[token_features]") {
  // Three words, at most four; the pairs (1, 1) and (2, 0) are seen, in this order.
  token_features const map{{}, prompts(), 3, 4, {4, 6}};
  REQUIRE(map.dimension() == 3 + 2 + 1 + 6);
  CHECK(map.options().interactions == 2);
  CHECK(map.options().pairs == 2);
  Eigen::MatrixXd const phi = map(1, answers);
  REQUIRE(phi.rows() == 4);
  Eigen::MatrixXd expected(4, 12);
  double const r = std::sqrt(0.5);
  // clang-format off
  expected << 0.5, 1.5, 0.0,  1.0, 0.0,  1.00,  0.25 * r, 0.75 * r, 0.00 * r,  1.5 * r, 4.5 * r, 0.0 * r,
              0.0, 0.0, 0.5,  0.0, 0.0,  0.25,  0.00 * r, 0.00 * r, 0.25 * r,  0.0 * r, 0.0 * r, 1.5 * r,
              0.0, 1.0, 0.0,  0.5, 0.0,  0.50,  0.00 * r, 0.50 * r, 0.00 * r,  0.0 * r, 3.0 * r, 0.0 * r,
              1.0, 0.0, 1.0,  0.0, 1.0,  1.00,  0.50 * r, 0.00 * r, 0.50 * r,  3.0 * r, 0.0 * r, 3.0 * r;
  // clang-format on
  CHECK((phi - expected).cwiseAbs().maxCoeff() < 1e-15);
  CHECK_KEEPS_LAWS(joust::laws::feature_map(map, std::size_t{0}, answers, joust::stream{1}));
}

TEST_CASE("every kind of token features can be left out", "[token_features]") {
  Eigen::MatrixXd const all = token_features{{}, prompts(), 3, 4, {4, 6}}(0, answers);
  auto const without = [&](joust::token_features_options options, std::vector<std::size_t> const& pairs) {
    token_features const map{options, prompts(), 3, 4, pairs};
    Eigen::MatrixXd phi = map(0, answers);
    CHECK(phi.cols() == static_cast<Eigen::Index>(map.dimension()));
    return phi;
  };
  CHECK(without({.counts = false}, {4, 6}) == all.rightCols(9));
  CHECK(without({.interactions = 0}, {4, 6}) == all.leftCols(6));
  CHECK(without({.length = false, .interactions = 0}, {4, 6}) == all.leftCols(5));
  CHECK(without({.length = false, .interactions = 0}, {}) == all.leftCols(3));
  CHECK(without({.counts = false, .interactions = 0}, {}) == all.col(5));
  // One of two features of the prompt: the same column, on the scale of one.
  CHECK((without({.counts = false, .length = false, .interactions = 1}, {}) -
         std::sqrt(2.0) * all.middleCols(6, 3))
            .cwiseAbs()
            .maxCoeff() < 1e-15);
}

TEST_CASE("what token features leave out cannot be told apart", "[token_features]") {
  token_features const map{{}, prompts(), 3, 4, {4, 6}};
  Eigen::MatrixXd const phi = map(0, {{0, 1, 2}, {1, 2, 1}, {0, 2, 1}});
  CHECK(phi.row(0) == phi.row(2));  // other pairs, none of them seen
  CHECK(phi.row(0) != phi.row(1));
}

TEST_CASE("token_features refuse what is no answer", "[token_features][fault]") {
  token_features const map{{}, prompts(), 3, 4, {}};
  CHECK(map(0, {}).rows() == 0);
  for (tokens const& bad : {tokens{}, tokens{3}, tokens{0, 0, 0, 0, 0}}) {
    CHECK_THROWS_AS(map(0, {{0}, bad}), std::invalid_argument);
  }
  CHECK_THROWS_AS(map(2, {{0}}), std::invalid_argument);
  CHECK_THROWS_AS((token_features{{}, nullptr, 3, 4, {}}), std::invalid_argument);
  CHECK_THROWS_AS((token_features{{}, prompts(), 3, 4, {9}}), std::invalid_argument);
  CHECK_THROWS_AS(
      (token_features{
          {.counts = false, .pairs = 0, .length = false, .interactions = 0}, prompts(), 3, 4, {}}),
      std::invalid_argument);
}
