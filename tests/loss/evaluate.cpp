// SPDX-License-Identifier: MIT
#include <joust/loss/evaluate.hpp>

#include "loss_checks.hpp"

#include <limits>

#include <joust/loss/dpo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/nca.hpp>

namespace {

using namespace joust_test;
using joust::dpo;
using joust::evaluate;
using joust::mean_over;

struct bare_margin_loss {
  double value(double m) const { return m * m - m; }
  double slope(double m) const { return 2.0 * m - 1.0; }
};
static_assert(joust::evaluable_loss<bare_margin_loss> && joust::evaluable_loss<dpo>);
static_assert(!joust::evaluable_loss<int>);

// A loss that would be noticed wherever it is asked about a duel that does not count.
struct touchy_loss {
  double value(scored_pair const&) const { return NAN; }
  pair_slopes slopes(scored_pair const&) const { return {NAN, NAN}; }
};

}  // namespace

TEST_CASE("evaluate is the weighted mean over both ways each duel could have gone", "[evaluate]") {
  auto const duels = random_pairs(6, 41);
  std::vector<double> const outcomes{1.0, 0.0, 0.5, 0.25, 1.0, 0.9};
  std::vector<double> const weights{1.0, 2.0, 0.5, 0.0, 3.0, 1.0};
  joust::nca const loss;
  for (auto const divisor : {mean_over::active_weight, mean_over::all_duels}) {
    double const by = divisor == mean_over::active_weight ? 7.5 : 6.0;
    std::vector<pair_slopes> slopes(6, {9.0, 9.0});
    double expected = 0.0;
    double const value = evaluate(loss, duels, outcomes, weights, slopes, divisor);
    for (std::size_t i = 0; i < 6; ++i) {
      double const y = outcomes[i];
      pair_slopes const won = loss.slopes(duels[i]);
      pair_slopes const lost = loss.slopes(duels[i].swapped());
      expected += weights[i] * (y * loss.value(duels[i]) + (1.0 - y) * loss.value(duels[i].swapped())) / by;
      CHECK(slopes[i].chosen ==
            Approx(weights[i] * (y * won.chosen + (1.0 - y) * lost.rejected) / by).epsilon(1e-13));
      CHECK(slopes[i].rejected ==
            Approx(weights[i] * (y * won.rejected + (1.0 - y) * lost.chosen) / by).epsilon(1e-13));
    }
    CHECK(value == Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("the slopes of evaluate are the derivatives of its value", "[evaluate]") {
  auto const duels = random_pairs(5, 42);
  std::vector<double> const outcomes{1.0, 0.0, 0.5, 0.3, 1.0};
  std::vector<double> const weights{1.0, 2.0, 0.5, 1.5, 0.0};
  std::vector<pair_slopes> slopes(5);
  std::vector<pair_slopes> unused(5);
  joust::ipo const loss{{.likelihood = log_likelihood::mean}};
  evaluate(loss, duels, outcomes, weights, slopes);
  for (std::size_t i = 0; i < 5; ++i) {
    auto const by = [&](double scored_pair::*score) {
      auto moved = duels;
      moved[i].*score += 1e-4;
      double const up = evaluate(loss, moved, outcomes, weights, unused);
      moved[i].*score -= 2e-4;
      return (up - evaluate(loss, moved, outcomes, weights, unused)) / 2e-4;
    };
    CHECK(slopes[i].chosen == Approx(by(&scored_pair::chosen)).epsilon(1e-8).margin(1e-9));
    CHECK(slopes[i].rejected == Approx(by(&scored_pair::rejected)).epsilon(1e-8).margin(1e-9));
  }
}

TEST_CASE("a tie between equals pulls nowhere", "[evaluate]") {
  std::vector<scored_pair> const duel{{-1.0, -1.0, -2.0, -2.0, 1.0, 1.0}};
  std::vector<pair_slopes> slopes(1);
  std::vector<double> const half{0.5};
  std::vector<double> const one{1.0};
  CHECK(evaluate(dpo{}, duel, half, one, slopes) == Approx(std::log(2.0)).epsilon(1e-15));
  CHECK(slopes[0] == pair_slopes{0.0, 0.0});
}

TEST_CASE("an empty batch, and one without weight, have loss and slopes zero", "[evaluate]") {
  std::vector<pair_slopes> none;
  CHECK(evaluate(dpo{}, {}, {}, {}, none) == 0.0);
  auto const duels = random_pairs(3, 1);
  std::vector<double> const outcomes{1.0, 0.5, 0.0};
  std::vector<double> const zeros(3, 0.0);
  for (auto const divisor : {mean_over::active_weight, mean_over::all_duels}) {
    std::vector<pair_slopes> slopes(3, {9.0, 9.0});
    CHECK(evaluate(touchy_loss{}, duels, outcomes, zeros, slopes, divisor) == 0.0);
    for (pair_slopes const& at : slopes) CHECK(at == pair_slopes{0.0, 0.0});
  }
}

TEST_CASE("a duel without weight is never shown to the loss", "[evaluate]") {
  struct only_first {
    double value(scored_pair const& p) const { return p.chosen == -1.0 ? 2.0 : double{NAN}; }
    pair_slopes slopes(scored_pair const& p) const {
      return p.chosen == -1.0 ? pair_slopes{1.0, -1.0} : pair_slopes{NAN, NAN};
    }
  };
  std::vector<scored_pair> const duels{{-1.0, -2.0, 0.0, 0.0, 1.0, 1.0}, {-3.0, -4.0, 0.0, 0.0, 1.0, 1.0}};
  std::vector<double> const outcomes{1.0, 1.0};
  std::vector<double> const weights{0.5, 0.0};
  std::vector<pair_slopes> slopes(2);
  CHECK(evaluate(only_first{}, duels, outcomes, weights, slopes) == 2.0);
  CHECK(slopes == std::vector<pair_slopes>{{1.0, -1.0}, {0.0, 0.0}});
}

TEST_CASE("a loss of the margin alone reads whole actions", "[evaluate]") {
  std::vector<scored_pair> const duel{{-1.0, -2.5, -3.0, -2.0, 4.0, 7.0}};  // margin 2.5
  std::vector<double> const one{1.0};
  std::vector<pair_slopes> slopes(1);
  CHECK(evaluate(bare_margin_loss{}, duel, one, one, slopes) == 3.75);
  CHECK(slopes[0] == pair_slopes{4.0, -4.0});
}

TEST_CASE("evaluate refuses what makes no sense, and writes nothing", "[evaluate][fault]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  auto const good = random_pairs(3, 1);
  std::vector<double> const ones(3, 1.0);
  auto const refuses = [](std::vector<scored_pair> const& duels, std::vector<double> const& outcomes,
                          std::vector<double> const& weights, std::size_t places, std::string const& named) {
    std::vector<pair_slopes> slopes(places, {9.0, 9.0});
    try {
      evaluate(dpo{}, duels, outcomes, weights, slopes);
      FAIL_CHECK("accepted, though " << named << " makes no sense");
    } catch (std::invalid_argument const& error) { CHECK(std::string{error.what()}.find(named) == 0); }
    for (pair_slopes const& at : slopes) CHECK(at == pair_slopes{9.0, 9.0});
  };
  refuses(good, {1.0, 1.0}, ones, 3, "outcomes");
  refuses(good, ones, {1.0, 1.0}, 3, "weights");
  refuses(good, ones, ones, 2, "slopes");
  for (double const bad : {nan, inf, -inf}) {
    for (auto const& [score, name] :
         {std::pair{&scored_pair::chosen, "chosen"}, std::pair{&scored_pair::rejected, "rejected"},
          std::pair{&scored_pair::chosen_reference, "chosen_reference"},
          std::pair{&scored_pair::rejected_reference, "rejected_reference"},
          std::pair{&scored_pair::chosen_length, "chosen_length"},
          std::pair{&scored_pair::rejected_length, "rejected_length"}}) {
      auto duels = good;
      duels[2].*score = bad;
      refuses(duels, ones, ones, 3, std::string{"duels[2]."} + name + ":");
    }
  }
  auto short_one = good;
  short_one[1].rejected_length = 0.0;
  refuses(short_one, ones, ones, 3, "duels[1].rejected_length");
  for (double const bad : {nan, -0.1, 1.1}) refuses(good, {1.0, bad, 1.0}, ones, 3, "outcomes[1]");
  for (double const bad : {nan, -0.1, inf}) refuses(good, ones, {1.0, 1.0, bad}, 3, "weights[2]");
  refuses(good, ones, {1e308, 1e308, 1.0}, 3, "weights");
}
