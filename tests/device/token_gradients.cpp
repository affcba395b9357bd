// SPDX-License-Identifier: MIT
#include <joust/device/token_gradients.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>

#include "token_checks.hpp"

namespace {

using joust::device::bfloat16;
using joust::device::buffer;
using joust::device::logits_block;
using joust::device::queue;
using joust::device::row_normaliser;
using joust::device::token_gradients;
using joust::device::token_space;
using namespace joust_test;

std::vector<double> random_slopes(std::size_t rows, std::uint64_t seed) {
  joust::stream random{seed};
  std::vector<double> slopes(rows);
  for (double& slope : slopes) slope = 4.0 * joust::draw_uniform(random) - 2.0;
  return slopes;
}

// The logits overwritten by their gradients, in the same layout.
template <class T>
logit_rows<T> differentiate(logit_rows<T> rows, std::vector<double> const& row_slopes,
                            double temperature = 1.0) {
  queue order;
  token_space space;
  buffer<T> logits{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<double> log_probabilities{rows.rows};
  buffer<row_normaliser> normalisers{rows.rows};
  buffer<double> slopes{row_slopes};
  logits_block<T> const block{logits.data(), rows.rows, rows.vocabulary, rows.stride};
  joust::device::token_log_probabilities(order, block, all_of(tokens), all_of(log_probabilities),
                                         all_of(normalisers), space, {.temperature = temperature});
  token_gradients(order, block, all_of(tokens), all_of(normalisers), all_of(slopes),
                  {.temperature = temperature});
  rows.values = logits.download(order);
  return rows;
}

// One unit in the last place of bfloat16, or a few of float.
template <class T>
constexpr double relative = std::is_same_v<T, float> ? 3e-6 : 1.0 / 256.0;

template <class T>
void check_gradients(logit_rows<T> const& rows, double temperature) {
  CAPTURE(rows.rows, rows.vocabulary, rows.stride, temperature);
  std::vector<double> const slopes = random_slopes(rows.rows, 99);
  logit_rows<T> const result = differentiate(rows, slopes, temperature);
  std::size_t wrong = 0;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    double const log_sum = rows.log_sum_exp(r, temperature);
    double sum = 0.0;
    double size = 0.0;
    for (std::size_t v = 0; v < rows.vocabulary; ++v) {
      double const log_p = rows.logit(r, v) / temperature - log_sum;
      bool const own = v == static_cast<std::size_t>(rows.tokens[r]);
      double const expected = slopes[r] * (own ? -std::expm1(log_p) : -std::exp(log_p)) / temperature;
      double const off = std::fabs(result.logit(r, v) - expected);
      double const tolerance = relative<T> * std::fabs(expected) + 1e-7 * (own ? 10.0 : 1.0);
      if (!(off <= tolerance)) ++wrong;
      sum += result.logit(r, v);
      size += std::fabs(result.logit(r, v));
    }
    // Logits may all be raised alike without any change.
    CHECK(std::fabs(sum) <= 2.0 * relative<T> * size + 1e-6);
    for (std::size_t v = rows.vocabulary; v < rows.stride; ++v) {
      if (result.logit(r, v) != 123.0) ++wrong;  // between rows nothing is touched
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("gradients are slope times one minus softmax", "", float, bfloat16) {
  for (std::size_t const vocabulary :
       std::vector<std::size_t>{1, 2, 7, 8, 9, 127, 128, 129, 255, 256, 257, 1000, 4096, 4097, 9001}) {
    check_gradients(logit_rows<TestType>{1, vocabulary, 7 + vocabulary}, 1.0);
    check_gradients(logit_rows<TestType>{3, vocabulary, 8 + vocabulary, 20.0, 5}, 0.7);
    check_gradients(logit_rows<TestType>{3, vocabulary, 9 + vocabulary, 3.0}, 3.0);
  }
  check_gradients(logit_rows<TestType>{300, 17, 10}, 1.0);
}

TEST_CASE("gradients are the differences of log-probabilities") {
  double const temperature = 0.8;
  logit_rows<float> const rows{3, 40, 20, 3.0};
  std::vector<double> const slopes{1.0, -0.5, 2.0};
  logit_rows<float> const result = differentiate(rows, slopes, temperature);
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t v = 0; v < 40; ++v) {
      // Steps that floats hold, so that the logits moved are those that were meant.
      auto moved = rows;
      moved.at(r, v) += 0.01F;
      double const high = moved.logit(r, v);
      double const up = moved.log_probability(r, temperature);
      moved.at(r, v) -= 0.02F;
      double const low = moved.logit(r, v);
      double const down = moved.log_probability(r, temperature);
      CHECK(result.logit(r, v) == Approx(slopes[r] * (up - down) / (high - low)).epsilon(1e-3).margin(1e-4));
    }
  }
}

TEST_CASE("a token that is nearly certain is pulled by what is left to gain") {
  logit_rows<float> rows{1, 3, 1};
  rows.at(0, 0) = 20.0F;
  rows.at(0, 1) = 12.0F;
  rows.at(0, 2) = -float_infinity;
  rows.tokens = {0};
  logit_rows<float> const result = differentiate(rows, {1.0});
  double const rest = std::exp(-8.0) / (1.0 + std::exp(-8.0));
  CHECK(result.logit(0, 0) == Approx(rest).epsilon(0).margin(2e-7));
  CHECK(result.logit(0, 1) == Approx(-rest).epsilon(0).margin(2e-7));
  CHECK(result.logit(0, 2) == 0.0);
}

TEMPLATE_TEST_CASE("masked words have no gradient, unless one is the token", "", float, bfloat16) {
  logit_rows<TestType> rows{2, 5000, 30};
  for (std::size_t v = 0; v < 5000; ++v) {
    if (v % 3 != 1) rows.at(0, v) = rows.at(1, v) = TestType(-float_infinity);
  }
  rows.tokens = {4, 6};
  logit_rows<TestType> const result = differentiate(rows, {1.0, 0.5});
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < 5000; ++v) {
    if (v % 3 == 1) continue;
    wrong += result.logit(0, v) != 0.0;
    wrong += v != 6 && result.logit(1, v) != 0.0;
  }
  CHECK(wrong == 0);
  CHECK(result.logit(1, 6) == 0.5);
}

TEST_CASE("a row of slope zero becomes zero whatever it held") {
  logit_rows<float> rows{3, 4500, 40};
  for (std::size_t v = 0; v < 4500; v += 7) rows.at(1, v) = std::numeric_limits<float>::quiet_NaN();
  rows.tokens[1] = -7;
  logit_rows<float> const result = differentiate(rows, {1.0, 0.0, 1.0});
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < 4500; ++v) {
    wrong += result.logit(1, v) != 0.0 || std::isnan(result.logit(0, v)) || std::isnan(result.logit(2, v));
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("a row without log-probability becomes NaN, and no other", "", float, bfloat16) {
  logit_rows<TestType> rows{7, 4500, 50};
  std::vector<double> slopes(7, 1.0);
  logit_rows<TestType> const sound = differentiate(rows, slopes);
  rows.at(1, 4400) = TestType(std::numeric_limits<float>::quiet_NaN());
  rows.at(2, 3) = TestType(float_infinity);
  for (std::size_t v = 0; v < 4500; ++v) rows.at(3, v) = TestType(-float_infinity);
  rows.tokens[4] = 4500;
  slopes[5] = no_number;
  logit_rows<TestType> const result = differentiate(rows, slopes);
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < 4500; ++v) {
    for (std::size_t r = 1; r < 6; ++r) wrong += !std::isnan(result.logit(r, v));
    wrong += result.logit(0, v) != sound.logit(0, v) || result.logit(6, v) != sound.logit(6, v);
  }
  CHECK(wrong == 0);
}

TEST_CASE("gradients have the same bits again, and in a block alone") {
  logit_rows<float> const rows{5, 9001, 60};
  std::vector<double> const slopes = random_slopes(5, 61);
  logit_rows<float> const together = differentiate(rows, slopes);
  CHECK(together.values == differentiate(rows, slopes).values);
  logit_rows<float> alone{1, 9001, 1};
  for (std::size_t v = 0; v < 9001; ++v) alone.at(0, v) = rows.values[3 * rows.stride + v];
  alone.tokens[0] = rows.tokens[3];
  logit_rows<float> const result = differentiate(alone, {slopes[3]});
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < 9001; ++v) wrong += result.logit(0, v) != together.logit(3, v);
  CHECK(wrong == 0);
}

