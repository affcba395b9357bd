// SPDX-License-Identifier: MIT
//
// The laws of a posterior, run on your own: an answer teaches the same from either side, weight 0 teaches
// nothing, a rejected answer leaves nothing behind, and the beliefs it gives keep the laws of a belief.
//
//   needs   a copyable posterior; features as a matrix with rows(), row(i) and assignable elements (i, j)
//   cost    `duels` observations on two copies, then a belief kit
//   repeat  same arguments, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/belief.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct posterior_options {
  std::size_t duels = 12;        ///< random answers taught before and between the checks
  double rounding = 1e-8;        ///< relative difference of beliefs that counts as rounding
  std::size_t samples = 10'000;  ///< joint draws of the belief kit
  double false_alarm = 1e-6;     ///< of the belief kit; the other laws cannot fail by chance
};

namespace detail {

// What can be seen of a posterior without chance: mean differences and pair variances over some candidates.
template <class Posterior, class Features>
[[nodiscard]] std::vector<double> what_is_believed(Posterior posterior, Features const& candidates) {
  auto&& belief = posterior.at(candidates);
  std::size_t const count = belief.size();
  std::vector<double> seen;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      auto const mean = belief.mean();
      seen.push_back(mean[i] - mean[j]);
      seen.push_back(static_cast<double>(belief.pair_variance(i, j)));
    }
  }
  return seen;
}

// The largest difference in units of the largest number.
[[nodiscard]] inline double relative_difference(std::vector<double> const& a, std::vector<double> const& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = std::numeric_limits<double>::min();
  double difference = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return std::numeric_limits<double>::infinity();
    largest = std::fmax(largest, std::fmax(std::fabs(a[i]), std::fabs(b[i])));
    difference = std::fmax(difference, std::fabs(a[i] - b[i]));
  }
  return difference / largest;
}

}  // namespace detail

/// Runs the laws of a posterior (core/concepts.hpp) on copies of `prior` over at least two `candidates`:
///  - the belief has one reward per row
///  - observe(first, second, y, w) and observe(second, first, 1 - y, w) leave the same belief up to
///    rounding
///  - weight 0 changes nothing
///  - an outcome outside [0, 1], a weight that is negative or not finite, and a feature that is not finite
///    are refused with std::invalid_argument and change nothing
///  - a copy learns on its own
///  - the belief, after the duels, keeps the laws of a belief
/// Only the last can fail by chance, with probability at most `options.false_alarm`.
template <class Posterior, class Features, joust::random_stream Stream>
[[nodiscard]] law_report posterior(Posterior const& prior, Features const& candidates, Stream const& stream,
                                   posterior_options options = {}) {
  static_assert(
      joust::posterior<Posterior, Features, std::remove_cvref_t<decltype(candidates.row(0))>, Stream>,
      "joust::laws::posterior: call joust::explain_posterior to see what is missing");
  static_assert(std::copy_constructible<Posterior>, "joust::laws::posterior: the kit works on copies");
  using joust::detail::text;
  law_report report{"posterior"};
  report.examine([&] {
    using index = decltype(candidates.rows());
    std::size_t const count = static_cast<std::size_t>(candidates.rows());
    joust::detail::require_index("candidates: the kit needs two rows, the second", 1, count);
    auto row = [&](std::size_t i) { return candidates.row(static_cast<index>(i)); };
    auto compare = [&](Posterior const& a, Posterior const& b, char const* law, std::string const& what) {
      double const difference = detail::relative_difference(detail::what_is_believed(a, candidates),
                                                            detail::what_is_believed(b, candidates));
      if (!(difference <= options.rounding)) {
        report.breaks(law, what + " moves means or variances by a share of " + text(difference));
      }
    };

    Posterior straight = prior;
    Posterior swapped = prior;
    {
      Posterior first_look = prior;
      auto&& rewards = first_look.at(candidates);
      if (rewards.size() != count) {
        report.breaks(
            "a belief has one reward per row of the features",
            "it has " + text(static_cast<std::size_t>(rewards.size())) + ", expected " + text(count));
        return;
      }
    }
    std::vector<double> const before = detail::what_is_believed(prior, candidates);
    Stream chance = stream.child(6);
    for (std::size_t n = 0; n < options.duels; ++n) {
      std::size_t const a = draw_index(count, chance);
      std::size_t const b = (a + 1 + draw_index(count - 1, chance)) % count;
      // Multiples of 1/8, so that 1 - y is exact: the law is about the posterior, not about rounding.
      double const y = 0.125 * static_cast<double>(draw_index(9, chance));
      double const weight = 0.5 + draw_uniform(chance);
      std::string const duel =
          "observe(" + text(a) + ", " + text(b) + ", " + text(y) + ", " + text(weight) + ")";
      straight.observe(row(a), row(b), y, weight);
      swapped.observe(row(b), row(a), 1.0 - y, weight);
      compare(straight, swapped, "observe(a, b, y, w) and observe(b, a, 1 - y, w) leave the same state",
              "offering " + duel + " from the other side");
      Posterior weightless = straight;
      weightless.observe(row(a), row(b), y, 0.0);
      compare(straight, weightless, "weight 0 changes nothing", "weight 0 in place of " + duel);
    }
    if (detail::relative_difference(before, detail::what_is_believed(prior, candidates)) > 0.0) {
      report.breaks("a copy learns on its own", "teaching a copy changed the original");
    }

    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    auto offer = [&](auto const& first, auto const& second, double y, double weight,
                     std::string const& what) {
      Posterior offered = straight;
      try {
        offered.observe(first, second, y, weight);
        report.breaks("an invalid observation is refused", what + " was accepted");
        return;
      } catch (std::invalid_argument const&) {
      } catch (std::exception const& error) {
        report.breaks("an invalid observation is refused with std::invalid_argument",
                      what + " threw \"" + error.what() + '"');
      }
      compare(straight, offered, "a rejected observation changes nothing", what);
    };
    for (double const y : {-0.1, 1.1, nan, infinity})
      offer(row(0), row(1), y, 1.0, "an outcome of " + text(y));
    for (double const w : {-1.0, nan, infinity}) offer(row(0), row(1), 1.0, w, "a weight of " + text(w));
    for (double const f : {nan, infinity}) {
      Features spoilt = candidates;
      spoilt(0, 0) = static_cast<std::remove_cvref_t<decltype(spoilt(0, 0))>>(f);
      offer(spoilt.row(0), row(1), 1.0, 1.0, "a feature of " + text(f) + " in the first");
      offer(row(1), spoilt.row(0), 1.0, 1.0, "a feature of " + text(f) + " in the second");
    }

    auto&& rewards = straight.at(candidates);
    report.include(
        laws::belief(rewards, stream, {.samples = options.samples, .false_alarm = options.false_alarm}));
  });
  return report;
}

}  // namespace joust::laws
