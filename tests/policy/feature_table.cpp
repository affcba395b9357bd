// SPDX-License-Identifier: MIT
#include <joust/policy/feature_table.hpp>

#include <limits>
#include <numeric>
#include <stdexcept>

#include <catch2/catch.hpp>

using joust::feature_table;

TEST_CASE("features are where the index says", "[feature_table]") {
  std::vector<double> values(2 * 3 * 4);
  std::iota(values.begin(), values.end(), 0.0);
  feature_table const table{2, 3, 4, values};
  CHECK(table.prompts() == 2);
  CHECK(table.responses() == 3);
  CHECK(table.dimension() == 4);
  for (std::size_t x = 0; x < 2; ++x) {
    auto const block = table.of(x);
    CHECK(block.rows() == 3);
    CHECK(block.cols() == 4);
    for (std::size_t a = 0; a < 3; ++a) {
      auto const row = table.of(x, a);
      CHECK(row.size() == 4);
      for (std::size_t k = 0; k < 4; ++k) {
        auto const at = static_cast<double>((x * 3 + a) * 4 + k);
        CHECK(block(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(k)) == at);
        CHECK(row[static_cast<Eigen::Index>(k)] == at);
      }
    }
  }
}

TEST_CASE("sharing looks at the same numbers", "[feature_table]") {
  joust::shared_features const one = std::make_shared<feature_table const>(1, 1, 1, std::vector<double>{2.0});
  joust::shared_features const other = one;
  CHECK(one->of(0).data() == other->of(0).data());
}

TEST_CASE("a table that does not hold together is refused", "[feature_table][fault]") {
  CHECK_THROWS_WITH((feature_table{0, 1, 1, {}}), Catch::StartsWith("prompts: is 0"));
  CHECK_THROWS_WITH((feature_table{1, 0, 1, {}}), Catch::StartsWith("responses: is 0"));
  CHECK_THROWS_WITH((feature_table{1, 1, 0, {}}), Catch::StartsWith("dimension: is 0"));
  CHECK_THROWS_WITH(
      (feature_table{2, 2, 1, {1.0, 2.0, 3.0}}),
      Catch::StartsWith("values: is of length 3; expected prompts x responses x dimension = 4"));
  CHECK_THROWS_WITH((feature_table{1, 1, 2, {1.0, std::numeric_limits<double>::quiet_NaN()}}),
                    Catch::StartsWith("values: is nan"));
  // A product that wraps around to the right length is no table either.
  std::size_t const half = std::size_t{1} << 32U;
  CHECK_THROWS_AS((feature_table{half, half, 1, {}}), std::invalid_argument);
}
