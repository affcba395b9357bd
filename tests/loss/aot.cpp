// SPDX-License-Identifier: MIT
#include <joust/loss/aot.hpp>

#include "loss_checks.hpp"

#include <algorithm>

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::aot;
using joust::aot_sides;
using joust::dpo;

static_assert(joust::batch_loss<aot> && joust::evaluable_loss<aot>);
static_assert(!joust::pair_loss<aot>);

struct evaluated {
  double value = 0.0;
  std::vector<pair_slopes> slopes;
};
template <class Loss>
evaluated of(Loss const& loss, std::vector<scored_pair> const& duels, std::vector<double> const& outcomes,
             std::vector<double> const& weights, joust::mean_over divisor = joust::mean_over::active_weight) {
  evaluated result{0.0, std::vector<pair_slopes>(duels.size(), {7.0, 7.0})};
  result.value = joust::evaluate(loss, duels, outcomes, weights, result.slopes, divisor);
  return result;
}

// The paper's form: both sides sorted, and matched by rank.
double textbook(std::vector<scored_pair> const& pairs, aot_sides sides, double beta) {
  std::vector<double> u;
  std::vector<double> v;
  for (scored_pair const& p : pairs) {
    bool const paired = sides == aot_sides::paired;
    u.push_back(paired ? p.chosen - p.rejected : p.chosen - p.chosen_reference);
    v.push_back(paired ? p.chosen_reference - p.rejected_reference : p.rejected - p.rejected_reference);
  }
  std::sort(u.begin(), u.end());
  std::sort(v.begin(), v.end());
  double sum = 0.0;
  for (std::size_t k = 0; k < u.size(); ++k) sum += std::log(1.0 + std::exp(-beta * (u[k] - v[k])));
  return sum / static_cast<double>(u.size());
}

void check_slopes(aot const& loss, std::vector<scored_pair> const& duels, std::vector<double> const& outcomes,
                  std::vector<double> const& weights) {
  evaluated const at = of(loss, duels, outcomes, weights);
  double const h = 1e-5;
  for (std::size_t i = 0; i < duels.size(); ++i) {
    auto const by = [&](double scored_pair::*score) {
      auto moved = duels;
      moved[i].*score += h;
      double const up = of(loss, moved, outcomes, weights).value;
      moved[i].*score -= 2.0 * h;
      return (up - of(loss, moved, outcomes, weights).value) / (2.0 * h);
    };
    CHECK(at.slopes[i].chosen == Approx(by(&scored_pair::chosen)).epsilon(1e-6).margin(1e-9));
    CHECK(at.slopes[i].rejected == Approx(by(&scored_pair::rejected)).epsilon(1e-6).margin(1e-9));
  }
}

}  // namespace

TEST_CASE("aot matches sorted sides by rank", "[aot]") {
  for (std::size_t const n : {1U, 2U, 5U, 64U}) {
    auto const duels = random_pairs(n, 100 + n);
    std::vector<double> const outcomes(n, 1.0);
    std::vector<double> const weights(n, 0.3);
    for (aot_sides const sides : {aot_sides::paired, aot_sides::unpaired}) {
      aot const loss{{.beta = 0.4, .sides = sides}};
      CHECK(of(loss, duels, outcomes, weights).value == Approx(textbook(duels, sides, 0.4)).epsilon(1e-12));
    }
  }
}

