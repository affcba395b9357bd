// SPDX-License-Identifier: MIT
#include <joust/core/schedule.hpp>

#include <limits>
#include <numbers>
#include <stdexcept>

#include <catch2/catch.hpp>

#include <joust/core/state.hpp>

using joust::schedule;
using joust::schedule_shape;

namespace {
constexpr std::uint64_t ever = std::numeric_limits<std::uint64_t>::max();
}

TEST_CASE("a number is a schedule", "[schedule]") {
  schedule const s = 0.7;
  CHECK(s.shape() == schedule_shape::constant);
  CHECK(s.at(0) == 0.7);
  CHECK(s.at(ever) == 0.7);
  CHECK(s.lowest() == 0.7);
  CHECK(s.highest() == 0.7);
}

TEST_CASE("a step is before and after", "[schedule]") {
  schedule const s = schedule::step(1.0, 1000, 0.7);
  CHECK(s.at(0) == 1.0);
  CHECK(s.at(999) == 1.0);
  CHECK(s.at(1000) == 0.7);
  CHECK(s.at(ever) == 0.7);
  CHECK(schedule::step(1.0, 0, 0.7).at(0) == 0.7);
  CHECK(s.lowest() == 0.7);
  CHECK(s.highest() == 1.0);
}

TEST_CASE("a line goes from corner to corner", "[schedule]") {
  schedule const s = schedule::linear(1.0, 0.1, 1000);
  CHECK(s.at(0) == 1.0);
  CHECK(s.at(500) == Approx(0.55).epsilon(1e-15));
  CHECK(s.at(999) == Approx(0.1009).epsilon(1e-12));
  CHECK(s.at(1000) == 0.1);
  CHECK(s.at(ever) == 0.1);
  CHECK(schedule::linear(2.0, 3.0, 1).at(0) == 2.0);
  CHECK(schedule::linear(2.0, 3.0, 1).at(1) == 3.0);
  for (std::uint64_t t = 0; t < 1000; ++t) CHECK(s.at(t) > s.at(t + 1));
  schedule const level = schedule::linear(0.1, 0.1, 7);
  for (std::uint64_t t = 0; t < 9; ++t) CHECK(level.at(t) == 0.1);
}

TEST_CASE("a cosine warms up and fades", "[schedule]") {
  schedule const s = schedule::cosine(1e-3, 1e-4, 1000, 30);
  CHECK(s.at(0) == Approx(1e-3 / 30));
  CHECK(s.at(14) == Approx(0.5e-3));
  CHECK(s.at(29) == 1e-3);
  CHECK(s.at(30) == 1e-3);
  CHECK(s.at(515) == Approx(0.5 * (1e-3 + 1e-4)));
  CHECK(s.at(1000) == 1e-4);
  CHECK(s.at(ever) == 1e-4);
  for (std::uint64_t t = 31; t < 1000; ++t) {
    double const share = static_cast<double>(t - 30) / 970.0;
    CHECK(s.at(t) == Approx(1e-4 + 0.5 * (1e-3 - 1e-4) * (1.0 + std::cos(std::numbers::pi * share))));
  }
  for (std::uint64_t t = 0; t < 1001; ++t) {
    CHECK(s.at(t) >= s.lowest());
    CHECK(s.at(t) <= s.highest());
  }
  schedule const plain = schedule::cosine(2.0, 1.0, 10);
  CHECK(plain.at(0) == 2.0);
  CHECK(plain.at(5) == Approx(1.5));
  CHECK(plain.lowest() == 1.0);
  CHECK(plain.highest() == 2.0);
  CHECK(schedule::cosine(2.0, 1.0, 11, 10).lowest() == 0.2);
}

TEST_CASE("numbers of any size stay between the ends", "[schedule]") {
  double const huge = std::numeric_limits<double>::max();
  for (schedule const& s : {schedule::linear(-huge, huge, 4), schedule::cosine(-huge, huge, 4)}) {
    for (std::uint64_t t = 0; t < 6; ++t) {
      CHECK(s.at(t) >= -huge);
      CHECK(s.at(t) <= huge);
    }
  }
}

TEST_CASE("what makes no schedule is refused", "[schedule][fault]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(schedule{nan}, Catch::StartsWith("schedule.first: is nan"));
  CHECK_THROWS_AS(schedule{infinity}, std::invalid_argument);
  CHECK_THROWS_AS(schedule::step(1.0, 3, infinity), std::invalid_argument);
  CHECK_THROWS_WITH(schedule::linear(1.0, 0.0, 0),
                    Catch::StartsWith("schedule.length: is 0; expected at least 1"));
  CHECK_THROWS_AS(schedule::cosine(1.0, 0.0, 0), std::invalid_argument);
  CHECK_THROWS_WITH(schedule::cosine(1.0, 0.0, 30, 30), Catch::Contains("above the warm-up of 30"));
}

TEST_CASE("a schedule is written down and read back", "[schedule]") {
  for (schedule const& s : {schedule{0.3}, schedule::step(1.0, 5, 0.5), schedule::linear(1.0, 0.1, 7),
                            schedule::cosine(1.0, 0.1, 9, 2)}) {
    joust::state_writer write{"test", 1};
    write("rate", s);
    std::string const text = std::move(write).finish();
    schedule back = 0.0;
    joust::state_reader read{text, "test", 1};
    read("rate", back);
    read.finish();
    CHECK(back == s);
    back.check("rate");
  }
  CHECK_FALSE(schedule{0.3} == schedule{0.4});
  CHECK_FALSE(schedule::linear(1.0, 0.0, 3) == schedule::cosine(1.0, 0.0, 3));
  CHECK(joust::names_of(schedule_shape::cosine)[static_cast<std::size_t>(schedule_shape::cosine)] ==
        "cosine");
}
