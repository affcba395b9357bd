// SPDX-License-Identifier: MIT
//
// How likely is an action of many parts? The sum of its parts' log-probabilities says how likely the whole
// is, and falls with every part; their mean says how likely a part is, and treats long and short alike.
// Losses with a threshold mean something else under each, so the choice is part of a loss and never silent.
#pragma once

#include <array>
#include <string_view>

namespace joust {

/// What a loss takes for the log-likelihood of an action. For actions of one part both are the same.
enum class log_likelihood : unsigned char {
  sum,   ///< of the whole action: log pi(a | x)
  mean,  ///< of its average part: log pi(a | x) / length(a)
};

/// The names of the choices, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(log_likelihood) noexcept {
  return {"sum", "mean"};
}

}  // namespace joust