TEST_CASE("of one pair aot is dpo", "[aot]") {
  for (scored_pair const& pair : random_pairs(20, 8)) {
    for (aot_sides const sides : {aot_sides::paired, aot_sides::unpaired}) {
      for (auto const likelihood : {log_likelihood::sum, log_likelihood::mean}) {
        evaluated const transported =
            of(aot{{.sides = sides, .likelihood = likelihood}}, {pair}, {0.0}, {2.0});
        evaluated const plain = of(dpo{{.likelihood = likelihood}}, {pair}, {0.0}, {2.0});
        CHECK(transported.value == Approx(plain.value).epsilon(1e-12));
        CHECK(transported.slopes[0].chosen == Approx(plain.slopes[0].chosen).epsilon(1e-12));
        CHECK(transported.slopes[0].rejected == Approx(plain.slopes[0].rejected).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("the slopes of aot are the derivatives of its value, of masses of all sizes", "[aot]") {
  joust::stream g{4};
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    auto const duels = random_pairs(9, 30 + seed);
    std::vector<double> outcomes;
    std::vector<double> weights;
    for (std::size_t i = 0; i < duels.size(); ++i) {
      outcomes.push_back(seed == 0 ? 1.0 : joust::draw_uniform(g));
      weights.push_back(seed < 2 ? 1.0 : i == 3 ? 0.0 : 0.1 + joust::draw_uniform(g));
    }
    for (aot_sides const sides : {aot_sides::paired, aot_sides::unpaired}) {
      for (auto const likelihood : {log_likelihood::sum, log_likelihood::mean}) {
        check_slopes(aot{{.beta = 0.5, .sides = sides, .likelihood = likelihood}}, duels, outcomes, weights);
      }
    }
  }
}

TEST_CASE("a weight of two is the duel twice, and half an outcome is half a duel each way", "[aot]") {
  auto const pairs = random_pairs(3, 12);
  for (aot_sides const sides : {aot_sides::paired, aot_sides::unpaired}) {
    aot const loss{{.beta = 0.4, .sides = sides}};
    std::vector<scored_pair> const spelled{pairs[0], pairs[1], pairs[1], pairs[2], pairs[2].swapped()};
    CHECK(of(loss, pairs, {1.0, 1.0, 0.5}, {1.0, 2.0, 2.0}).value ==
          Approx(textbook(spelled, sides, 0.4)).epsilon(1e-12));
  }
}

TEST_CASE("aot does not care for the order of a batch, nor of a duel with its outcome", "[aot]") {
  check_label_symmetry(aot{{.sides = aot_sides::paired}});
  check_label_symmetry(aot{{.sides = aot_sides::unpaired}});
  auto duels = random_pairs(12, 13);
  std::vector<double> const ones(duels.size(), 1.0);
  evaluated const before = of(aot{}, duels, ones, ones);
  std::rotate(duels.begin(), duels.begin() + 5, duels.end());
  evaluated const after = of(aot{}, duels, ones, ones);
  CHECK(after.value == Approx(before.value).epsilon(1e-14));
  for (std::size_t i = 0; i < duels.size(); ++i)
    CHECK(after.slopes[i] == before.slopes[(i + 5) % duels.size()]);
}

TEST_CASE("duels without weight are as if absent, and the divisor is as asked", "[aot]") {
  auto const duels = random_pairs(3, 14);
  evaluated const without = of(aot{}, {duels[0], duels[2]}, {1.0, 0.0}, {1.0, 1.0});
  evaluated const with = of(aot{}, duels, {1.0, 0.7, 0.0}, {1.0, 0.0, 1.0});
  CHECK(with.value == without.value);
  CHECK(with.slopes[0] == without.slopes[0]);
  CHECK(with.slopes[1] == pair_slopes{});
  CHECK(with.slopes[2] == without.slopes[1]);
  evaluated const diluted = of(aot{}, duels, {1.0, 0.7, 0.0}, {1.0, 0.0, 1.0}, joust::mean_over::all_duels);
  CHECK(diluted.value == Approx(with.value * 2.0 / 3.0).epsilon(1e-14));
  CHECK(diluted.slopes[2].chosen == Approx(with.slopes[2].chosen * 2.0 / 3.0).epsilon(1e-14));
}

TEST_CASE("aot stays finite at margins of +-1e4", "[aot]") {
  std::vector<scored_pair> const duels{{-1e4, 0.0, 0.0, -1e4, 1.0, 1.0}, {0.0, -1e4, -1e4, 0.0, 1.0, 1.0}};
  for (aot_sides const sides : {aot_sides::paired, aot_sides::unpaired}) {
    evaluated const at = of(aot{{.sides = sides}}, duels, {1.0, 1.0}, {1.0, 1.0});
    CHECK(std::isfinite(at.value));
    for (pair_slopes const& s : at.slopes) CHECK((std::isfinite(s.chosen) && std::isfinite(s.rejected)));
  }
}

TEST_CASE("aot lists its options and refuses nonsense", "[aot][fault]") {
  CHECK(names_of_options(aot{}) == std::vector<std::string>{"beta", "sides", "likelihood"});
  CHECK_THROWS_AS(aot{{.beta = 0.0}}, std::invalid_argument);
  CHECK(aot{} == aot{{.beta = 0.1}});
  CHECK_FALSE(aot{} == aot{{.sides = aot_sides::unpaired}});
}
