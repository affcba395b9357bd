// SPDX-License-Identifier: MIT
//
// Actions as a field of a saved state: numbers as they are, sequences of numbers as their lengths and all
// their elements in a row.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <joust/core/error.hpp>

namespace joust::detail {

/// Visits a list of actions. When reading, throws file_error for lengths that do not fit the elements.
template <class Visit, class Actions>
void action_field(Visit& visit, std::string_view name, Actions& actions) {
  using action = typename std::remove_const_t<Actions>::value_type;
  if constexpr (std::integral<action>) {
    visit.list(name, actions);
  } else {
    using element = typename action::value_type;
    std::vector<std::size_t> lengths;
    std::vector<element> elements;
    for (action const& a : actions) {
      lengths.push_back(a.size());
      elements.insert(elements.end(), a.begin(), a.end());
    }
    visit.list(std::string{name} + ".lengths", lengths);
    visit.list(std::string{name} + ".elements", elements);
    if constexpr (!std::is_const_v<Actions>) {
      actions.clear();
      std::size_t at = 0;
      for (std::size_t const length : lengths) {
        if (length > elements.size() - at) {
          if constexpr (requires { visit.fail("", ""); })
            visit.fail("has lengths beyond its elements", "fewer");
          return;
        }
        auto const begin = elements.begin() + static_cast<std::ptrdiff_t>(at);
        actions.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
        at += length;
      }
      if constexpr (requires { visit.fail("", ""); }) {
        if (at != elements.size()) visit.fail("has elements beyond its lengths", "as many as these say");
      }
    }
  }
}

}  // namespace joust::detail
