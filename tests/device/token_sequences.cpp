// SPDX-License-Identifier: MIT
#include <joust/device/token_sequences.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/evaluate.hpp>
#include <joust/device/queue.hpp>
#include <joust/loss/dpo.hpp>

#include "token_checks.hpp"

namespace {

using joust::log_likelihood;
using joust::pair_slopes;
using joust::scored_pair;
using joust::device::buffer;
using joust::device::pair_token_sequences;
using joust::device::queue;
using joust::device::spread_over_tokens;
using joust::device::sum_token_sequences;
using namespace joust_test;

struct sequences {
  std::vector<std::size_t> offsets{0};
  std::vector<double> log_probabilities;

  sequences(std::size_t count, std::uint64_t seed, std::size_t shortest = 0) {
    joust::stream random{seed};
    for (std::size_t s = 0; s < count; ++s) {
      offsets.push_back(offsets.back() + shortest + joust::draw_index(9, random));
    }
    log_probabilities.resize(offsets.back());
    for (double& x : log_probabilities) x = -5.0 * joust::draw_uniform(random);
  }
  [[nodiscard]] std::size_t count() const { return offsets.size() - 1; }
};

std::vector<double> sums_of(sequences const& from, log_likelihood likelihood) {
  queue order;
  buffer<double> log_probabilities{from.log_probabilities};
  buffer<std::size_t> offsets{from.offsets};
  buffer<double> sums{std::vector<double>(from.count(), no_number)};
  sum_token_sequences(order, all_of(log_probabilities), all_of(offsets), likelihood, all_of(sums));
  return sums.download(order);
}

std::vector<double> spread(sequences const& over, std::vector<double> const& sequence_slopes,
                           log_likelihood likelihood, std::size_t beyond = 0) {
  queue order;
  buffer<double> slopes{sequence_slopes};
  buffer<std::size_t> offsets{over.offsets};
  buffer<double> tokens{std::vector<double>(over.log_probabilities.size() + beyond, no_number)};
  spread_over_tokens(order, all_of(slopes), all_of(offsets), likelihood, all_of(tokens));
  return tokens.download(order);
}

}  // namespace

TEST_CASE("tokens are summed in their order, or averaged") {
  for (std::size_t const count : std::vector<std::size_t>{0, 1, 2, 255, 257, 1003}) {
    sequences const from{count, 10 + count};
    auto const sums = sums_of(from, log_likelihood::sum);
    auto const means = sums_of(from, log_likelihood::mean);
    for (std::size_t s = 0; s < count; ++s) {
      double sum = 0.0;
      for (std::size_t t = from.offsets[s]; t < from.offsets[s + 1]; ++t) sum += from.log_probabilities[t];
      auto const length = static_cast<double>(from.offsets[s + 1] - from.offsets[s]);
      CHECK(sums[s] == sum);
      CHECK(means[s] == (length > 0.0 ? sum / length : 0.0));
    }
  }
}

TEST_CASE("slopes of sequences are spread over their tokens, and nowhere else") {
  for (std::size_t const count : std::vector<std::size_t>{0, 1, 2, 255, 257}) {
    sequences over{count, 20 + count};
    over.log_probabilities.insert(over.log_probabilities.begin(), 3, -1.0);  // tokens of no sequence
    for (std::size_t& offset : over.offsets) offset += 3;
    std::vector<double> slopes(count);
    for (std::size_t s = 0; s < count; ++s) slopes[s] = 1.0 + static_cast<double>(s);
    for (auto const likelihood : {log_likelihood::sum, log_likelihood::mean}) {
      auto const tokens = spread(over, slopes, likelihood, 5);
      std::vector<double> expected(over.offsets.back() + 5, 0.0);
      for (std::size_t s = 0; s < count; ++s) {
        for (std::size_t t = over.offsets[s]; t < over.offsets[s + 1]; ++t) {
          auto const length = static_cast<double>(over.offsets[s + 1] - over.offsets[s]);
          expected[t] = likelihood == log_likelihood::sum ? slopes[s] : slopes[s] / length;
        }
      }
      CHECK(tokens == expected);
    }
  }
}

