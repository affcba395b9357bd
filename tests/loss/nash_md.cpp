// SPDX-License-Identifier: MIT
#include <joust/loss/nash_md.hpp>

#include "loss_checks.hpp"

#include <array>

namespace {

using namespace joust_test;
using joust::nash_md;

static_assert(joust::duel_loss<nash_md> && joust::evaluable_loss<nash_md>);
static_assert(!joust::pair_loss<nash_md>);

}  // namespace

TEST_CASE("nash_md is the formula, and moves the first action only", "[nash_md]") {
  nash_md const loss{{.beta = 0.5}};
  scored_pair const duel{-2.0, -1.0, -5.0, -4.0, 2.0, 3.0};
  CHECK(loss.value(duel, 1.0) == Approx(0.25 * 9.0 + 0.5 * 2.0).epsilon(1e-15));
  CHECK(loss.slopes(duel, 1.0) == pair_slopes{1.5 - 0.5, 0.0});
  CHECK(loss.slopes(duel, 0.0) == pair_slopes{1.5 + 0.5, 0.0});
  CHECK(loss.slopes(duel, 0.5) == pair_slopes{1.5, 0.0});
  nash_md const mean{{.beta = 0.5, .likelihood = log_likelihood::mean}};
  CHECK(mean.value(duel, 1.0) == Approx(0.25 * 2.25 + 0.5 * 1.0).epsilon(1e-15));
  CHECK(mean.slopes(duel, 1.0) == pair_slopes{(0.75 - 0.5) / 2.0, 0.0});
}

TEST_CASE("the slopes of nash_md are the derivatives of its value", "[nash_md]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    nash_md const loss{{.beta = 0.3, .likelihood = of}};
    for (scored_pair const& duel : random_pairs(50, 3)) {
      for (double const y : {0.0, 0.3, 1.0}) {
        scored_pair up = duel;
        scored_pair down = duel;
        up.chosen += 1e-5;
        down.chosen -= 1e-5;
        CHECK(loss.slopes(duel, y).chosen ==
              Approx((loss.value(up, y) - loss.value(down, y)) / 2e-5).epsilon(1e-7).margin(1e-8));
        CHECK(loss.slopes(duel, y).rejected == 0.0);
      }
    }
  }
}

// Over first actions sampled from pi, the mean of slope * grad log pi is the gradient of
// beta KL(pi || ref) - P(pi beats the opponent).
TEST_CASE("in expectation nash_md descends the divergence less the win rate", "[nash_md]") {
  constexpr std::size_t arms = 3;
  double const beta = 0.2;
  std::array<double, arms> const reference{0.5, 0.3, 0.2};
  std::array<double, arms> const opponent{0.2, 0.2, 0.6};
  double const wins[arms][arms] = {{0.5, 0.8, 0.4}, {0.2, 0.5, 0.9}, {0.6, 0.1, 0.5}};
  auto const softmax = [](std::array<double, arms> logits) {
    double sum = 0.0;
    for (double& x : logits) sum += x = std::exp(x);
    for (double& x : logits) x /= sum;
    return logits;
  };
  auto const objective = [&](std::array<double, arms> const& logits) {
    auto const pi = softmax(logits);
    double value = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      value += beta * pi[a] * std::log(pi[a] / reference[a]);
      for (std::size_t b = 0; b < arms; ++b) value -= pi[a] * opponent[b] * wins[a][b];
    }
    return value;
  };
  std::array<double, arms> const logits{0.3, -0.5, 0.1};
  auto const pi = softmax(logits);
  nash_md const loss{{.beta = beta}};
  for (std::size_t k = 0; k < arms; ++k) {
    double gradient = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      double const of_log = (a == k ? 1.0 : 0.0) - pi[k];  // d log pi(a) / d logit k
      for (std::size_t b = 0; b < arms; ++b) {
        scored_pair const duel{
            std::log(pi[a]), std::log(pi[b]), std::log(reference[a]), std::log(reference[b]), 1.0, 1.0};
        gradient += pi[a] * opponent[b] * loss.slopes(duel, wins[a][b]).chosen * of_log;
      }
    }
    auto up = logits;
    auto down = logits;
    up[k] += 1e-5;
    down[k] -= 1e-5;
    CHECK(gradient == Approx((objective(up) - objective(down)) / 2e-5).epsilon(1e-7).margin(1e-9));
  }
}

TEST_CASE("evaluate gives nash_md the duel as it was asked", "[nash_md]") {
  auto const duels = random_pairs(4, 2);
  std::vector<double> const outcomes{1.0, 0.0, 0.25, 1.0};
  std::vector<double> const weights{1.0, 3.0, 0.5, 0.0};
  std::vector<pair_slopes> slopes(4, {7.0, 7.0});
  nash_md const loss;
  double expected = 0.0;
  for (std::size_t i = 0; i < 4; ++i) expected += weights[i] * loss.value(duels[i], outcomes[i]) / 4.5;
  CHECK(joust::evaluate(loss, duels, outcomes, weights, slopes) == Approx(expected).epsilon(1e-14));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(slopes[i].chosen ==
          Approx(weights[i] / 4.5 * loss.slopes(duels[i], outcomes[i]).chosen).epsilon(1e-14));
    CHECK(slopes[i].rejected == 0.0);
  }
}

TEST_CASE("nash_md lists its options and refuses nonsense", "[nash_md][fault]") {
  CHECK(names_of_options(nash_md{}) == std::vector<std::string>{"beta", "likelihood"});
  CHECK_NOTHROW(nash_md{{.beta = 0.0}});
  CHECK_THROWS_AS(nash_md{{.beta = -0.1}}, std::invalid_argument);
  CHECK_THROWS_AS(nash_md{{.beta = INFINITY}}, std::invalid_argument);
  CHECK_THROWS_AS(nash_md{{.beta = NAN}}, std::invalid_argument);
}
