// SPDX-License-Identifier: MIT
#include <joust/oracle/compare_batch.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <span>
#include <vector>

#include <joust/oracle/preference_matrix.hpp>

namespace {

using question = joust::duel<joust::no_context, std::size_t>;

joust::preference_matrix const even{{0.5, 0.5}, {0.5, 0.5}};

// Answers batches itself, last question first, and keeps to the law.
struct batched {
  int batches = 0;

  double compare(joust::no_context x, std::size_t a, std::size_t b, joust::stream& g) {
    return even.compare(x, a, b, g);
  }
  void compare_batch(std::span<question> duels, joust::stream const& streams) {
    ++batches;
    for (std::size_t i = duels.size(); i-- != 0;) {
      auto own = streams.child(i);
      duels[i].outcome = compare({}, duels[i].first, duels[i].second, own);
    }
  }
};

std::vector<question> questions(std::size_t count) {
  return std::vector<question>(count, question{.first = 0, .second = 1});
}

}  // namespace

TEST_CASE("compare_batch: an oracle's own batch gives the answers of the loop", "[compare_batch]") {
  static_assert(joust::batch_oracle<batched, joust::no_context, std::size_t>);
  static_assert(!joust::batch_oracle<joust::preference_matrix const, joust::no_context, std::size_t>);
  joust::stream one{9};
  joust::stream two{9};
  auto looped = questions(64);
  auto at_once = questions(64);
  batched oracle;
  joust::compare_batch(even, std::span{looped}, one);
  joust::compare_batch(oracle, std::span{at_once}, two);
  CHECK(oracle.batches == 1);
  CHECK(looped == at_once);
  CHECK(one == two);
}

TEST_CASE("compare_batch: questions and batches are answered independently", "[compare_batch]") {
  joust::stream random{9};
  auto first = questions(64);
  auto second = questions(64);
  joust::compare_batch(even, std::span{first}, random);
  joust::compare_batch(even, std::span{second}, random);
  // Two fair sequences of 64 are equal, or one is constant, with a chance of 2^-62 at most.
  CHECK_FALSE(first == second);
  double sum = 0.0;
  for (auto const& asked : first) sum += asked.outcome;
  CHECK(sum > 0.0);
  CHECK(sum < 64.0);

  joust::stream again{9};
  auto shorter = questions(10);  // an answer does not depend on how many others were asked
  joust::compare_batch(even, std::span{shorter}, again);
  for (std::size_t i = 0; i < shorter.size(); ++i) CHECK(shorter[i] == first[i]);
}

TEST_CASE("compare_batch: an empty batch asks nothing", "[compare_batch]") {
  joust::stream random{9};
  std::vector<question> none;
  joust::compare_batch(even, std::span{none}, random);
  CHECK(none.empty());
}
