// SPDX-License-Identifier: MIT
#include <joust/loss/robust_dpo.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::robust_dpo;

}  // namespace

TEST_CASE("robust_dpo is the formula of its source", "[robust_dpo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    robust_dpo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      return (-0.9L * log_logistic(0.1L * m) + 0.1L * log_logistic(-0.1L * m)) / 0.8L;
    });
  }
}

TEST_CASE("robust_dpo keeps the laws of a loss of margins and of pairs", "[robust_dpo][laws]") {
  check_margin_loss(robust_dpo{{.likelihood = log_likelihood::sum}});
  check_margin_loss(robust_dpo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(robust_dpo{{.likelihood = log_likelihood::sum}},
                              robust_dpo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("robust_dpo has the values of the reference table", "[robust_dpo][known]") {
  {
    robust_dpo const loss{{.beta = 0.1, .flipped = 0.1}};
    CHECK(loss.value(-2.0) == Approx(0.823139).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(0.693147).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.631897).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0.411577).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(-0.123072).margin(5e-7));
  }
}

TEST_CASE("of a flipped label robust_dpo expects what dpo has of the true one", "[robust_dpo]") {
  for (double const e : {0.05, 0.2, 0.45}) {
    robust_dpo const robust{{.beta = 0.3, .flipped = e}};
    joust::dpo const plain{{.beta = 0.3}};
    for (double const m : {-40.0, -3.0, 0.0, 1.0, 25.0}) {
      // The true label says chosen over rejected; with probability e the loss sees the pair exchanged.
      double const seen = (1.0 - e) * robust.value(m) + e * robust.value(-m);
      CHECK(seen == Approx(plain.value(m)).epsilon(1e-11).margin(1e-12));
      double const slope = (1.0 - e) * robust.slope(m) - e * robust.slope(-m);
      CHECK(slope == Approx(plain.slope(m)).epsilon(1e-10).margin(1e-12));
    }
  }
}

TEST_CASE("of flipped Bradley-Terry answers robust_dpo finds the margin of the unflipped ones",
          "[robust_dpo]") {
  for (double const p : {0.2, 0.5, 0.85}) {
    double const flipped = p * 0.9 + (1.0 - p) * 0.1;
    CHECK(best_margin(robust_dpo{{.beta = 0.1, .flipped = 0.1}}, flipped) ==
          Approx(logit(p) / 0.1).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("robust_dpo lists its options and refuses nonsense", "[robust_dpo][fault]") {
  CHECK(names_of_options(robust_dpo{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "flipped", "likelihood"});
  CHECK_THROWS_AS((robust_dpo{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.flipped = -0.1, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.flipped = 0.5, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((robust_dpo{{.flipped = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
