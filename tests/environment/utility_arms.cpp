// SPDX-License-Identifier: MIT
#include <joust/environment/utility_arms.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <vector>

using joust::utility_arms;
using joust::utility_shape;

TEST_CASE("utility_arms: the five shapes", "[utility_arms]") {
  auto const arithmetic = utility_arms{.arms = 4}.utilities();
  CHECK(arithmetic[0] == 0.8);
  CHECK(arithmetic[1] == Approx(0.6).epsilon(1e-14));
  CHECK(arithmetic[2] == Approx(0.4).epsilon(1e-14));
  CHECK(arithmetic[3] == 0.2);
  auto const geometric = utility_arms{.shape = utility_shape::geometric, .arms = 3}.utilities();
  CHECK(geometric[0] == 0.8);
  CHECK(geometric[1] == Approx(0.4).epsilon(1e-14));
  CHECK(geometric[2] == 0.2);
  auto const shape = [](utility_shape s, std::size_t arms) {
    return utility_arms{.shape = s, .arms = arms}.utilities();
  };
  CHECK(shape(utility_shape::one_good, 4) == std::vector<double>{0.8, 0.2, 0.2, 0.2});
  CHECK(shape(utility_shape::two_good, 4) == std::vector<double>{0.8, 0.7, 0.2, 0.2});
  CHECK(shape(utility_shape::three_good, 4) == std::vector<double>{0.8, 0.7, 0.7, 0.2});
  CHECK(shape(utility_shape::arithmetic, 2) == std::vector<double>{0.8, 0.2});
  CHECK(utility_arms{}.utilities().size() == 16);
}

TEST_CASE("utility_arms: an instance under every link", "[utility_arms]") {
  joust::stream random{51};
  for (auto const shape : {utility_shape::arithmetic, utility_shape::geometric, utility_shape::one_good,
                           utility_shape::two_good, utility_shape::three_good}) {
    for (auto const link :
         {joust::utility_link::linear, joust::utility_link::natural, joust::utility_link::logistic}) {
      utility_arms const family{.shape = shape, .link = link};
      auto const truth = family.instance(random);
      CHECK(truth.arms() == 16);
      CHECK(truth.best_arm() == 0);
      CHECK(truth.probability(0, 15) == joust::win_probability(link, 0.8, 0.2));
      CHECK(truth.knows(joust::regret_kind::utility));
      CHECK(truth.regret(joust::regret_kind::utility, {0, 15}) == Approx(0.3).epsilon(1e-14));
    }
  }
  CHECK(random == joust::stream{51});
}

TEST_CASE("utility_arms: needs room for its good arms", "[utility_arms]") {
  CHECK_THROWS_WITH(utility_arms{.arms = 1}.utilities(), "arms: is 1; expected at least 2 for this shape");
  CHECK_THROWS_WITH((utility_arms{.shape = utility_shape::three_good, .arms = 3}.utilities()),
                    "arms: is 3; expected at least 4 for this shape");
  CHECK_THROWS_AS((utility_arms{.arms = 0}.utilities()), std::invalid_argument);
}
