// SPDX-License-Identifier: MIT
#include <joust/loss/slic.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::slic;

}  // namespace

TEST_CASE("slic is the formula of its source", "[slic]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    slic const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      return std::fmax(0.0L, 1.0L - 0.2L * m);
    });
  }
}

TEST_CASE("slic keeps the laws of a loss of margins and of pairs", "[slic][laws]") {
  check_margin_loss(slic{{.likelihood = log_likelihood::sum}});
  check_margin_loss(slic{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(slic{{.likelihood = log_likelihood::sum}},
                              slic{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("slic has the values of the reference table", "[slic][known]") {
  {
    slic const loss{{.beta = 0.1}};
    CHECK(loss.value(-2.0) == Approx(1.2).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(1.0).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.9).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0.5).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(0).margin(5e-7));
  }
  {
    slic const loss{{.beta = 0.2}};
    CHECK(loss.value(-2.0) == Approx(1.4).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(1.0).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(0.8).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(0).margin(5e-7));
  }
}

TEST_CASE("slic pulls evenly until the margin is wide enough", "[slic]") {
  slic const loss{{.beta = 0.5}};
  CHECK(loss.slope(-1e4) == -0.5);
  CHECK(loss.slope(1.999) == -0.5);
  CHECK(loss.slope(2.0) == 0.0);
  CHECK(loss.value(2.0) == 0.0);
  CHECK(loss.value(1e4) == 0.0);
}

TEST_CASE("slic lists its options and refuses nonsense", "[slic][fault]") {
  CHECK(names_of_options(slic{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "likelihood"});
  CHECK_THROWS_AS((slic{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((slic{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((slic{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((slic{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
