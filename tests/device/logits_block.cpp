// SPDX-License-Identifier: MIT
#include <joust/device/logits_block.hpp>

#include <limits>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

using joust::device::bfloat16;
using joust::device::logits_block;
using joust::device::token_options;

static_assert(joust::device::logit<float> && joust::device::logit<bfloat16 const>);
static_assert(!joust::device::logit<double> && !joust::device::logit<int>);

TEST_CASE("a block of logits knows its rows") {
  std::vector<float> memory(20);
  logits_block<float> const packed{memory.data(), 4, 5};
  CHECK(packed.stride == 5);
  CHECK(packed.row(3) == memory.data() + 15);
  logits_block<float const> const spaced = logits_block<float>{memory.data(), 2, 5, 7};
  CHECK(spaced.rows == 2);
  CHECK(spaced.vocabulary == 5);
  CHECK(spaced.row(1) == memory.data() + 7);
}

TEST_CASE("rows without columns, or that overlap, are refused") {
  std::vector<float> memory(20);
  CHECK_THROWS_WITH((logits_block<float>{memory.data(), 4, 0}),
                    "vocabulary: is 0; expected at least one word");
  CHECK_THROWS_WITH((logits_block<float>{memory.data(), 4, 5, 4}),
                    "stride: is 4; expected at least 5, the vocabulary");
}

TEST_CASE("temperatures that are not finite and above 0 are refused") {
  CHECK_NOTHROW(token_options{}.check());
  for (double const temperature :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(token_options{.temperature = temperature}.check(), std::invalid_argument);
  }
}
