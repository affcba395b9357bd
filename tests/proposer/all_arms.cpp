// SPDX-License-Identifier: MIT
#include <joust/proposer/all_arms.hpp>

#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/proposer.hpp>

using joust::all_arms;

static_assert(joust::proposer<all_arms, joust::no_context, std::size_t>);
static_assert(joust::proposer<all_arms const, std::size_t, std::size_t>);

TEST_CASE("all arms are proposed, in order", "[all_arms]") {
  joust::stream random{1};
  joust::stream const untouched = random;
  all_arms const arms{4};
  auto const proposed = arms.propose(joust::no_context{}, random);
  CHECK(std::vector<std::size_t>(proposed.begin(), proposed.end()) == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(random == untouched);
  all_arms const copy = arms;
  CHECK(copy == arms);
  CHECK(copy.propose(0, random).data() != proposed.data());
}

TEST_CASE("all_arms keeps the laws of a proposer", "[all_arms]") {
  auto const report = joust::laws::proposer(all_arms{3}, joust::no_context{}, joust::stream{2});
  INFO(report.text());
  CHECK(static_cast<bool>(report));
}

TEST_CASE("nothing cannot be proposed", "[all_arms][fault]") {
  CHECK_THROWS_WITH(all_arms{0}, Catch::StartsWith("arms: is 0"));
}
