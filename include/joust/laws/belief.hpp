// SPDX-License-Identifier: MIT
//
// The laws of a belief, run on your own: that mean, draws and pair variances speak of one and the same joint
// distribution. Only differences of rewards are looked at, since a common constant means nothing.
//
//   needs   a belief, and a stream for its draws
//   cost    `samples` draws, O(samples * M^2) work
//   repeat  same belief and stream, same report
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct belief_options {
  std::size_t samples = 10'000;  ///< joint draws
  double false_alarm = 1e-6;     ///< probability that a correct belief fails, over all pairs together
  double rounding = 1e-9;        ///< relative error allowed where equality is asked for
};

/// Runs the laws of a belief (core/concepts.hpp):
///  - size() is at least 1; mean() and draw(g) have that many finite elements
///  - pair_variance is symmetric, zero for i = j, finite and not negative
///  - the same stream gives the same draw
///  - the differences of drawn rewards have the mean of mean() and the variance pair_variance(i, j)
///  - successive draws are independent: their products average to nothing
/// The last two rest on the central limit theorem over `samples` draws; a correct belief without heavy tails
/// breaks one with probability at most `options.false_alarm`.
template <class Belief, joust::random_stream Stream>
[[nodiscard]] law_report belief(Belief& rewards, Stream const& stream, belief_options options = {}) {
  static_assert(joust::belief<Belief, Stream>,
                "joust::laws::belief: call joust::explain_belief to see what is missing");
  using joust::detail::text;
  law_report report{"belief"};
  report.examine([&] {
    std::size_t const count = rewards.size();
    if (count == 0) {
      report.breaks("size() is at least 1", "it is 0");
      return;
    }
    auto pair = [](std::size_t i, std::size_t j) { return "(" + text(i) + ", " + text(j) + ")"; };
    auto copy_of = [&](std::span<double const> values, std::string const& what) {
      std::vector<double> copy{values.begin(), values.end()};
      if (copy.size() != count) {
        report.breaks("mean() and draw(g) have size() elements",
                      what + " has " + text(copy.size()) + ", expected " + text(count));
        copy.resize(count);
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(copy[i])) {
          report.breaks("means and draws are finite",
                        "element " + text(i) + " of " + what + " is " + text(copy[i]));
        }
      }
      return copy;
    };
    std::vector<double> const mean = copy_of(rewards.mean(), "mean()");

    std::vector<double> variance(count * count);
    double scale = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        double const v = rewards.pair_variance(i, j);
        variance[i * count + j] = v;
        if (!(v >= 0.0) || !std::isfinite(v)) {
          report.breaks("pair_variance is finite and not negative",
                        "for " + pair(i, j) + " it is " + text(v));
        } else {
          scale = std::fmax(scale, v);
        }
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!(std::fabs(variance[i * count + i]) <= options.rounding * scale)) {
        report.breaks("pair_variance(i, i) is zero",
                      "for " + pair(i, i) + " it is " + text(variance[i * count + i]));
      }
      for (std::size_t j = 0; j < i; ++j) {
        double const v = variance[i * count + j];
        double const w = variance[j * count + i];
        if (!(std::fabs(v - w) <= options.rounding * std::fmax(v, w))) {
          report.breaks("pair_variance is symmetric",
                        "for " + pair(i, j) + " it is " + text(v) + ", the other way round " + text(w));
        }
      }
    }

    Stream once = stream;
    Stream twice = stream;
    if (copy_of(rewards.draw(once), "a draw") != copy_of(rewards.draw(twice), "a draw")) {
      report.breaks("the same stream gives the same draw", "two draws from equal streams differ");
    }
    if (!report) return;

    // Power sums per pair, of the differences to what mean() promises.
    struct sums {
      double first = 0.0;
      double second = 0.0;
      double fourth = 0.0;
      double lagged = 0.0;
      double previous = 0.0;
    };
    std::vector<sums> pairs(count * count);
    Stream chance = stream.child(5);
    for (std::size_t n = 0; n < options.samples; ++n) {
      std::vector<double> const draw = copy_of(rewards.draw(chance), "a draw");
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          sums& s = pairs[i * count + j];
          double const d = (draw[i] - draw[j]) - (mean[i] - mean[j]);
          s.first += d;
          s.second += d * d;
          s.fourth += d * d * d * d;
          s.lagged += n == 0 ? 0.0 : d * s.previous;
          s.previous = d;
        }
      }
    }
    double const n = static_cast<double>(options.samples);
    double const tests = 1.5 * static_cast<double>(count * count);  // three per pair
    double const score = detail::standard_score(options.false_alarm / tests);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        sums const& s = pairs[i * count + j];
        double const v = variance[i * count + j];
        double const size = 1.0 + std::fabs(mean[i]) + std::fabs(mean[j]);
        double const rounding = options.rounding * size;
        if (!(std::fabs(s.first / n) <= score * std::sqrt(v / n) + rounding)) {
          report.breaks("draws have the mean mean()",
                        "reward " + text(i) + " - reward " + text(j) + " averages " +
                            text(mean[i] - mean[j] + s.first / n) + ", expected " + text(mean[i] - mean[j]) +
                            " +- " + text(score * std::sqrt(v / n)));
        }
        double const second = s.second / n;
        double const error = score * std::sqrt(std::fmax(0.0, s.fourth / n - second * second) / n);
        if (!(std::fabs(second - v) <= error + options.rounding * v + rounding * rounding)) {
          report.breaks("pair_variance(i, j) is the variance of reward i - reward j under the draws",
                        "for " + pair(i, j) + " it is " + text(v) + ", the draws have " + text(second) +
                            " +- " + text(error));
        }
        if (!(std::fabs(s.lagged / n) <= score * second / std::sqrt(n) + rounding * rounding)) {
          report.breaks("draws are independent of each other",
                        "reward " + text(i) + " - reward " + text(j) + " is correlated by " +
                            text(s.lagged / s.second) + " with the draw before");
        }
      }
    }
  });
  return report;
}

}  // namespace joust::laws
