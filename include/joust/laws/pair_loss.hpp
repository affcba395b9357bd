// SPDX-License-Identifier: MIT
//
// The laws of a pair_loss, run on your own: the slopes are the derivatives of the value, and unlikely actions
// do no harm.
//
//   needs   a loss
//   cost    about 6000 evaluations
//   repeat  same loss, same report; no law here can fail by chance
#pragma once

#include <array>
#include <cmath>
#include <string>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct pair_loss_options {
  double tolerance = 1e-5;  ///< difference of slope and difference quotient, relative to 1 + |slope|
};

namespace detail {

[[nodiscard]] inline std::string place_of(scored_pair const& pair) {
  using joust::detail::text;
  return "at log-probabilities " + text(pair.chosen) + " and " + text(pair.rejected) + ", of the reference " +
         text(pair.chosen_reference) + " and " + text(pair.rejected_reference) + ", and lengths " +
         text(pair.chosen_length) + " and " + text(pair.rejected_length);
}

// Whether `slope` is a derivative by `score`, an element of `pair`: it lies between the difference quotients
// to the left and to the right. Their mean is left in `quotient`.
template <class Loss>
[[nodiscard]] bool is_derivative(Loss const& loss, scored_pair pair, double scored_pair::*score, double slope,
                                 double tolerance, double& quotient) {
  double const here = pair.*score;
  double const step = 1e-6 * (1.0 + std::fabs(here));
  double const value = loss.value(pair);
  pair.*score = here - step;
  double const left = (value - loss.value(pair)) / step;
  pair.*score = here + step;
  double const right = (loss.value(pair) - value) / step;
  // A difference of two values of size |value| is known to about 1e-16 |value|.
  double const slack = tolerance * (1.0 + std::fabs(slope)) + 1e-15 * std::fabs(value) / step;
  quotient = 0.5 * (left + right);
  return slope >= std::fmin(left, right) - slack && slope <= std::fmax(left, right) + slack;
}

}  // namespace detail

/// Runs the laws of a pair_loss (core/concepts.hpp) on pairs with log-probabilities from 0 to -1e4:
///  - value and slopes are finite
///  - the same pair gives the same value and slopes
///  - the slopes are the partial derivatives of the value: each lies between the difference quotients to the
///    left and to the right, so that a kink may have any of its slopes
template <class Loss>
[[nodiscard]] law_report pair_loss(Loss const& loss, pair_loss_options options = {}) {
  static_assert(joust::pair_loss<Loss>,
                "joust::laws::pair_loss: call joust::explain_pair_loss to see what is missing");
  using joust::detail::text;
  law_report report{"pair_loss"};
  auto const examine = [&](scored_pair const& pair) {
    double const value = loss.value(pair);
    pair_slopes const slopes = loss.slopes(pair);
    if (!std::isfinite(value) || !std::isfinite(slopes.chosen) || !std::isfinite(slopes.rejected)) {
      report.breaks("value and slopes are finite", detail::place_of(pair) + " they are " + text(value) +
                                                       ", " + text(slopes.chosen) + " and " +
                                                       text(slopes.rejected));
      return;
    }
    if (loss.value(pair) != value || !(pair_slopes{loss.slopes(pair)} == slopes)) {
      report.breaks("the same pair gives the same value", "they differ " + detail::place_of(pair));
    }
    auto const check = [&](double scored_pair::*score, double slope, char const* law) {
      double quotient = 0.0;
      if (!detail::is_derivative(loss, pair, score, slope, options.tolerance, quotient)) {
        report.breaks(law,
                      detail::place_of(pair) + " it is " + text(slope) + ", the value has " + text(quotient));
      }
    };
    check(&scored_pair::chosen, slopes.chosen, "slopes.chosen is the derivative of value");
    check(&scored_pair::rejected, slopes.rejected, "slopes.rejected is the derivative of value");
  };
  report.examine([&] {
    constexpr std::array<double, 6> scores{0.0, -0.7, -3.0, -12.5, -300.0, -1e4};
    constexpr std::array<double, 3> references{-0.1, -4.0, -1e4};
    constexpr std::array<std::array<double, 2>, 3> lengths{{{1.0, 1.0}, {3.0, 12.0}, {40.0, 5.0}}};
    for (double const chosen : scores) {
      for (double const rejected : scores) {
        for (double const chosen_reference : references) {
          for (double const rejected_reference : references) {
            for (auto const& length : lengths) {
              examine({chosen, rejected, chosen_reference, rejected_reference, length[0], length[1]});
            }
          }
        }
      }
    }
  });
  return report;
}

}  // namespace joust::laws
