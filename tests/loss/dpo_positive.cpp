// SPDX-License-Identifier: MIT
#include <joust/loss/dpo_positive.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::dpo_positive;

}  // namespace

TEST_CASE("dpo_positive is the formula of its source", "[dpo_positive]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    dpo_positive const loss{{.penalty = 3.0, .likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return -log_logistic(0.1L * (p.margin(of) - 3.0L * std::fmax(0.0L, -p.c(of))));
    });
  }
}

TEST_CASE("dpo_positive keeps the laws of a loss of pairs", "[dpo_positive][laws]") {
  check_pair_loss(dpo_positive{{.likelihood = log_likelihood::sum}});
  check_pair_loss(dpo_positive{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(dpo_positive{{.likelihood = log_likelihood::sum}},
                              dpo_positive{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("a shortfall of the chosen action is charged on top of the margin", "[dpo_positive]") {
  dpo_positive const loss{{.beta = 0.5, .penalty = 10.0}};
  joust::dpo const plain{{.beta = 0.5}};
  scored_pair const risen{-1.0, -4.0, -2.0, -3.0, 1.0, 1.0};  // log-ratios 1 and -1
  CHECK(loss.value(risen) == plain.value(2.0));
  CHECK(loss.slopes(risen) == plain.slopes(risen));
  scored_pair const fallen{-2.0, -6.0, -1.0, -3.0, 1.0, 1.0};  // log-ratios -1 and -3: the margin is 2 again
  CHECK(loss.value(fallen) == plain.value(2.0 - 10.0));
  CHECK(loss.slopes(fallen) == pair_slopes{11.0 * plain.slope(-8.0), -plain.slope(-8.0)});
}

TEST_CASE("dpo_positive lists its options and refuses nonsense", "[dpo_positive][fault]") {
  CHECK(names_of_options(dpo_positive{}) == std::vector<std::string>{"beta", "penalty", "likelihood"});
  CHECK_THROWS_AS((dpo_positive{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.beta = NAN}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.penalty = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.penalty = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo_positive{{.penalty = NAN}}), std::invalid_argument);
}
