// SPDX-License-Identifier: MIT
#include <joust/alignment/question.hpp>

#include <string>

#include <catch2/catch.hpp>

TEST_CASE("a question is open, to be asked, and counts in full, unless it says otherwise", "[question]") {
  joust::question<std::string, int> const open{"which?", 1, 2};
  CHECK(open.context == "which?");
  CHECK(open.first == 1);
  CHECK(open.second == 2);
  CHECK(!open.own);
  CHECK(open.outcome == joust::tie);
  CHECK(open.weight == 1.0);
  CHECK(open.lead == 0.0);
  auto other = open;
  CHECK(other == open);
  other.own = true;
  CHECK(!(other == open));
}

TEST_CASE("a report starts at nothing", "[question]") {
  joust::round_report const report;
  CHECK(report == joust::round_report{});
  CHECK(report.queries == 0);
  CHECK(report.own == 0);
  CHECK(report.updates == 0);
  CHECK(report.loss == 0.0);
}
