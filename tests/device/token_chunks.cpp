// SPDX-License-Identifier: MIT
#include <joust/device/token_chunks.hpp>

#include <cstddef>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>

#include "token_checks.hpp"

namespace {

using joust::device::bfloat16;
using joust::device::buffer;
using joust::device::for_each_index;
using joust::device::logits_block;
using joust::device::queue;
using joust::device::row_normaliser;
using joust::device::token_chunks;
using namespace joust_test;

template <class T>
struct copy_logits {
  T const* from;
  logits_block<T> to;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    to.row(i / to.vocabulary)[i % to.vocabulary] = from[i];
  }
};
template <class T>
struct save_gradients {
  logits_block<T const> from;
  T* to;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    to[i] = from.row(i / from.vocabulary)[i % from.vocabulary];
  }
};

template <class T>
struct in_chunks {
  std::vector<double> log_probabilities;
  std::vector<T> gradients;
  std::size_t made = 0;  // rows of logits
};

template <class T>
in_chunks<T> run(logit_rows<T> const& rows, std::vector<double> const& row_slopes,
                 std::size_t rows_per_chunk) {
  queue order;
  buffer<T> source{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<double> log_probabilities{std::vector<double>(rows.rows, no_number)};
  buffer<row_normaliser> normalisers{rows.rows};
  buffer<double> slopes{row_slopes};
  buffer<T> gradients{std::vector<T>(rows.values.size(), T(77.0F))};
  in_chunks<T> result;
  token_chunks<T> chunks{rows_per_chunk, rows.vocabulary};
  auto const make = [&](queue const& on, std::size_t first, logits_block<T> logits) {
    CHECK(logits.rows <= rows_per_chunk);
    result.made += logits.rows;
    for_each_index(on, logits.rows * logits.vocabulary,
                   copy_logits<T>{source.data() + first * rows.vocabulary, logits});
  };
  auto const use = [&](queue const& on, std::size_t first, logits_block<T const> block) {
    for_each_index(on, block.rows * block.vocabulary,
                   save_gradients<T>{block, gradients.data() + first * rows.vocabulary});
  };
  chunks.log_probabilities(order, make, all_of(tokens), all_of(log_probabilities), all_of(normalisers),
                           {.temperature = 0.9});
  chunks.gradients(order, make, all_of(tokens), all_of(normalisers), all_of(slopes), use,
                   {.temperature = 0.9});
  result.log_probabilities = log_probabilities.download(order);
  result.gradients = gradients.download(order);
  return result;
}

template <class T>
std::size_t different(std::vector<T> const& a, std::vector<T> const& b) {
  REQUIRE(a.size() == b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += float{a[i]} != float{b[i]};
  return count;
}

}  // namespace

TEMPLATE_TEST_CASE("chunks of any size give the bits of one block", "", float, bfloat16) {
  logit_rows<TestType> const rows{37, 301, 1};
  std::vector<double> slopes(37);
  for (std::size_t r = 0; r < 37; ++r) slopes[r] = 0.1 * static_cast<double>(r) - 1.0;

  queue order;
  buffer<TestType> logits{rows.values};
  buffer<token_number> tokens{rows.tokens};
  buffer<double> log_probabilities{37};
  buffer<row_normaliser> normalisers{37};
  buffer<double> device_slopes{slopes};
  joust::device::token_space space;
  logits_block<TestType> const block{logits.data(), 37, 301};
  token_log_probabilities(order, block, all_of(tokens), all_of(log_probabilities), all_of(normalisers), space,
                          {.temperature = 0.9});
  token_gradients(order, block, all_of(tokens), all_of(normalisers), all_of(device_slopes),
                  {.temperature = 0.9});
  auto const expected = log_probabilities.download(order);
  auto const gradients = logits.download(order);
  CHECK(expected[5] == Approx(rows.log_probability(5, 0.9)).margin(3e-6));
  for (std::size_t const rows_per_chunk : std::vector<std::size_t>{1, 2, 10, 36, 37, 38, 100}) {
    in_chunks<TestType> const result = run(rows, slopes, rows_per_chunk);
    CHECK(result.log_probabilities == expected);
    CHECK(different(result.gradients, gradients) == 0);
    CHECK(result.made == 2 * 37);
  }
}

TEST_CASE("without tokens no logits are made") { CHECK(run(logit_rows<float>{0, 5, 1}, {}, 3).made == 0); }

TEST_CASE("chunks of nothing, and spans of other lengths, are refused before logits are made") {
  CHECK_THROWS_WITH((token_chunks<float>{0, 5}), "rows_per_chunk: is 0; expected at least one row");
  CHECK_THROWS_WITH((token_chunks<float>{5, 0}), "vocabulary: is 0; expected at least one word");
  CHECK_THROWS((token_chunks<float>{static_cast<std::size_t>(-1) / 2, 5}));
  queue order;
  token_chunks<float> chunks{2, 5};
  CHECK(chunks.rows_per_chunk() == 2);
  CHECK(chunks.vocabulary() == 5);
  buffer<token_number> tokens{std::vector<token_number>{1, 2, 3}};
  buffer<double> two{2};
  buffer<double> three{3};
  buffer<row_normaliser> normalisers{3};
  auto const never = [](queue const&, std::size_t, auto) { FAIL_CHECK("logits were made"); };
  CHECK_THROWS_AS(chunks.log_probabilities(order, never, all_of(tokens), all_of(two), all_of(normalisers)),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      chunks.log_probabilities(order, never, all_of(tokens), all_of(three), all_of(normalisers).first(2)),
      std::invalid_argument);
  CHECK_THROWS_AS(chunks.log_probabilities(order, never, all_of(tokens), all_of(three), all_of(normalisers),
                                           {.temperature = 0.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(chunks.gradients(order, never, all_of(tokens), all_of(normalisers), all_of(two), never),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      chunks.gradients(order, never, all_of(tokens), all_of(normalisers).first(1), all_of(three), never),
      std::invalid_argument);
}
