// SPDX-License-Identifier: MIT
//
// Toy arms with utilities between 0.2 and 0.8: a smooth slope, a geometric one, or a few good arms among many
// poor ones. The best arm is the first and the order is descending.
//
//   cost    O(K^2) for an instance
//   repeat  no randomness: every instance is the same
//   source  Ailon, Karnin & Joachims, "Reducing dueling bandits to cardinal bandits", ICML 2014; Sui, Zhuang,
//           Burdick & Yue, "Multi-dueling bandits with dependent arms", UAI 2017
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/utility_link.hpp>

namespace joust {

/// How the utilities of toy arms fall off.
enum class utility_shape : unsigned char {
  arithmetic,  ///< from 0.8 to 0.2 in equal steps
  geometric,   ///< from 0.8 to 0.2 in equal ratios
  one_good,    ///< 0.8, and 0.2 for the rest
  two_good,    ///< 0.8, 0.7, and 0.2 for the rest
  three_good,  ///< 0.8, 0.7, 0.7, and 0.2 for the rest
};

/// A family with a single member: utility_arms{.shape = utility_shape::two_good, .link =
/// utility_link::linear}.
struct utility_arms {
  utility_shape shape = utility_shape::arithmetic;
  std::size_t arms = 16;
  utility_link link = utility_link::logistic;

  /// The utilities, largest first. Throws std::invalid_argument for fewer than two arms, or no more arms than
  /// good ones.
  [[nodiscard]] std::vector<double> utilities() const {
    constexpr double high = 0.8;
    constexpr double good = 0.7;
    constexpr double low = 0.2;
    std::size_t const good_arms = shape == utility_shape::one_good     ? 1
                                  : shape == utility_shape::two_good   ? 2
                                  : shape == utility_shape::three_good ? 3
                                                                       : 0;
    std::size_t const fewest = good_arms > 1 ? good_arms + 1 : 2;
    if (arms < fewest) {
      detail::reject("arms", detail::text(arms), "at least " + detail::text(fewest) + " for this shape");
    }
    std::vector<double> result(arms, low);
    result.front() = high;
    for (std::size_t i = 1; i + 1 < arms; ++i) {
      double const share = static_cast<double>(i) / static_cast<double>(arms - 1);
      if (shape == utility_shape::arithmetic) result[i] = high + (low - high) * share;
      if (shape == utility_shape::geometric) result[i] = high * std::pow(low / high, share);
    }
    for (std::size_t i = 1; i < good_arms; ++i) result[i] = good;
    return result;
  }

  /// The problem. Draws nothing.
  template <random_stream Stream>
  [[nodiscard]] fixed_arms instance(Stream&) const {
    return fixed_arms{utilities(), link};
  }

  friend bool operator==(utility_arms const&, utility_arms const&) = default;
};

}  // namespace joust
