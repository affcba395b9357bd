// SPDX-License-Identifier: MIT
#include <joust/loss/apo.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::apo;
using joust::apo_anchor;

}  // namespace

TEST_CASE("apo is the formula of its source", "[apo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    apo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return 1.0L - logistic(0.1L * p.c(of)) + logistic(0.1L * p.d(of));
    });
  }
}

TEST_CASE("apo keeps the laws of a loss of pairs", "[apo][laws]") {
  check_pair_loss(apo{{.likelihood = log_likelihood::sum}});
  check_pair_loss(apo{{.likelihood = log_likelihood::mean}});
  check_pair_loss(apo{{.anchor = apo_anchor::down}});
  check_agree_on_single_parts(apo{{.likelihood = log_likelihood::sum}},
                              apo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("apo anchored down is the formula of its source", "[apo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    apo const loss{{.anchor = apo_anchor::down, .likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return logistic(0.1L * p.c(of)) + 1.0L - logistic(0.1L * p.margin(of));
    });
  }
}

TEST_CASE("zero lifts the chosen action, down sinks it, and both sink the rejected one", "[apo]") {
  scored_pair const pair{-3.0, -3.0, -3.0, -3.0, 1.0, 1.0};
  CHECK(apo{{.beta = 1.0}}.slopes(pair) == pair_slopes{-0.25, 0.25});
  scored_pair const told_apart{-3.0, -5.0, -3.0, -3.0, 1.0, 1.0};
  pair_slopes const down = apo{{.beta = 1.0, .anchor = apo_anchor::down}}.slopes(told_apart);
  CHECK(down.chosen > 0.0);
  CHECK(down.rejected > 0.0);
}

TEST_CASE("both anchors keep their digits in the tails", "[apo]") {
  scored_pair const won{-1.0, -1000.0, -900.0, -2.0, 1.0, 1.0};
  double const c = 89.9;
  double const d = -99.8;
  CHECK(apo{}.value(won) == Approx(std::exp(-c) + std::exp(d)).epsilon(1e-12));
  CHECK(apo{{.anchor = apo_anchor::down}}.value(won) == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("apo lists its options and refuses nonsense", "[apo][fault]") {
  CHECK(names_of_options(apo{}) == std::vector<std::string>{"beta", "anchor", "likelihood"});
  CHECK_THROWS_AS((apo{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((apo{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((apo{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((apo{{.beta = NAN}}), std::invalid_argument);
}
