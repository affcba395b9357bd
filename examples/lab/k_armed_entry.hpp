// SPDX-License-Identifier: MIT
//
// An agent of fixed arms in the catalogue. Its options list themselves by name and meaning, so its parameters
// on the command line are its options in the library, with the same defaults.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <joust/core/state.hpp>

#include "agent_shelf.hpp"

namespace lab {

/// Collects what options list of themselves, as parameters.
class option_listing {
 public:
  template <class T>
  void operator()(std::string_view name, T const& standard, std::string_view meaning) {
    std::string value;
    std::string names;
    if constexpr (std::same_as<T, bool>) {
      value = standard ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
      auto const all = names_of(standard);
      value = all[static_cast<std::size_t>(standard)];
      for (std::string_view const one : all) names += (names.empty() ? ": " : ", ") + std::string{one};
    } else {
      value = joust::detail::text(standard);
    }
    parameters.push_back({std::string{name}, value, std::string{meaning} + names});
  }

  std::vector<parameter> parameters;
};

/// Reads typed parameters into options.
class option_reading {
 public:
  explicit option_reading(typed_name const& typed) : typed_{&typed} {}

  template <class T>
  void operator()(std::string_view name, T& value, std::string_view) {
    if (!typed_->find(name)) return;
    if constexpr (std::same_as<T, bool>) {
      value = typed_->choice(name, {"false", "true"}) == 1;
    } else if constexpr (std::is_enum_v<T>) {
      auto const all = names_of(value);
      value = static_cast<T>(typed_->choice(name, {all.begin(), all.end()}));
    } else if constexpr (std::integral<T>) {
      std::size_t const typed = typed_->count(name, 0);
      if (typed > std::numeric_limits<T>::max()) {
        typed_->fail("has " + std::string{name} + "=" + joust::detail::text(typed) + "; expected at most " +
                     joust::detail::text(std::numeric_limits<T>::max()));
      }
      value = static_cast<T>(typed);
    } else {
      value = typed_->number(name, value);
    }
  }

 private:
  typed_name const* typed_;
};

/// The entry of an agent that derives its parameters from its options.
template <class Agent>
made_agent k_armed_entry(std::string const& name, std::string const& summary) {
  using options = std::remove_cvref_t<decltype(Agent{}.options())>;
  option_listing listing;
  options const standard;
  options::fields(standard, listing);
  return {{name, summary, listing.parameters},
          [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
            options chosen;
            option_reading reading{typed};
            options::fields(chosen, reading);
            return Agent{chosen};
          }};
}

}  // namespace lab
