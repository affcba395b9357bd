// SPDX-License-Identifier: MIT
#include <joust/experiment/alignment_curves.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

using joust::alignment_metric;
using joust::alignment_record;

namespace {

struct mark {
  std::uint64_t queries;
  double value;
};

alignment_record run(std::string agent, std::uint64_t seed, std::vector<mark> const& marks) {
  alignment_record record{std::move(agent), seed, {}};
  for (auto const& [queries, value] : marks) {
    record.trace.record({alignment_metric::reward, value, 0.0}, queries, queries / 10, queries / 10);
  }
  return record;
}

}  // namespace

TEST_CASE("alignment_curves: the last value is carried forward", "[alignment_curves]") {
  std::vector<alignment_record> const records{run("a", 1, {{0, 1.0}, {100, 2.0}, {200, 4.0}}),
                                              run("a", 2, {{0, 3.0}, {150, 6.0}, {200, 5.0}})};
  auto const curve = joust::alignment_curves(records);
  REQUIRE(curve.size() == 4);
  std::vector<std::uint64_t> const queries{0, 100, 150, 200};
  std::vector<double> const means{2.0, 2.5, 4.0, 4.5};
  std::vector<double> const updates{0.0, 5.0, 12.5, 20.0};
  std::vector<double> const errors{1.0, 0.5, 2.0, 0.5};  // of two values: half their distance
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(curve[i].agent == "a");
    CHECK(curve[i].metric == alignment_metric::reward);
    CHECK(curve[i].queries == queries[i]);
    CHECK(curve[i].mean == Approx(means[i]).epsilon(1e-14));
    CHECK(curve[i].updates == Approx(updates[i]).epsilon(1e-14));
    CHECK(curve[i].standard_error == Approx(errors[i]).epsilon(1e-14));
    CHECK(curve[i].seeds == 2);
  }
}

TEST_CASE("alignment_curves: a run says nothing before its first row or beyond its last",
          "[alignment_curves]") {
  std::vector<alignment_record> const records{run("a", 1, {{10, 1.0}, {20, 2.0}}),
                                              run("a", 2, {{15, 7.0}, {40, 9.0}})};
  auto const curve = joust::alignment_curves(records);
  REQUIRE(curve.size() == 4);
  CHECK(curve[0].seeds == 1);  // 10: the second has not begun
  CHECK(curve[0].mean == 1.0);
  CHECK(std::isnan(curve[0].standard_error));
  CHECK(curve[1].mean == 4.0);  // 15
  CHECK(curve[2].mean == 4.5);  // 20
  CHECK(curve[3].seeds == 1);   // 40: the first had ended
  CHECK(curve[3].mean == 9.0);
}

TEST_CASE("alignment_curves: a metric that is measured rarely is carried within its run",
          "[alignment_curves]") {
  auto record = run("a", 1, {{0, 1.0}});
  record.trace.record({alignment_metric::kl, 0.5, 0.0}, 10, 1, 1);
  record.trace.record({alignment_metric::reward, 2.0, 0.0}, 50, 5, 5);
  std::vector<std::uint64_t> const grid{50, 0, 30, 50, 60};
  auto const curve = joust::alignment_curves(std::vector{record}, grid);
  REQUIRE(curve.size() == 5);  // in any order and doubled: 0, 30, 50 of the reward, 30 and 50 of kl
  CHECK(curve[1].mean == 1.0);
  CHECK(curve[2].mean == 2.0);
  CHECK(curve[3].metric == alignment_metric::kl);
  CHECK(curve[3].queries == 30);
  CHECK(curve[4].mean == 0.5);
}

TEST_CASE("alignment_curves: agents keep to themselves, in order of appearance", "[alignment_curves]") {
  std::vector<alignment_record> const records{run("z", 1, {{0, 1.0}}), run("a", 1, {{5, 2.0}}),
                                              run("z", 2, {{0, 5.0}})};
  auto const curve = joust::alignment_curves(records);
  REQUIRE(curve.size() == 2);
  CHECK(curve[0].agent == "z");
  CHECK(curve[0].mean == 3.0);
  CHECK(curve[1].agent == "a");
  CHECK(curve[1].seeds == 1);
  CHECK(joust::alignment_curves({}).empty());
}
