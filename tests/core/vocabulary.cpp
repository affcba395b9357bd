// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <string>
#include <type_traits>

#include <joust/core/vocabulary.hpp>

using namespace joust;

TEST_CASE("an outcome is the first's share", "[vocabulary]") {
  static_assert(std::is_same_v<outcome, double>);
  static_assert(first_wins == 1.0 && second_wins == 0.0 && tie == 0.5);
  static_assert(first_wins == 1.0 - second_wins && tie == 1.0 - tie);
  SUCCEED();
}

TEST_CASE("a pairing is ordered and knows a self-duel", "[vocabulary]") {
  static_assert(pairing{3, 3}.self_duel());
  static_assert(!pairing{3, 4}.self_duel());
  static_assert(pairing{1, 2} == pairing{.first = 1, .second = 2});
  static_assert(pairing{1, 2} != pairing{2, 1});
  static_assert(pairing{} == pairing{0, 0});
  auto const [first, second] = pairing{5, 6};
  CHECK(first == 5);
  CHECK(second == 6);
}

TEST_CASE("a duel is a tie of full weight until told otherwise", "[vocabulary]") {
  duel<std::string, int> const blank;
  CHECK(blank.outcome == tie);
  CHECK(blank.weight == 1.0);
  duel<std::string, int> const answered{
      .context = "prompt", .first = 1, .second = 2, .outcome = first_wins, .weight = 0.5};
  CHECK(answered == duel<std::string, int>{"prompt", 1, 2, 1.0, 0.5});
  auto other = answered;
  other.weight = 1.0;
  CHECK(other != answered);
}

TEST_CASE("a setting knows nothing by default", "[vocabulary]") {
  static_assert(setting{} == setting{.arms = 0, .dimension = 0, .fixed_arms = true, .horizon = 0});
  static_assert(setting{.arms = 2} != setting{});
  static_assert(setting{.fixed_arms = false} != setting{});
  static_assert(no_context{} == no_context{});
  static_assert(std::is_empty_v<no_context>);
  SUCCEED();
}
