// SPDX-License-Identifier: MIT
#include <joust/experiment/named.hpp>

#include <catch2/catch.hpp>

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rucb.hpp>

#include "small_world.hpp"

TEST_CASE("an agent or environment without a name goes by its type") {
  CHECK(joust::contender{joust::double_thompson{}}.name == "double_thompson");
  CHECK(joust::contender{joust::rucb{}}.name == "rucb");
  CHECK(joust::arena{small_world::three_arms{}}.name == "small_world::three_arms");
}

TEST_CASE("a given name wins") {
  CHECK(joust::contender{joust::named{"cautious", joust::rucb{{.alpha = 1.0}}}}.name == "cautious");
  CHECK(joust::arena{joust::named{"toy", small_world::three_arms{}}}.name == "toy");
}
