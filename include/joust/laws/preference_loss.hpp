// SPDX-License-Identifier: MIT
//
// The laws of a preference_loss, run on your own: the slope is the derivative of the value, and large margins
// do no harm.
//
//   needs   a loss
//   cost    about 200 evaluations
//   repeat  same loss, same report; no law here can fail by chance
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct preference_loss_options {
  double tolerance = 1e-5;  ///< difference of slope and difference quotient, relative to 1 + |slope|
};

/// Runs the laws of a preference_loss (core/concepts.hpp) at margins from -1e4 to 1e4:
///  - value and slope are finite
///  - the same margin gives the same value and slope
///  - the slope is the derivative of the value: it lies between the difference quotients to the left and to
///    the right, so that a hinge may have any of its slopes at the kink
template <class Loss>
[[nodiscard]] law_report preference_loss(Loss const& loss, preference_loss_options options = {}) {
  static_assert(joust::preference_loss<Loss>,
                "joust::laws::preference_loss: call joust::explain_preference_loss to see what is missing");
  using joust::detail::text;
  law_report report{"preference_loss"};
  report.examine([&] {
    std::vector<double> margins{-1e4, -1e3, -100.0, 100.0, 1e3, 1e4};
    for (int k = -30; k <= 30; ++k) margins.push_back(0.5 * k);
    for (double const margin : margins) {
      double const value = loss.value(margin);
      double const slope = loss.slope(margin);
      if (!std::isfinite(value) || !std::isfinite(slope)) {
        report.breaks("value and slope are finite",
                      "at a margin of " + text(margin) + " they are " + text(value) + " and " + text(slope));
        continue;
      }
      if (loss.value(margin) != value || loss.slope(margin) != slope) {
        report.breaks("the same margin gives the same value", "they differ at a margin of " + text(margin));
      }
      double const step = 1e-6 * (1.0 + std::fabs(margin));
      double const left = (value - loss.value(margin - step)) / step;
      double const right = (loss.value(margin + step) - value) / step;
      // A difference of two values of size |value| is known to about 1e-16 |value|.
      double const slack = options.tolerance * (1.0 + std::fabs(slope)) + 1e-15 * std::fabs(value) / step;
      if (!(slope >= std::fmin(left, right) - slack && slope <= std::fmax(left, right) + slack)) {
        report.breaks("slope is the derivative of value", "at a margin of " + text(margin) + " it is " +
                                                              text(slope) + ", the value has " +
                                                              text(0.5 * (left + right)));
      }
    }
  });
  return report;
}

}  // namespace joust::laws
