// SPDX-License-Identifier: MIT
#include <joust/experiment/trace.hpp>

#include <catch2/catch.hpp>

TEST_CASE("a trace has a slot for every kind of regret and starts unfinished") {
  joust::trace const t;
  CHECK_FALSE(t.complete);
  CHECK(t.points.empty());
  CHECK(joust::trace_point{}.regret.size() == joust::regret_kinds.size());
  CHECK(joust::trace_point{}.comparisons == 0);
}
