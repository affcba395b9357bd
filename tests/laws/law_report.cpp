// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <stdexcept>

using joust::laws::broken_law;
using joust::laws::law_report;

TEST_CASE("an empty report is good news", "[law_report]") {
  law_report const report{"belief"};
  CHECK(static_cast<bool>(report));
  CHECK(report.broken().empty());
  CHECK(report.text() == "belief: every law holds");
}

TEST_CASE("a broken law is a sentence with its first evidence", "[law_report]") {
  law_report report{"belief"};
  report.breaks("draws are finite", "element 3 is nan");
  report.breaks("draws are finite", "element 4 is inf");
  report.breaks("size() is at least 1", "it is 0");
  CHECK_FALSE(static_cast<bool>(report));
  REQUIRE(report.broken().size() == 2);
  CHECK(report.broken()[0] == broken_law{"draws are finite", "element 3 is nan", 2});
  CHECK(report.text() ==
        "belief: draws are finite: element 3 is nan (seen 2 times)\n"
        "belief: size() is at least 1: it is 0");
}

TEST_CASE("an exception is a finding", "[law_report]") {
  law_report report{"loss"};
  report.examine([] {});
  CHECK(static_cast<bool>(report));
  report.examine([] { throw std::runtime_error{"no"}; });
  REQUIRE(report.broken().size() == 1);
  CHECK(report.text() == "loss: valid arguments are accepted: threw \"no\"");
  law_report other{"loss"};
  other.examine([] { throw 3; });
  CHECK_FALSE(static_cast<bool>(other));
}

TEST_CASE("a report takes over another", "[law_report]") {
  law_report inner{"belief"};
  inner.breaks("draws are finite", "element 3 is nan");
  inner.breaks("draws are finite", "element 3 is nan");
  law_report outer{"posterior"};
  outer.include(law_report{"belief"});
  CHECK(static_cast<bool>(outer));
  outer.include(inner);
  CHECK(outer.text() == "posterior: belief, draws are finite: element 3 is nan (seen 2 times)");
}
