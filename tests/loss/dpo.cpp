// SPDX-License-Identifier: MIT
#include <joust/loss/dpo.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::dpo;

}  // namespace

TEST_CASE("dpo is the formula of its source", "[dpo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    dpo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      return -log_logistic(0.1L * m);
    });
  }
}

TEST_CASE("dpo keeps the laws of a loss of margins and of pairs", "[dpo][laws]") {
  check_margin_loss(dpo{{.likelihood = log_likelihood::sum}});
  check_margin_loss(dpo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(dpo{{.likelihood = log_likelihood::sum}},
                              dpo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("dpo has the values of the reference table", "[dpo][known]") {
  {
    dpo const loss{{.beta = 0.1}};
    CHECK(loss.value(-2.0) == Approx(0.798139).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(0.693147).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.644397).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0.474077).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(0.126928).margin(5e-7));
  }
  {
    dpo const loss{{.beta = 0.2}};
    CHECK(loss.value(-2.0) == Approx(0.913015).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(0.693147).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.598139).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0.313262).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(0.01815).margin(5e-7));
  }
}

TEST_CASE("the slope of dpo is -beta/2 at zero, and goes from -beta to zero", "[dpo]") {
  dpo const loss{{.beta = 0.3}};
  CHECK(loss.slope(0.0) == -0.15);
  CHECK(loss.slope(-1e4) == -0.3);
  CHECK(loss.slope(1e4) == 0.0);
  CHECK(loss.slope(1e3) == Approx(-0.3 * std::exp(-300.0)).epsilon(1e-12));
  CHECK(loss.value(-1e4) == 3000.0);
  CHECK(loss.value(1e3) == Approx(std::exp(-300.0)).epsilon(1e-12));
}

TEST_CASE("under Bradley-Terry answers the best margin of dpo is the reward over beta", "[dpo]") {
  for (double const beta : {0.1, 0.5}) {
    for (double const p : {0.05, 0.3, 0.5, 0.9}) {
      CHECK(best_margin(dpo{{.beta = beta}}, p) == Approx(logit(p) / beta).epsilon(1e-9).margin(1e-9));
    }
  }
}

TEST_CASE("dpo lists its options and refuses nonsense", "[dpo][fault]") {
  CHECK(names_of_options(dpo{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "likelihood"});
  CHECK_THROWS_AS((dpo{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((dpo{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
