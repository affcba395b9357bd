// SPDX-License-Identifier: MIT
//
// What the tests of losses share: random pairs, the formula of a paper in wide arithmetic against which a
// loss is held with its derivatives, and what every loss must do.
#pragma once

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/pair_loss.hpp>
#include <joust/laws/preference_loss.hpp>
#include <joust/loss/evaluate.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust_test {

using joust::log_likelihood;
using joust::pair_slopes;
using joust::scored_pair;
using wide = long double;

inline double between(double low, double high, joust::stream& g) {
  return low + (high - low) * joust::draw_uniform(g);
}

inline std::vector<scored_pair> random_pairs(std::size_t n, std::uint64_t seed, double spread = 12.0) {
  joust::stream g{seed};
  std::vector<scored_pair> pairs(n);
  for (scored_pair& p : pairs) {
    p = {-between(0.0, spread, g),
         -between(0.0, spread, g),
         -between(0.0, spread, g),
         -between(0.0, spread, g),
         1.0 + static_cast<double>(joust::draw_index(9, g)),
         1.0 + static_cast<double>(joust::draw_index(9, g))};
  }
  return pairs;
}

// The textbook's words, without any care for large numbers.
inline wide logistic(wide x) { return 1.0L / (1.0L + std::exp(-x)); }
inline wide log_logistic(wide x) { return std::log(logistic(x)); }

// A pair in wide arithmetic, with its scores free to be moved.
struct wide_pair {
  wide chosen, rejected, chosen_reference, rejected_reference, chosen_length, rejected_length;

  explicit wide_pair(scored_pair const& p)
      : chosen{p.chosen},
        rejected{p.rejected},
        chosen_reference{p.chosen_reference},
        rejected_reference{p.rejected_reference},
        chosen_length{p.chosen_length},
        rejected_length{p.rejected_length} {}

  // Log-ratios of whole actions, or of average parts.
  [[nodiscard]] wide c(log_likelihood of) const {
    return (chosen - chosen_reference) / (of == log_likelihood::mean ? chosen_length : 1.0L);
  }
  [[nodiscard]] wide d(log_likelihood of) const {
    return (rejected - rejected_reference) / (of == log_likelihood::mean ? rejected_length : 1.0L);
  }
  [[nodiscard]] wide margin(log_likelihood of) const { return c(of) - d(of); }
};

// The derivative of f at 0 by differences of fourth order, exact to about 1e-11 for the losses here.
template <class F>
wide derivative(F f) {
  wide const h = 1e-3L;
  return (8.0L * (f(h) - f(-h)) - (f(2.0L * h) - f(-2.0L * h))) / (12.0L * h);
}

// The loss and its slopes are those of the formula. (The pairs keep clear of kinks by chance.)
template <class Loss, class Formula>
void check_textbook(Loss const& loss, Formula formula, double spread = 12.0) {
  for (scored_pair const& pair : random_pairs(200, 77, spread)) {
    wide_pair const at{pair};
    auto const value = static_cast<double>(formula(at));
    auto const by_chosen = derivative([&](wide h) {
      wide_pair p = at;
      p.chosen += h;
      return formula(p);
    });
    auto const by_rejected = derivative([&](wide h) {
      wide_pair p = at;
      p.rejected += h;
      return formula(p);
    });
    pair_slopes const slopes = loss.slopes(pair);
    CAPTURE(pair.chosen, pair.rejected, pair.chosen_reference, pair.rejected_reference);
    CHECK(loss.value(pair) == Approx(value).epsilon(1e-11).margin(1e-12));
    CHECK(slopes.chosen == Approx(static_cast<double>(by_chosen)).epsilon(1e-7).margin(1e-8));
    CHECK(slopes.rejected == Approx(static_cast<double>(by_rejected)).epsilon(1e-7).margin(1e-8));
  }
}

