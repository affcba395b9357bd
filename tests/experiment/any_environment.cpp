// SPDX-License-Identifier: MIT
#include <joust/experiment/any_environment.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <stdexcept>

#include "small_world.hpp"

using joust::any_environment;
using joust::regret_kind;
using namespace small_world;

namespace {

struct family_of_three {
  three_arms instance(joust::stream& g) const {
    (void)g();
    return {};
  }
};

// An environment without any metric: nothing but candidates and answers.
struct mute {
  joust::setting shape() const { return {.arms = 2}; }
  void advance(joust::stream&) {}
  Eigen::MatrixXd const& features() { return phi; }
  double compare(std::size_t, std::size_t, joust::stream&) { return 1.0; }
  double probability(std::size_t, std::size_t) const { return 0.5; }
  Eigen::MatrixXd phi = Eigen::MatrixXd::Identity(2, 2);
};

}  // namespace

static_assert(joust::environment<any_environment>);
static_assert(joust::environment_family<any_environment>);

TEST_CASE("any_environment does what the environment inside does") {
  any_environment world{three_arms{}};
  joust::stream random{1};
  CHECK(world.shape() == three_arms{}.shape());
  CHECK(world.features() == Eigen::MatrixXd::Identity(3, 3));
  CHECK(world.probability(0, 2) == 0.75);
  CHECK(world.knows(regret_kind::average));
  CHECK_FALSE(world.knows(regret_kind::borda));
  CHECK(world.simple_regret(1) == 0.25);
  std::array<double, joust::regret_kinds.size()> totals{};
  world.add_regrets({0, 1}, totals);
  CHECK(totals[static_cast<std::size_t>(regret_kind::average)] == 0.125);
  auto same = random;
  three_arms inside;
  CHECK(world.compare(1, 2, random) == inside.compare(1, 2, same));
}

TEST_CASE("the problem inside can be had by its type") {
  any_environment const world{three_arms{}};
  REQUIRE(world.get_if<three_arms>() != nullptr);
  CHECK(world.get_if<three_arms>()->probability(0, 1) == 0.75);
  CHECK(world.get_if<two_numbers>() == nullptr);
  CHECK(any_environment{family_of_three{}}.get_if<family_of_three>() != nullptr);
}

TEST_CASE("copies are independent") {
  any_environment world{two_numbers{}};
  joust::stream random{1};
  world.advance(random);
  any_environment copy = world;
  double const before = copy.features()(0, 0);
  world.advance(random);
  CHECK(copy.features()(0, 0) == before);
  CHECK(world.features()(0, 0) != before);
}

TEST_CASE("a family has to be drawn from before it is played in") {
  any_environment family{family_of_three{}};
  CHECK_THROWS_AS(family.shape(), std::logic_error);
  joust::stream random{1};
  auto const before = random;
  any_environment const drawn = family.instance(random);
  CHECK(drawn.shape().arms == 3);
  CHECK_FALSE(random == before);
}

TEST_CASE("an environment without metrics knows no regret") {
  any_environment world{mute{}};
  CHECK_FALSE(world.knows(regret_kind::average));
  CHECK(std::isnan(world.simple_regret(0)));
}
