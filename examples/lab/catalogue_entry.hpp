// SPDX-License-Identifier: MIT
//
// An entry of the catalogue with its maker, and how a typed name finds it.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "catalogue.hpp"
#include "typed_name.hpp"

namespace lab {

template <class Product, class... Needed>
struct made {
  entry about;
  std::function<Product(typed_name const&, Needed const&...)> make;
};

template <class Made>
std::vector<entry> entries_of(std::vector<Made> const& shelf) {
  std::vector<entry> all;
  for (Made const& item : shelf) all.push_back(item.about);
  return all;
}

/// The entry of that name, its parameters checked against those it knows.
template <class Made>
Made const& find_entry(std::vector<Made> const& shelf, typed_name const& wanted, std::string const& kind) {
  auto const found =
      std::find_if(shelf.begin(), shelf.end(), [&](Made const& m) { return m.about.name == wanted.name(); });
  if (found == shelf.end()) {
    std::string known;
    for (Made const& m : shelf) {
      if (!m.about.name.empty()) known += (known.empty() ? "" : ", ") + m.about.name;
    }
    wanted.fail("is no " + kind + "; known are: " + known);
  }
  for (auto const& [parameter, value] : wanted.given()) {
    std::string known;
    bool fits = false;
    for (auto const& p : found->about.parameters) {
      fits = fits || p.name == parameter;
      known += (known.empty() ? "" : ", ") + p.name;
    }
    if (!fits) {
      wanted.fail("has no parameter '" + parameter + "'; " +
                  (known.empty() ? "it takes none" : "it takes " + known));
    }
  }
  return *found;
}

}  // namespace lab
