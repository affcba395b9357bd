// SPDX-License-Identifier: MIT
//
// The usual ways from two utilities to a probability, by name, for problems that are made from a list of
// utilities.
//
//   source  Ailon, Karnin & Joachims, "Reducing dueling bandits to cardinal bandits", ICML 2014
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

enum class utility_link : unsigned char {
  linear,    ///< (1 + u - v) / 2, for utilities at most 1 apart
  natural,   ///< u / (u + v), for positive utilities; not a function of the difference
  logistic,  ///< 1 / (1 + exp(v - u)), for any utilities
};

/// The link's name, as spelt in the enumeration.
[[nodiscard]] constexpr std::string_view link_name(utility_link link) noexcept {
  return link == utility_link::linear ? "linear" : link == utility_link::natural ? "natural" : "logistic";
}

/// The probability that an arm of utility u beats one of utility v. Throws std::invalid_argument for
/// utilities the link has no probability for.
[[nodiscard]] inline double win_probability(utility_link link, double u, double v) {
  detail::require_finite("u", u);
  detail::require_finite("v", v);
  switch (link) {
    case utility_link::linear:
      if (!(u - v >= -1.0 && u - v <= 1.0)) {
        detail::reject("utilities", detail::text(u) + " and " + detail::text(v),
                       "at most 1 apart for the linear link");
      }
      return 0.5 * (1.0 + (u - v));
    case utility_link::natural:
      if (!(u > 0.0)) detail::reject("u", detail::text(u), "above 0 for the natural link");
      if (!(v > 0.0)) detail::reject("v", detail::text(v), "above 0 for the natural link");
      return u >= v ? 1.0 / (1.0 + v / u) : (u / v) / (1.0 + u / v);  // u + v may overflow, the ratio not
    case utility_link::logistic:
      return sigmoid(u - v);
  }
  detail::reject("link", "not an enumerator", "linear, natural or logistic");
}

/// The preference matrix of the given utilities. Throws std::invalid_argument as win_probability and
/// preference_matrix do.
[[nodiscard]] inline preference_matrix utility_matrix(std::vector<double> const& utilities, utility_link link,
                                                      std::vector<std::string> names = {}) {
  std::vector<double> entries;
  entries.reserve(utilities.size() * utilities.size());
  for (double const u : utilities) {
    for (double const v : utilities) entries.push_back(win_probability(link, u, v));
  }
  return {utilities.size(), std::move(entries), std::move(names)};
}

}  // namespace joust
