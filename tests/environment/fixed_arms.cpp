// SPDX-License-Identifier: MIT
#include <joust/environment/fixed_arms.hpp>

#include "random_matrix.hpp"

#include "../oracle/frequency.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

using joust::fixed_arms;
using joust::pairing;
using joust::preference_matrix;
using joust::regret_kind;

static_assert(joust::environment<fixed_arms>);

namespace {

preference_matrix const cycle{{0.5, 0.6, 0.4}, {0.4, 0.5, 0.6}, {0.6, 0.4, 0.5}};

// The definitions, from the matrix and the utilities alone.
std::optional<double> slow_regret(regret_kind kind, fixed_arms const& truth, pairing round) {
  auto const& p = truth.preferences();
  auto const u = truth.utilities();
  auto winner = joust::condorcet_winner(p);
  if (!u.empty()) winner = static_cast<std::size_t>(std::ranges::max_element(u) - u.begin());
  auto const mean = [&](std::vector<double> const& score) {
    return *std::ranges::max_element(score) - 0.5 * (score[round.first] + score[round.second]);
  };
  auto const gap = [&](std::size_t arm) { return p(*winner, arm) - 0.5; };
  auto const best = [&](std::size_t arm) { return u.empty() ? arm == *winner : u[arm] == u[*winner]; };
  switch (kind) {
    case regret_kind::strong_binary:
      if (winner) return best(round.first) && best(round.second) ? 0.0 : 1.0;
      break;
    case regret_kind::weak_binary:
      if (winner) return best(round.first) || best(round.second) ? 0.0 : 1.0;
      break;
    case regret_kind::von_neumann: {
      auto const w = joust::von_neumann_winner(p);
      double chance = 0.0;
      for (std::size_t j = 0; j < w.size(); ++j)
        chance += 0.5 * w[j] * (p(j, round.first) + p(j, round.second));
      return chance - 0.5;
    }
    case regret_kind::copeland:
      return mean(joust::copeland_scores(p));
    case regret_kind::borda:
      return mean(joust::borda_scores(p));
    case regret_kind::average:
      if (winner) return 0.5 * (gap(round.first) + gap(round.second));
      break;
    case regret_kind::strong:
      if (winner) return std::max(gap(round.first), gap(round.second));
      break;
    case regret_kind::weak:
      if (winner) return std::min(gap(round.first), gap(round.second));
      break;
    case regret_kind::utility:
      if (!u.empty()) return u[*winner] - 0.5 * (u[round.first] + u[round.second]);
      break;
    case regret_kind::utility_weak:
      if (!u.empty()) return u[*winner] - std::max(u[round.first], u[round.second]);
      break;
    case regret_kind::preference:
      if (!u.empty()) return 0.5 * (p(*winner, round.first) + p(*winner, round.second) - 1.0);
      break;
    case regret_kind::simple:
      break;
  }
  return std::nullopt;
}

void check_regrets(fixed_arms const& truth) {
  for (std::size_t a = 0; a < truth.arms(); ++a) {
    for (std::size_t b = 0; b < truth.arms(); ++b) {
      std::array<double, joust::regret_kind_count> totals{};
      totals.fill(0.25);
      truth.add_regrets({a, b}, totals);
      for (regret_kind const kind : joust::regret_kinds) {
        if (kind == regret_kind::simple) {
          CHECK(totals[joust::slot(kind)] == 0.25);
          continue;
        }
        auto const expected = slow_regret(kind, truth, {a, b});
        REQUIRE(truth.knows(kind) == expected.has_value());
        if (expected) {
          CHECK(truth.regret(kind, {a, b}) == Approx(*expected).margin(1e-14));
          CHECK(totals[joust::slot(kind)] == Approx(0.25 + *expected).margin(1e-14));
          CHECK(truth.regret(kind, {a, b}) >= 0.0);
        } else {
          CHECK(std::isnan(totals[joust::slot(kind)]));
          CHECK_THROWS_AS(truth.regret(kind, {a, b}), std::invalid_argument);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("fixed_arms: regrets agree with their definitions on random matrices", "[fixed_arms]") {
  joust::stream random{41};
  for (int trial = 0; trial < 60; ++trial) {
    std::size_t const arms = 2 + joust::draw_index(4, random);
    fixed_arms const truth{joust::testing::random_matrix(arms, trial % 2 == 0, random)};
    check_regrets(truth);
    auto const winner = joust::condorcet_winner(truth.preferences());
    CHECK(truth.best_arm() == (winner ? *winner : joust::copeland_winners(truth.preferences()).front()));
    CHECK(truth.knows(regret_kind::simple) == winner.has_value());
    for (std::size_t arm = 0; arm < arms; ++arm) {
      if (winner) {
        CHECK(truth.simple_regret(arm) == truth.probability(*winner, arm) - 0.5);
      } else {
        CHECK_THROWS_AS(truth.simple_regret(arm), std::invalid_argument);
      }
    }
  }
}

TEST_CASE("fixed_arms: regrets agree with their definitions under every link", "[fixed_arms]") {
  joust::stream random{42};
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> utilities(2 + joust::draw_index(4, random));
    for (double& u : utilities) u = 0.01 + 0.99 * joust::draw_uniform(random);
    for (auto const link :
         {joust::utility_link::linear, joust::utility_link::natural, joust::utility_link::logistic}) {
      fixed_arms const truth{utilities, link};
      check_regrets(truth);
      CHECK(joust::condorcet_winner(truth.preferences()) == truth.best_arm());
      for (std::size_t arm = 0; arm < truth.arms(); ++arm) {
        CHECK(truth.simple_regret(arm) == utilities[truth.best_arm()] - utilities[arm]);
      }
    }
  }
}

TEST_CASE(
    "fixed_arms: von Neumann regret is average regret with a winner, and 0 for any pair of a fair cycle",
    "[fixed_arms]") {
  joust::stream random{45};
  for (int trial = 0; trial < 40; ++trial) {
    fixed_arms const truth{joust::testing::random_matrix(3, false, random)};
    for (std::size_t a = 0; a < 3; ++a) {
      double const regret = truth.regret(regret_kind::von_neumann, {a, (a + 1) % 3});
      if (truth.knows(regret_kind::average)) {
        CHECK(regret == truth.regret(regret_kind::average, {a, (a + 1) % 3}));
      } else {
        CHECK(regret == Approx(0.0).margin(1e-12));  // all three arms have weight, so all are as good
      }
    }
  }
}

TEST_CASE("fixed_arms: a game too large to solve leaves the von Neumann regret unknown", "[fixed_arms]") {
  std::size_t const arms = 257;
  std::vector<double> entries(arms * arms, 0.5);
  auto const win = [&](std::size_t i, std::size_t j) {
    entries[i * arms + j] = 0.75;
    entries[j * arms + i] = 0.25;
  };
  for (std::size_t i = 0; i < arms; ++i) win(i, (i + 1) % arms);
  fixed_arms const cycle_of_many{preference_matrix{arms, entries}};
  CHECK_FALSE(cycle_of_many.knows(regret_kind::von_neumann));
  CHECK_THROWS_WITH(cycle_of_many.regret(regret_kind::von_neumann, {0, 1}),
                    Catch::Contains("needs an arm that loses to none, or at most 256 arms"));
  std::array<double, joust::regret_kind_count> totals{};
  cycle_of_many.add_regrets({0, 1}, totals);
  CHECK(std::isnan(totals[joust::slot(regret_kind::von_neumann)]));
  entries[(arms - 1) * arms] = 0.25;  // arm 0 now loses to none
  entries[arms - 1] = 0.75;
  CHECK(fixed_arms{preference_matrix{arms, entries}}.knows(regret_kind::von_neumann));
}

TEST_CASE("fixed_arms: several arms of largest utility leave no regret unknown", "[fixed_arms]") {
  fixed_arms const truth{{0.2, 0.8, 0.8}, joust::utility_link::linear};
  check_regrets(truth);
  CHECK(truth.best_arm() == 1);
  CHECK(truth.regret(regret_kind::average, {1, 2}) == 0.0);
  CHECK(truth.regret(regret_kind::strong_binary, {1, 2}) == 0.0);
  CHECK(truth.regret(regret_kind::weak_binary, {0, 2}) == 0.0);
  CHECK(truth.regret(regret_kind::strong_binary, {0, 2}) == 1.0);
  CHECK(truth.regret(regret_kind::strong, {0, 2}) == Approx(0.3).epsilon(1e-14));
}

TEST_CASE("fixed_arms: bounds between units", "[fixed_arms]") {
  // With the logistic link and gaps in [0, G]: gap (sigmoid(G) - 1/2) / G <= sigmoid(gap) - 1/2 <= gap / 4.
  fixed_arms const truth{{3.0, 2.0, 1.5, 0.0}, joust::utility_link::logistic};
  double const steepest = (1.0 / (1.0 + std::exp(-3.0)) - 0.5) / 3.0;
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = 0; b < 4; ++b) {
      double const utility = truth.regret(regret_kind::utility, {a, b});
      double const preference = truth.regret(regret_kind::preference, {a, b});
      CHECK(preference <= 0.25 * utility + 1e-15);
      CHECK(preference >= steepest * utility - 1e-15);
    }
  }
}

TEST_CASE("fixed_arms: the round", "[fixed_arms]") {
  fixed_arms truth{preference_matrix{{0.5, 0.8}, {0.2, 0.5}}};
  joust::stream random{43};
  CHECK(truth.shape() == joust::setting{.arms = 2, .dimension = 2, .fixed_arms = true});
  truth.advance(random);
  CHECK(random == joust::stream{43});
  CHECK(truth.features() == Eigen::MatrixXd::Identity(2, 2));
  CHECK(&truth.features() == &truth.features());
  CHECK(truth.probability(0, 1) == 0.8);
  CHECK(truth.name(1) == "1");
  // 4.5 standard errors
  auto const ask = [&](joust::stream& g) { return truth.compare(0, 1, g); };
  CHECK(joust::testing::standard_errors(ask, 0.8, 20'000, 44) < 4.5);
  auto const again = truth.instance(random);
  CHECK(&again.features() == &truth.features());  // copies share what they know
  CHECK_THROWS_AS(truth.compare(0, 2, random), std::invalid_argument);
  CHECK_THROWS_AS(truth.probability(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(truth.regret(regret_kind::average, {0, 2}), std::invalid_argument);
  CHECK_THROWS_AS(truth.simple_regret(2), std::invalid_argument);
}

TEST_CASE("fixed_arms: features of one's own", "[fixed_arms]") {
  Eigen::MatrixXd features(3, 2);
  features << 1, 2, 3, 4, 5, 6;
  fixed_arms const truth{cycle, {.features = features}};
  CHECK(truth.shape().dimension == 2);
  CHECK(truth.features() == features);
}

TEST_CASE("fixed_arms: unknown regrets are named", "[fixed_arms]") {
  fixed_arms const truth{cycle};
  CHECK_THROWS_WITH(truth.regret(regret_kind::average, {0, 1}),
                    "kind: is average; expected a kind known here; this one needs a Condorcet winner");
  CHECK_THROWS_WITH(truth.regret(regret_kind::utility, {0, 1}),
                    "kind: is utility; expected a kind known here; this one needs utilities");
  CHECK_THROWS_AS(truth.regret(regret_kind::simple, {0, 1}), std::invalid_argument);
  CHECK(truth.regret(regret_kind::copeland, {0, 1}) == 0.0);
}

TEST_CASE("fixed_arms: refuses facts that do not fit", "[fixed_arms]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  preference_matrix const p{{0.5, 0.8}, {0.2, 0.5}};
  CHECK_THROWS_WITH((fixed_arms{p, {.utilities = {1.0}}}),
                    "utilities: is 1 numbers; expected none, or one for each of the 2 arms");
  CHECK_THROWS_AS((fixed_arms{p, {.utilities = {1.0, nan}}}), std::invalid_argument);
  CHECK_THROWS_WITH((fixed_arms{p, {.utilities = {0.0, 1.0}}}),
                    "utilities: is higher for 1 than for 0, which beats it with probability 0.8; expected "
                    "utilities in the order of the preferences");
  CHECK_THROWS_WITH((fixed_arms{p, {.features = Eigen::MatrixXd::Zero(3, 2)}}),
                    "features: is 3 rows; expected one for each of the 2 arms");
  CHECK_THROWS_AS((fixed_arms{p, {.features = Eigen::MatrixXd::Constant(2, 2, nan)}}), std::invalid_argument);
  CHECK_THROWS_AS((fixed_arms{{0.1, 3.0}, joust::utility_link::linear}), std::invalid_argument);
}
