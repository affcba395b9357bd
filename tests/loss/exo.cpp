// SPDX-License-Identifier: MIT
#include <joust/loss/exo.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::exo;

}  // namespace

TEST_CASE("exo is the formula of its source", "[exo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    exo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      wide const p1 = logistic(0.1L * m);
      return p1 * std::log(p1 / 0.999L) + (1.0L - p1) * std::log((1.0L - p1) / 0.001L);
    });
  }
}

TEST_CASE("exo keeps the laws of a loss of margins and of pairs", "[exo][laws]") {
  check_margin_loss(exo{{.likelihood = log_likelihood::sum}});
  check_margin_loss(exo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(exo{{.likelihood = log_likelihood::sum}},
                              exo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("exo is least, and zero, where it is as sure as the label", "[exo]") {
  exo const loss{{.beta = 0.2, .smoothing = 0.1}};
  double const best = logit(0.9) / 0.2;
  CHECK(loss.value(best) == Approx(0.0).margin(1e-15));
  CHECK(loss.slope(best) == Approx(0.0).margin(1e-15));
  CHECK(loss.value(0.0) == Approx(std::log(0.5) - 0.5 * std::log(0.9 * 0.1)).epsilon(1e-14));
  // With no doubt left, the divergence is that of a certain coin.
  CHECK(loss.value(1e4) == Approx(-std::log(0.9)).epsilon(1e-14));
  CHECK(loss.value(-1e4) == Approx(-std::log(0.1)).epsilon(1e-14));
}

TEST_CASE("under answers of probability q the best margin of exo is (2 q - 1) logit(1 - e) / beta", "[exo]") {
  exo const loss{{.beta = 0.2, .smoothing = 0.05}};
  for (double const q : {0.1, 0.5, 0.8, 1.0}) {
    CHECK(best_margin(loss, q, -40.0, 40.0) ==
          Approx((2.0 * q - 1.0) * logit(0.95) / 0.2).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("exo lists its options and refuses nonsense", "[exo][fault]") {
  CHECK(names_of_options(exo{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "smoothing", "likelihood"});
  CHECK_THROWS_AS((exo{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.smoothing = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.smoothing = 0.5, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((exo{{.smoothing = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
