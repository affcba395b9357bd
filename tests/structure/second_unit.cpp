// SPDX-License-Identifier: MIT
//
// The other of two units; see first_unit.cpp.
#include "second_unit.hpp"

#include "all_of_joust.hpp"

double (*second_unit::address_of_log_sum_exp())(std::span<double const>) noexcept {
  return &joust::log_sum_exp;
}

double const* second_unit::address_of_first_wins() { return &joust::first_wins; }

static_assert(JOUST_VERSION > 0, "this unit sees joust's headers");
