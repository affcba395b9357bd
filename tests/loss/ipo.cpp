// SPDX-License-Identifier: MIT
#include <joust/loss/ipo.hpp>

#include "loss_checks.hpp"

#include <type_traits>

namespace {

using namespace joust_test;
using joust::ipo;

}  // namespace

TEST_CASE("ipo is the formula of its source", "[ipo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    ipo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      return (m - 5.0L) * (m - 5.0L);
    });
  }
}

TEST_CASE("ipo keeps the laws of a loss of margins and of pairs", "[ipo][laws]") {
  check_margin_loss(ipo{{.likelihood = log_likelihood::sum}});
  check_margin_loss(ipo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(ipo{{.likelihood = log_likelihood::sum}},
                              ipo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("ipo has the values of the reference table", "[ipo][known]") {
  {
    ipo const loss{{.beta = 0.1, .likelihood = log_likelihood::sum}};
    CHECK(loss.value(-2.0) == Approx(49).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(25).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(16).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(0).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(225).margin(5e-7));
  }
  {
    ipo const loss{{.beta = 0.2, .likelihood = log_likelihood::mean}};
    CHECK(loss.value(-2.0) == Approx(20.25).margin(5e-7));
    CHECK(loss.value(0.0) == Approx(6.25).margin(5e-7));
    CHECK(loss.value(1.0) == Approx(2.25).margin(5e-7));
    CHECK(loss.value(5.0) == Approx(6.25).margin(5e-7));
    CHECK(loss.value(20.0) == Approx(306.25).margin(5e-7));
  }
}

TEST_CASE("under answers of probability p the best margin of ipo is (2 p - 1) / (2 beta)", "[ipo]") {
  for (double const p : {0.1, 0.5, 0.8, 1.0}) {
    CHECK(best_margin(ipo{{.beta = 0.25, .likelihood = log_likelihood::sum}}, p) ==
          Approx((2.0 * p - 1.0) / 0.5).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("ipo has to be told its likelihood", "[ipo]") {
  static_assert(!std::is_convertible_v<int, joust::detail::stated_likelihood>);
  joust::ipo_options const options{.beta = 0.5, .likelihood = log_likelihood::mean};
  CHECK(options.likelihood == log_likelihood::mean);
  CHECK(ipo{options}.likelihood() == log_likelihood::mean);
}

TEST_CASE("ipo lists its options and refuses nonsense", "[ipo][fault]") {
  CHECK(names_of_options(ipo{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "likelihood"});
  CHECK_THROWS_AS((ipo{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((ipo{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((ipo{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((ipo{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((ipo{{.beta = 1e-320, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
