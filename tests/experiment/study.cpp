// SPDX-License-Identifier: MIT
#include <joust/experiment/study.hpp>

#include <catch2/catch.hpp>

#include <limits>

namespace {

joust::study two_replications() {
  joust::study s;
  s.environment = "toy";
  s.agents = {"a"};
  s.rounds = {1, 10};
  s.regret = xt::xtensor<double, 4>::from_shape({joust::regret_kinds.size(), 1, 2, 2});
  s.regret.fill(std::numeric_limits<double>::quiet_NaN());
  s.comparisons = xt::xtensor<double, 3>::from_shape({1, 2, 2});
  s.comparisons.fill(4.0);
  s.finished = xt::xtensor<std::uint8_t, 2>::from_shape({1, 2});
  s.finished.fill(1);
  s.regret(0, 0, 0, 1) = 3.0;
  s.regret(0, 0, 1, 1) = 5.0;
  return s;
}

}  // namespace

TEST_CASE("a summary covers the finished replications in which a regret is known") {
  auto s = two_replications();
  CHECK(s.replications() == 2);
  CHECK(s.complete());
  CHECK(s.summarize(joust::regret_kind::average, 0, 1).mean == 4.0);
  CHECK(s.summarize(joust::regret_kind::average, 0, 0).count == 0);

  s.finished(0, 1) = 0;
  CHECK_FALSE(s.complete());
  CHECK(s.summarize(joust::regret_kind::average, 0, 1).mean == 3.0);
  CHECK(s.summarize_comparisons(0, 1).count == 1);
}

TEST_CASE("a kind is known if some finished replication has a value at the first checkpoint") {
  auto s = two_replications();
  CHECK_FALSE(s.knows(joust::regret_kind::average));
  s.regret(0, 0, 1, 0) = 0.5;
  CHECK(s.knows(joust::regret_kind::average));
  s.finished(0, 1) = 0;
  CHECK_FALSE(s.knows(joust::regret_kind::average));
}