// Exchanging the order of a duel together with its outcome changes nothing but the order of the slopes.
template <class Loss>
void check_label_symmetry(Loss const& loss) {
  std::vector<scored_pair> const duels = random_pairs(40, 5);
  std::vector<scored_pair> exchanged;
  std::vector<double> outcomes;
  std::vector<double> opposite;
  std::vector<double> weights;
  for (std::size_t i = 0; i < duels.size(); ++i) {
    double const y = i % 3 == 0 ? 1.0 : i % 3 == 1 ? 0.0 : 0.25;
    bool const turn = i % 2 == 0;
    exchanged.push_back(turn ? duels[i].swapped() : duels[i]);
    outcomes.push_back(y);
    opposite.push_back(turn ? 1.0 - y : y);
    weights.push_back(0.25 * static_cast<double>(1 + i % 4));
  }
  std::vector<pair_slopes> one(duels.size());
  std::vector<pair_slopes> other(duels.size());
  double const value = joust::evaluate(loss, duels, outcomes, weights, one);
  CHECK(joust::evaluate(loss, exchanged, opposite, weights, other) == Approx(value).epsilon(1e-14));
  for (std::size_t i = 0; i < duels.size(); ++i) {
    CHECK(other[i] == (i % 2 == 0 ? pair_slopes{one[i].rejected, one[i].chosen} : one[i]));
  }
}

// What every loss of a pair does.
template <class Loss>
void check_pair_loss(Loss const& loss) {
  static_assert(joust::pair_loss<Loss> && joust::evaluable_loss<Loss>);
  auto const report = joust::laws::pair_loss(loss);
  INFO(report.text());
  CHECK(report);
  check_label_symmetry(loss);
}

// What every loss of the margin does: it is one of a pair, by the margin of the log-likelihood it names.
template <class Loss>
void check_margin_loss(Loss const& loss) {
  static_assert(joust::preference_loss<Loss>);
  auto const report = joust::laws::preference_loss(loss);
  INFO(report.text());
  CHECK(report);
  check_pair_loss(loss);
  bool const mean = loss.likelihood() == log_likelihood::mean;
  for (scored_pair const& pair : random_pairs(20, 6)) {
    double const chosen = mean ? 1.0 / pair.chosen_length : 1.0;
    double const rejected = mean ? 1.0 / pair.rejected_length : 1.0;
    double const margin =
        (pair.chosen - pair.chosen_reference) * chosen - (pair.rejected - pair.rejected_reference) * rejected;
    pair_slopes const slopes = loss.slopes(pair);
    CHECK(loss.value(pair) == Approx(loss.value(margin)).epsilon(1e-14));
    CHECK(slopes.chosen == Approx(loss.slope(margin) * chosen).epsilon(1e-13));
    CHECK(slopes.rejected == Approx(-loss.slope(margin) * rejected).epsilon(1e-13));
  }
}

// Of actions of one part, sum and mean are the same.
template <class Loss>
void check_agree_on_single_parts(Loss const& sum, Loss const& mean) {
  CHECK_FALSE(sum == mean);
  for (scored_pair pair : random_pairs(10, 7)) {
    pair.chosen_length = pair.rejected_length = 1.0;
    CHECK(sum.value(pair) == mean.value(pair));
    CHECK(sum.slopes(pair) == mean.slopes(pair));
  }
}

// The names of the options, in the order of their list.
struct option_names {
  std::vector<std::string> names;
  template <class T>
  void operator()(std::string_view name, T&, std::string_view meaning) {
    CHECK_FALSE(meaning.empty());
    names.emplace_back(name);
  }
};
template <class T>
std::vector<std::string> names_of_options(T const& listed) {
  option_names visit;
  T::fields(listed, visit);
  return visit.names;
}

// Where an increasing function crosses zero, by bisection.
template <class F>
double root(F f, double low, double high) {
  for (int k = 0; k < 200; ++k) {
    double const middle = 0.5 * (low + high);
    (f(middle) < 0.0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// The margin at which the expected loss is least when the first of two actions wins with probability p: there
// the expected slope, that of a win less that of the mirrored loss, is zero.
template <class Loss>
double best_margin(Loss const& loss, double p, double low = -500.0, double high = 500.0) {
  return root([&](double m) { return p * loss.slope(m) - (1.0 - p) * loss.slope(-m); }, low, high);
}

inline double logit(double p) { return std::log(p / (1.0 - p)); }

}  // namespace joust_test