TEST_CASE("no rows have no gradient, and spans of other lengths are refused") {
  queue order;
  CHECK(differentiate(logit_rows<float>{0, 5, 1}, {}).values.empty());
  logit_rows<float> const rows{2, 5, 70};
  buffer<float> logits{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<row_normaliser> normalisers{2};
  buffer<row_normaliser> one{1};
  buffer<double> slopes{std::vector<double>{1.0, 1.0}};
  logits_block<float> const block{logits.data(), 2, 5};
  CHECK_THROWS_WITH(token_gradients(order, block, all_of(tokens), all_of(one), all_of(slopes)),
                    "normalisers: is of length 1; expected one for each of 2 rows of logits");
  CHECK_THROWS_WITH(
      token_gradients(order, block, all_of(tokens), all_of(normalisers), all_of(slopes).first(1)),
      "slopes: is of length 1; expected one for each of 2 rows of logits");
  CHECK_THROWS_WITH(
      token_gradients(order, block, all_of(tokens).first(1), all_of(normalisers), all_of(slopes)),
      "tokens: is of length 1; expected one for each of 2 rows of logits");
  CHECK_THROWS_AS(token_gradients(order, block, all_of(tokens), all_of(normalisers), all_of(slopes),
                                  {.temperature = -1.0}),
                  std::invalid_argument);
  CHECK(logits.download(order) == rows.values);
}
