// SPDX-License-Identifier: MIT
//
// The laws of an environment, run on your own: its shape is what it says, its rounds keep it, and its answers
// follow its truth.
//
//   needs   a copyable environment
//   cost    `rounds` advances, `pairs * samples` answers
//   repeat  same environment and stream, same report
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct environment_options {
  std::size_t rounds = 10;     ///< rounds to look at
  std::size_t pairs = 12;      ///< random duels whose answers are counted
  std::size_t samples = 2000;  ///< answers per duel
  double false_alarm = 1e-6;   ///< probability that a correct environment fails, over all duels together
  double rounding = 1e-12;     ///< what complementary probabilities may miss 1 by
};

/// Runs the laws of an environment (core/concepts.hpp) on a copy of `original`:
///  - shape() does not change while running
///  - features() has shape().arms rows and shape().dimension columns, all finite
///  - advance changes neither features nor probabilities of fixed arms
///  - probability(a, b) lies in [0, 1], is 1/2 for a = b, and complements probability(b, a)
///  - compare(a, b, g) lies in [0, 1] and has the expectation probability(a, b)
/// Only the last can fail by chance, with probability at most `options.false_alarm` (Chernoff bound).
template <class Environment, joust::random_stream Stream>
[[nodiscard]] law_report environment(Environment const& original, Stream const& stream,
                                     environment_options options = {}) {
  static_assert(joust::environment<Environment, Stream>,
                "joust::laws::environment: call joust::explain_environment to see what is missing");
  static_assert(std::copy_constructible<Environment>, "joust::laws::environment: the kit works on a copy");
  using joust::detail::text;
  law_report report{"environment"};
  report.examine([&] {
    Environment world = original;
    Environment const& truth = world;
    setting const shape = truth.shape();
    std::size_t const arms = shape.arms;
    if (arms == 0) {
      report.breaks("shape() names at least one arm", "it names none");
      return;
    }
    auto pair = [](std::size_t a, std::size_t b) { return "probability(" + text(a) + ", " + text(b) + ")"; };

    // All that a round shows: the features, if their elements can be read, and the probabilities.
    auto snapshot = [&](std::size_t round) {
      std::vector<double> seen;
      auto&& features = world.features();
      using index = decltype(features.rows());
      if (static_cast<std::size_t>(features.rows()) != arms) {
        report.breaks("features() has shape().arms rows",
                      "round " + text(round) + " has " + text(features.rows()) + ", expected " + text(arms));
      }
      if constexpr (requires { features(index{0}, features.cols()); }) {
        if (static_cast<std::size_t>(features.cols()) != shape.dimension) {
          report.breaks("features() has shape().dimension columns",
                        "round " + text(round) + " has " + text(features.cols()) + ", expected " +
                            text(shape.dimension));
        }
        for (index i = 0; i < features.rows(); ++i) {
          for (index j = 0; j < features.cols(); ++j) {
            double const value = static_cast<double>(features(i, j));
            if (!std::isfinite(value)) {
              report.breaks("all features are finite", "in round " + text(round) + " feature " + text(j) +
                                                           " of arm " + text(i) + " is " + text(value));
            }
            seen.push_back(value);
          }
        }
      }
      for (std::size_t a = 0; a < arms; ++a) {
        for (std::size_t b = 0; b < arms; ++b) {
          double const p = truth.probability(a, b);
          double const q = truth.probability(b, a);
          if (!(p >= 0.0 && p <= 1.0)) {
            report.breaks("probability(a, b) lies in [0, 1]", pair(a, b) + " is " + text(p));
          } else if (a == b && !(std::fabs(p - 0.5) <= options.rounding)) {
            report.breaks("probability(a, a) is 1/2", pair(a, a) + " is " + text(p));
          } else if (!(std::fabs(p + q - 1.0) <= options.rounding)) {
            report.breaks("probability(a, b) + probability(b, a) is 1",
                          pair(a, b) + " is " + text(p) + ", the other way round " + text(q));
          }
          seen.push_back(p);
        }
      }
      return seen;
    };

    std::vector<double> before = snapshot(0);
    for (std::size_t n = 1; n <= options.rounds; ++n) {
      Stream chance = stream.child(14).child(n);
      world.advance(chance);
      if (!(truth.shape() == shape)) {
        report.breaks("shape() does not change while running", "it differs in round " + text(n));
        return;
      }
      std::vector<double> after = snapshot(n);
      if (shape.fixed_arms && after != before) {
        report.breaks("advance changes nothing for fixed arms",
                      "features or probabilities differ in round " + text(n));
      }
      before = std::move(after);
    }

    Stream chance = stream.child(15);
    double const false_alarm = options.false_alarm / static_cast<double>(options.pairs);
    for (std::size_t n = 0; arms > 1 && n < options.pairs; ++n) {
      std::size_t const a = draw_index(arms, chance);
      std::size_t const b = (a + 1 + draw_index(arms - 1, chance)) % arms;
      double total = 0.0;
      for (std::size_t k = 0; k < options.samples; ++k) {
        double const y = world.compare(a, b, chance);
        if (!(y >= 0.0 && y <= 1.0)) {
          report.breaks("the outcome lies in [0, 1]",
                        "compare(" + text(a) + ", " + text(b) + ") returned " + text(y));
          return;
        }
        total += y;
      }
      double const share = total / static_cast<double>(options.samples);
      double const p = truth.probability(a, b);
      if (p >= 0.0 && p <= 1.0 && !detail::plausible_share(share, p, options.samples, false_alarm)) {
        report.breaks("compare(a, b, g) is drawn with probability(a, b)",
                      pair(a, b) + " is " + text(p) + ", the mean of " + text(options.samples) +
                          " outcomes " + text(share));
      }
    }
  });
  return report;
}

}  // namespace joust::laws
