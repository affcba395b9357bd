// SPDX-License-Identifier: MIT
#include <joust/device/token_log_probabilities.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>

#include "token_checks.hpp"

namespace {

using joust::device::bfloat16;
using joust::device::buffer;
using joust::device::logits_block;
using joust::device::queue;
using joust::device::row_normaliser;
using joust::device::token_log_probabilities;
using joust::device::token_space;
using namespace joust_test;

struct scored {
  std::vector<double> log_probabilities;
  std::vector<row_normaliser> normalisers;
};

template <class T>
scored score(logit_rows<T> const& rows, token_space& space, double temperature = 1.0) {
  queue order;
  buffer<T> logits{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<double> log_probabilities{std::vector<double>(rows.rows, no_number)};
  buffer<row_normaliser> normalisers{std::vector<row_normaliser>(rows.rows, {1e30F, 1e30F})};
  logits_block<T> const block{logits.data(), rows.rows, rows.vocabulary, rows.stride};
  token_log_probabilities(order, block, all_of(tokens), all_of(log_probabilities), all_of(normalisers), space,
                          {.temperature = temperature});
  return {log_probabilities.download(order), normalisers.download(order)};
}

template <class T>
void check_rows(logit_rows<T> const& rows, token_space& space, double temperature) {
  CAPTURE(rows.rows, rows.vocabulary, temperature);
  scored const result = score(rows, space, temperature);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    CHECK(result.log_probabilities[r] ==
          Approx(rows.log_probability(r, temperature)).epsilon(0).margin(3e-6));
    double const scale = std::fabs(rows.log_sum_exp(r, temperature));
    CHECK(result.normalisers[r].log_sum_exp(temperature) ==
          Approx(rows.log_sum_exp(r, temperature)).epsilon(0).margin(3e-6 + 1e-12 * scale));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("token log-probabilities are those of the textbook", "", float, bfloat16) {
  token_space space;
  for (std::size_t const vocabulary :
       std::vector<std::size_t>{1, 2, 7, 8, 9, 127, 128, 129, 255, 256, 257, 1000, 4096, 4097, 9001}) {
    for (std::size_t const rows : std::vector<std::size_t>{1, 3}) {
      check_rows(logit_rows<TestType>{rows, vocabulary, 7 + vocabulary}, space, 1.0);
      check_rows(logit_rows<TestType>{rows, vocabulary, 8 + vocabulary, 30.0, 5}, space, 0.7);
      check_rows(logit_rows<TestType>{rows, vocabulary, 9 + vocabulary, 3.0}, space, 3.0);
    }
  }
  check_rows(logit_rows<TestType>{300, 17, 10}, space, 1.0);
}

TEST_CASE("rows of very many words are merged in several rounds") {
  token_space space;
  check_rows(logit_rows<float>{2, 140'003, 11}, space, 1.0);  // more than 32 pieces on every system
}

TEMPLATE_TEST_CASE("the largest logit may stand anywhere, and be very large", "", float, bfloat16) {
  token_space space;
  for (std::size_t const place : std::vector<std::size_t>{0, 100, 255, 256, 4095, 4096, 5000}) {
    logit_rows<TestType> rows{2, 5001, 20 + place};
    rows.at(0, place) = TestType(40.0F);
    for (std::size_t v = 0; v < 5001; ++v) {  // ascending: the sum is scaled down over and over
      rows.at(1, v) = TestType(static_cast<float>(v) * 0.01F);
    }
    rows.tokens = {static_cast<token_number>(place), static_cast<token_number>(place)};
    check_rows(rows, space, 1.0);
  }
  logit_rows<TestType> rows{4, 600, 30};
  for (std::size_t v = 0; v < 600; ++v) {
    rows.at(0, v) = TestType(1e4F + static_cast<float>(v % 7) * 64.0F);
    rows.at(1, v) = TestType(-1e4F - static_cast<float>(v % 7) * 64.0F);
    rows.at(2, v) = TestType(v == 300 ? 1e4F : -1e4F);
    rows.at(3, v) = TestType(v == 300 ? 1e30F : -1e30F);
  }
  rows.tokens = {6, 0, 300, 300};
  check_rows(rows, space, 1.0);
  rows.tokens = {3, 5, 301, 300};
  check_rows(rows, space, 2.0);
}

TEST_CASE("a masked word has probability 0, and is as if absent") {
  token_space space;
  logit_rows<float> rows{3, 5000, 40};
  for (std::size_t v = 0; v < 5000; ++v) {
    if (v % 3 != 1) rows.at(0, v) = -float_infinity;
    if (v < 4500) rows.at(1, v) = -float_infinity;  // whole pieces
    if (v > 10) rows.at(2, v) = -float_infinity;
  }
  rows.tokens = {4, 4700, 200};
  scored const result = score(rows, space);
  CHECK(result.log_probabilities[0] == Approx(rows.log_probability(0, 1.0)).margin(3e-6));
  CHECK(result.log_probabilities[1] == Approx(rows.log_probability(1, 1.0)).margin(3e-6));
  CHECK(result.log_probabilities[2] == -std::numeric_limits<double>::infinity());
  CHECK(result.normalisers[2].log_sum_exp() == Approx(rows.log_sum_exp(2, 1.0)).margin(3e-6));
}

TEST_CASE("what has no probability is NaN in its row, and in no other") {
  token_space space;
  logit_rows<float> rows{9, 5000, 50};
  scored const sound = score(rows, space);
  rows.at(1, 4444) = std::numeric_limits<float>::quiet_NaN();
  rows.at(2, 3) = float_infinity;
  for (std::size_t v = 0; v < 5000; ++v) rows.at(3, v) = -float_infinity;
  rows.tokens[4] = -1;
  rows.tokens[5] = 5000;
  for (std::size_t v = 0; v < 5000; ++v) rows.at(6, v) = -float_infinity;
  rows.at(6, 4999) = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t v = 0; v < 5000; ++v) rows.at(7, v) = std::numeric_limits<float>::quiet_NaN();
  scored const result = score(rows, space);
  for (std::size_t r = 1; r < 8; ++r) {
    CAPTURE(r);
    CHECK(std::isnan(result.log_probabilities[r]));
  }
  CHECK(result.log_probabilities[0] == sound.log_probabilities[0]);
  CHECK(result.log_probabilities[8] == sound.log_probabilities[8]);
  for (std::size_t const r : std::vector<std::size_t>{1, 2, 6, 7}) {
    CHECK(std::isnan(result.normalisers[r].log_sum_exp()));
  }
}

TEST_CASE("a row has the same bits in any block, in memory used before or new") {
  token_space used;
  logit_rows<float> const rows{40, 9001, 60};
  scored const together = score(rows, used);
  scored const again = score(rows, used);
  CHECK(together.log_probabilities == again.log_probabilities);
  for (std::size_t const r : std::vector<std::size_t>{0, 17, 39}) {
    logit_rows<float> alone{1, 9001, 1};
    for (std::size_t v = 0; v < 9001; ++v) alone.at(0, v) = rows.values[r * rows.stride + v];
    alone.tokens[0] = rows.tokens[r];
    token_space fresh;
    scored const result = score(alone, fresh);
    CHECK(result.log_probabilities[0] == together.log_probabilities[r]);
    CHECK(result.normalisers[0].largest == together.normalisers[r].largest);
    CHECK(result.normalisers[0].log_sum == together.normalisers[r].log_sum);
  }
}

TEST_CASE("a block without rows is nothing to do, and spans of other lengths are refused") {
  queue order;
  token_space space;
  CHECK(score(logit_rows<float>{0, 5, 1}, space).log_probabilities.empty());

  logit_rows<float> const rows{2, 5, 70};
  buffer<float> logits{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<double> two{std::vector<double>{7.0, 7.0}};
  buffer<double> three{3};
  buffer<row_normaliser> normalisers{2};
  buffer<row_normaliser> one{1};
  logits_block<float> const block{logits.data(), 2, 5};
  CHECK_THROWS_WITH(
      token_log_probabilities(order, block, all_of(tokens), all_of(three), all_of(normalisers), space),
      "log_probabilities: is of length 3; expected one for each of 2 rows of logits");
  CHECK_THROWS_WITH(token_log_probabilities(order, block, all_of(tokens), all_of(two), all_of(one), space),
                    "normalisers: is of length 1; expected one for each of 2 rows of logits");
  CHECK_THROWS_WITH(
      token_log_probabilities(order, block, all_of(tokens).first(1), all_of(two), all_of(normalisers), space),
      "tokens: is of length 1; expected one for each of 2 rows of logits");
  CHECK_THROWS_AS(token_log_probabilities(order, block, all_of(tokens), all_of(two), all_of(normalisers),
                                          space, {.temperature = 0.0}),
                  std::invalid_argument);
  CHECK(two.download(order) == std::vector<double>{7.0, 7.0});
}
