// SPDX-License-Identifier: MIT
#include <joust/loss/nca.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::nca;

}  // namespace

TEST_CASE("nca is the formula of its source", "[nca]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    nca const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const c = 0.1L * p.c(of);
      wide const d = 0.1L * p.d(of);
      return -log_logistic(c) - 0.5L * log_logistic(-c) - 0.5L * log_logistic(-d);
    });
  }
}

TEST_CASE("nca keeps the laws of a loss of pairs", "[nca][laws]") {
  check_pair_loss(nca{{.likelihood = log_likelihood::sum}});
  check_pair_loss(nca{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(nca{{.likelihood = log_likelihood::sum}},
                              nca{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("nca lifts the chosen action to even odds of its own", "[nca]") {
  // Least in c where sigmoid(-c) = sigmoid(c) / 2, at c = log 2, whatever the rejected action does.
  nca const loss{{.beta = 0.5}};
  double const best = std::log(2.0) / 0.5;
  for (double const rejected : {-9.0, -2.0}) {
    CHECK(loss.slopes({-5.0 + best, rejected, -5.0, -4.0, 1.0, 1.0}).chosen == Approx(0.0).margin(1e-15));
  }
  CHECK(loss.value({-5.0, -4.0, -5.0, -4.0, 1.0, 1.0}) == Approx(2.0 * std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("nca lists its options and refuses nonsense", "[nca][fault]") {
  CHECK(names_of_options(nca{}) == std::vector<std::string>{"beta", "likelihood"});
  CHECK_THROWS_AS((nca{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((nca{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((nca{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((nca{{.beta = NAN}}), std::invalid_argument);
}
