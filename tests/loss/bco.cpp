// SPDX-License-Identifier: MIT
#include <joust/loss/bco.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::bco;

}  // namespace

TEST_CASE("bco is the formula of its source", "[bco]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    bco const loss{{.shift = 0.3, .likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return -log_logistic(0.1L * p.c(of) - 0.3L) - log_logistic(0.3L - 0.1L * p.d(of));
    });
  }
}

TEST_CASE("bco keeps the laws of a loss of pairs", "[bco][laws]") {
  check_pair_loss(bco{{.likelihood = log_likelihood::sum}});
  check_pair_loss(bco{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(bco{{.likelihood = log_likelihood::sum}},
                              bco{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("bco has its border at the shift", "[bco]") {
  bco const loss{{.beta = 0.5, .shift = 1.0}};
  // Both actions' rewards are 1: each is classified by a fair coin.
  scored_pair const border{-3.0, -2.0, -5.0, -4.0, 1.0, 1.0};
  CHECK(loss.value(border) == Approx(2.0 * std::log(2.0)).epsilon(1e-15));
  CHECK(loss.slopes(border) == pair_slopes{-0.25, 0.25});
}

TEST_CASE("bco lists its options and refuses nonsense", "[bco][fault]") {
  CHECK(names_of_options(bco{}) == std::vector<std::string>{"beta", "shift", "likelihood"});
  CHECK_THROWS_AS((bco{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((bco{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((bco{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((bco{{.beta = NAN}}), std::invalid_argument);
  CHECK_THROWS_AS((bco{{.shift = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((bco{{.shift = NAN}}), std::invalid_argument);
}
