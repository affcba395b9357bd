// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <limits>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/belief.hpp>
#include <joust/laws/normal_belief.hpp>

using joust::stream;
using joust::laws::normal_belief;

static_assert(joust::belief<normal_belief>);

TEST_CASE("a normal belief keeps the laws, correlated and degenerate", "[normal_belief]") {
  normal_belief correlated{{{0.5, 1.0, 2.0}, {0.0, 0.5, -1.0}, {-3.0, 0.0, 2.0}}};
  CHECK_KEEPS_LAWS(joust::laws::belief(correlated, stream{1}));
  normal_belief certain{{{0.5, 0.0}, {0.25, 0.0}}};
  CHECK_KEEPS_LAWS(joust::laws::belief(certain, stream{2}));
  normal_belief single{{{0.5, 1.0}}};
  CHECK_KEEPS_LAWS(joust::laws::belief(single, stream{3}));
}

TEST_CASE("a shared doubt cancels in differences", "[normal_belief]") {
  normal_belief const shared{{{0.0, 0.0, 3.0}, {0.0, 0.0, 3.0}, {0.0, 2.0, 1.0}}};
  CHECK(shared.size() == 3);
  CHECK(shared.pair_variance(0, 1) == 0.0);
  CHECK(shared.pair_variance(0, 2) == 8.0);
  CHECK(shared.pair_variance(2, 2) == 0.0);
}

TEST_CASE("a normal belief refuses what is none", "[normal_belief]") {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(normal_belief{{}}, std::invalid_argument);
  CHECK_THROWS_AS((normal_belief{{{not_a_number, 1.0}}}), std::invalid_argument);
  CHECK_THROWS_AS((normal_belief{{{0.0, -1.0}}}), std::invalid_argument);
  CHECK_THROWS_AS((normal_belief{{{0.0, not_a_number}}}), std::invalid_argument);
  CHECK_THROWS_AS((normal_belief{{{0.0, std::numeric_limits<double>::infinity()}}}), std::invalid_argument);
  CHECK_THROWS_AS((normal_belief{{{0.0, 1.0, not_a_number}}}), std::invalid_argument);
}
