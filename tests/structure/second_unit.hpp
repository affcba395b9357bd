// SPDX-License-Identifier: MIT
//
// Where the second unit sees an inline function and an inline constant of joust.
#pragma once

#include <span>

namespace second_unit {

double (*address_of_log_sum_exp())(std::span<double const>) noexcept;
double const* address_of_first_wins();

}  // namespace second_unit
