// SPDX-License-Identifier: MIT
//
// One of two units that include every header and are linked into one program: a function or variable that is
// defined in a header and not inline fails the link.
#include "all_of_joust.hpp"
//
#include <catch2/catch.hpp>

#include "second_unit.hpp"

TEST_CASE("two units that include every header share its functions and constants") {
  CHECK(&joust::log_sum_exp == second_unit::address_of_log_sum_exp());
  CHECK(&joust::first_wins == second_unit::address_of_first_wins());
}
