// SPDX-License-Identifier: MIT
#include <joust/experiment/checkpoints.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

using joust::checkpoints;
using joust::spacing;
using rounds = std::vector<std::uint64_t>;

TEST_CASE("logarithmic checkpoints give every decade the same say") {
  CHECK(checkpoints(10'000, 5) == rounds{1, 10, 100, 1'000, 10'000});
  auto const many = checkpoints(1'000'000, 100);
  CHECK(many.front() == 1);
  CHECK(many.back() == 1'000'000);
  for (std::size_t i = 1; i < many.size(); ++i) {
    CHECK(many[i] > many[i - 1]);
    if (many[i - 1] > 1'000) {
      CHECK(std::log(static_cast<double>(many[i]) / static_cast<double>(many[i - 1])) ==
            Approx(std::log(1e6) / 99).epsilon(1e-2));
    }
  }
}

TEST_CASE("linear checkpoints have equal steps and end at the horizon") {
  CHECK(checkpoints(100, 4, spacing::linear) == rounds{25, 50, 75, 100});
  CHECK(checkpoints(10, 3, spacing::linear) == rounds{3, 7, 10});
}

TEST_CASE("more checkpoints than rounds merge") {
  CHECK(checkpoints(3, 50, spacing::linear) == rounds{1, 2, 3});
  CHECK(checkpoints(3, 50) == rounds{1, 2, 3});
  CHECK(checkpoints(1, 1) == rounds{1});
  CHECK(checkpoints(7, 1) == rounds{7});
}

TEST_CASE("a horizon or a count of zero is refused") {
  CHECK_THROWS_WITH(checkpoints(0, 5), Catch::Contains("horizon"));
  CHECK_THROWS_WITH(checkpoints(5, 0), Catch::Contains("checkpoint"));
}
