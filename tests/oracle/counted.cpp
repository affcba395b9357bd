// SPDX-License-Identifier: MIT
#include <joust/oracle/counted.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <joust/oracle/callable_oracle.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace {

joust::preference_matrix const pair{{0.5, 0.7}, {0.3, 0.5}};
joust::no_context const x;
using question = joust::duel<joust::no_context, std::size_t>;

// Fails every third time.
struct unreliable {
  int calls = 0;
  double compare(joust::no_context, std::size_t, std::size_t, joust::stream&) {
    if (++calls % 3 == 0) throw joust::oracle_error{"no answer"};
    return 1.0;
  }
};

}  // namespace

TEST_CASE("counted: counts, and changes no answer", "[counted]") {
  static_assert(
      joust::known_preference<joust::counted<joust::preference_matrix>, joust::no_context, std::size_t>);
  joust::counted oracle{pair};
  joust::stream one{1};
  joust::stream two{1};
  for (int i = 0; i < 50; ++i) {
    CHECK(oracle.compare(x, std::size_t{0}, std::size_t{1}, one) == pair.compare(x, 0, 1, two));
  }
  CHECK(oracle.asked() == 50);
  CHECK(oracle.answered() == 50);
  CHECK(oracle.probability(x, std::size_t{0}, std::size_t{1}) == 0.7);
  CHECK(oracle.answered() == 50);
  CHECK(oracle.budget() == std::nullopt);
  CHECK(oracle.remaining() == std::nullopt);
}

TEST_CASE("counted: a failed question is asked but not answered", "[counted]") {
  joust::counted oracle{unreliable{}, {.budget = 4}};
  joust::stream random{1};
  auto const ask = [&] { return oracle.compare(x, std::size_t{0}, std::size_t{1}, random); };
  CHECK(ask() == 1.0);
  CHECK(ask() == 1.0);
  CHECK_THROWS_AS(ask(), joust::oracle_error);
  CHECK(oracle.asked() == 3);
  CHECK(oracle.answered() == 2);
  CHECK(oracle.remaining() == 2u);  // a question without an answer costs nothing
  CHECK(ask() == 1.0);
  CHECK(ask() == 1.0);
  CHECK(oracle.remaining() == 0u);
  int const calls = oracle.inner().calls;
  CHECK_THROWS_AS(ask(), joust::budget_spent);
  CHECK_THROWS_WITH(ask(), "oracle: the budget of 4 comparisons is spent");
  CHECK(oracle.inner().calls == calls);  // refused before the question
  CHECK(oracle.asked() == 5);
  CHECK(oracle.answered() == 4);
}

TEST_CASE("counted: a budget of none at all is a mistake", "[counted]") {
  CHECK_THROWS_WITH((joust::counted{pair, {.budget = 0}}), "budget: is 0; expected at least 1, or none");
}

TEST_CASE("counted: batches fit into the budget as a whole or not at all", "[counted]") {
  joust::counted oracle{pair, {.budget = 10}};
  joust::stream random{1};
  std::vector<question> batch(6, question{.first = 0, .second = 1});
  joust::compare_batch(oracle, std::span{batch}, random);
  CHECK(oracle.answered() == 6);
  CHECK_THROWS_AS(joust::compare_batch(oracle, std::span{batch}, random), joust::budget_spent);
  CHECK(oracle.asked() == 6);
  batch.resize(4);
  joust::compare_batch(oracle, std::span{batch}, random);
  CHECK(oracle.remaining() == 0u);

  joust::counted failing{unreliable{}};
  CHECK_THROWS_AS(joust::compare_batch(failing, std::span{batch}, random), joust::oracle_error);
  CHECK(failing.asked() == 4);
  CHECK(failing.answered() == 0);

  joust::stream one{2};
  joust::stream two{2};
  joust::counted unlimited{pair};
  auto plain = batch;
  joust::compare_batch(unlimited, std::span{batch}, one);
  joust::compare_batch(pair, std::span{plain}, two);
  CHECK(batch == plain);
}
