// SPDX-License-Identifier: MIT
#include <joust/loss/conservative_dpo.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::conservative_dpo;

}  // namespace

TEST_CASE("conservative_dpo is the formula of its source", "[conservative_dpo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    conservative_dpo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      return -0.9L * log_logistic(0.1L * m) - 0.1L * log_logistic(-0.1L * m);
    });
  }
}

TEST_CASE("conservative_dpo keeps the laws of a loss of margins and of pairs", "[conservative_dpo][laws]") {
  check_margin_loss(conservative_dpo{{.likelihood = log_likelihood::sum}});
  check_margin_loss(conservative_dpo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(conservative_dpo{{.likelihood = log_likelihood::sum}},
                              conservative_dpo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("conservative_dpo has the values of the reference table", "[conservative_dpo][known]") {
  {
    conservative_dpo const loss{{.beta = 0.1, .smoothing = 0.1}};
    CHECK(loss.value(-2.0) == Approx(0.778139).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(0.693147).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.654397).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0.524077).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(0.326928).margin(5e-7));
  }
}

TEST_CASE("an answer draws conservative_dpo to the margin at which it is as sure as it may be",
          "[conservative_dpo]") {
  conservative_dpo const loss{{.beta = 0.2, .smoothing = 0.15}};
  CHECK(best_margin(loss, 1.0) == Approx(logit(0.85) / 0.2).epsilon(1e-9));
  CHECK(loss.slope(logit(0.85) / 0.2) == Approx(0.0).margin(1e-15));
}

TEST_CASE("the best margin of conservative_dpo is that of smoothed answers", "[conservative_dpo]") {
  for (double const p : {0.1, 0.5, 0.7, 0.95}) {
    double const smoothed = p * 0.8 + (1.0 - p) * 0.2;
    CHECK(best_margin(conservative_dpo{{.beta = 0.1, .smoothing = 0.2}}, p) ==
          Approx(logit(smoothed) / 0.1).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("conservative_dpo without smoothing is dpo", "[conservative_dpo]") {
  for (double const m : {-1e4, -30.0, 0.0, 2.0, 1e4}) {
    CHECK(conservative_dpo{{.smoothing = 0.0}}.value(m) == joust::dpo{}.value(m));
    CHECK(conservative_dpo{{.smoothing = 0.0}}.slope(m) == joust::dpo{}.slope(m));
  }
}

TEST_CASE("conservative_dpo lists its options and refuses nonsense", "[conservative_dpo][fault]") {
  CHECK(names_of_options(conservative_dpo{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "smoothing", "likelihood"});
  CHECK_THROWS_AS((conservative_dpo{{.beta = 0.0, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.beta = -1.0, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.beta = INFINITY, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.beta = NAN, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.smoothing = -0.1, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.smoothing = 0.5, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((conservative_dpo{{.smoothing = NAN, .likelihood = log_likelihood::sum}}),
                  std::invalid_argument);
}