TEST_CASE("NaN stays in its sequence") {
  sequences from{300, 30, 1};
  from.log_probabilities[from.offsets[100]] = no_number;
  auto const sums = sums_of(from, log_likelihood::sum);
  std::size_t numbers = 0;
  for (std::size_t s = 0; s < 300; ++s) numbers += !std::isnan(sums[s]);
  CHECK(numbers == 299);
  CHECK(std::isnan(sums[100]));

  std::vector<double> slopes(300, 1.0);
  slopes[7] = no_number;
  auto const tokens = spread(from, slopes, log_likelihood::sum);
  std::size_t wrong = 0;
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    bool const own = t >= from.offsets[7] && t < from.offsets[8];
    wrong += std::isnan(tokens[t]) != own;
  }
  CHECK(wrong == 0);
}

TEST_CASE("offsets beyond the tokens reach to their end") {
  sequences from{2, 40, 2};
  from.offsets[2] = std::numeric_limits<std::size_t>::max();
  double rest = 0.0;
  for (std::size_t t = from.offsets[1]; t < from.log_probabilities.size(); ++t)
    rest += from.log_probabilities[t];
  CHECK(sums_of(from, log_likelihood::sum)[1] == rest);
}

TEST_CASE("sequences become duels, and their slopes go back to the tokens") {
  queue order;
  std::size_t const n = 130;
  sequences const policy{2 * n, 50, 1};
  sequences reference = policy;
  for (double& x : reference.log_probabilities) x -= 0.25;
  buffer<std::size_t> offsets{policy.offsets};
  buffer<double> policy_sums{sums_of(policy, log_likelihood::sum)};
  buffer<double> reference_sums{sums_of(reference, log_likelihood::sum)};
  buffer<scored_pair> duels{n};
  pair_token_sequences(order, all_of(policy_sums), all_of(reference_sums), all_of(offsets), all_of(duels));
  auto const pairs = duels.download(order);
  auto const sums = policy_sums.download(order);
  auto const others = reference_sums.download(order);
  for (std::size_t i = 0; i < n; ++i) {
    auto const length = [&](std::size_t s) {
      return static_cast<double>(policy.offsets[s + 1] - policy.offsets[s]);
    };
    CHECK((pairs[i] == scored_pair{sums[2 * i], sums[2 * i + 1], others[2 * i], others[2 * i + 1],
                                   length(2 * i), length(2 * i + 1)}));
  }

  buffer<double> outcomes{std::vector<double>(n, 1.0)};
  buffer<pair_slopes> slopes{n};
  joust::device::evaluation_space space;
  joust::device::evaluate(order, joust::dpo{}, all_of(duels), all_of(outcomes), all_of(outcomes),
                          all_of(slopes), space);
  buffer<double> tokens{policy.log_probabilities.size()};
  std::span<pair_slopes const> const written = all_of(slopes);
  spread_over_tokens(order, written, all_of(offsets), log_likelihood::sum, all_of(tokens));
  auto const token_slopes = tokens.download(order);
  auto const duel_slopes = slopes.download(order);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < n; ++i) {
    wrong += token_slopes[policy.offsets[2 * i]] != duel_slopes[i].chosen;
    wrong += token_slopes[policy.offsets[2 * i + 2] - 1] != duel_slopes[i].rejected;
  }
  CHECK(wrong == 0);
}

TEST_CASE("numbers of sequences that do not fit are refused") {
  queue order;
  buffer<double> four{std::vector<double>(4, 7.0)};
  buffer<double> three{3};
  buffer<std::size_t> offsets{std::vector<std::size_t>{0, 1, 2, 3}};
  buffer<scored_pair> duels{2};
  CHECK_THROWS_WITH(
      sum_token_sequences(order, all_of(three), all_of(offsets), log_likelihood::sum, all_of(four)),
      "offsets: is of length 4; expected 5, one more than there are sequences");
  std::span<double const> const slopes = all_of(four);
  CHECK_THROWS_WITH(spread_over_tokens(order, slopes, all_of(offsets), log_likelihood::sum, all_of(three)),
                    "offsets: is of length 4; expected 5, one more than there are sequences");
  CHECK_THROWS_WITH(pair_token_sequences(order, all_of(three), all_of(four), all_of(offsets), all_of(duels)),
                    "policy_sums: is of length 3; expected two for each of 2 duels");
  CHECK_THROWS_WITH(pair_token_sequences(order, all_of(four), all_of(three), all_of(offsets), all_of(duels)),
                    "reference_sums: is of length 3; expected two for each of 2 duels");
  CHECK_THROWS_WITH(pair_token_sequences(order, all_of(four), all_of(four), all_of(offsets), all_of(duels)),
                    "offsets: is of length 4; expected 5, one more than there are sequences");
  CHECK(four.download(order) == std::vector<double>(4, 7.0));
}
