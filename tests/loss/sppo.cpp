// SPDX-License-Identifier: MIT
#include <joust/loss/sppo.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::sppo;

}  // namespace

TEST_CASE("sppo is the formula of its source", "[sppo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    sppo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return (p.c(of) - 5.0L) * (p.c(of) - 5.0L) + (p.d(of) + 5.0L) * (p.d(of) + 5.0L);
    });
  }
}

TEST_CASE("sppo keeps the laws of a loss of pairs", "[sppo][laws]") {
  check_pair_loss(sppo{{.likelihood = log_likelihood::sum}});
  check_pair_loss(sppo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(sppo{{.likelihood = log_likelihood::sum}},
                              sppo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("sppo draws each action to its own target", "[sppo]") {
  sppo const loss{{.beta = 0.25}};
  scored_pair const best{-1.0, -6.0, -3.0, -4.0, 1.0, 1.0};  // log-ratios 2 and -2
  CHECK(loss.value(best) == 0.0);
  CHECK(loss.slopes(best) == pair_slopes{0.0, 0.0});
}

TEST_CASE("under answers of probability p the best log-ratios of sppo are +-(2 p - 1) / (2 beta)", "[sppo]") {
  sppo const loss{{.beta = 0.25}};
  for (double const p : {0.1, 0.5, 0.8}) {
    double const best = root(
        [&](double c) {
          scored_pair const pair{c, -c, 0.0, 0.0, 1.0, 1.0};
          return p * loss.slopes(pair).chosen + (1.0 - p) * loss.slopes(pair.swapped()).rejected;
        },
        -50.0, 50.0);
    CHECK(best == Approx((2.0 * p - 1.0) / 0.5).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("sppo lists its options and refuses nonsense", "[sppo][fault]") {
  CHECK(names_of_options(sppo{}) == std::vector<std::string>{"beta", "likelihood"});
  CHECK_THROWS_AS((sppo{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((sppo{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((sppo{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((sppo{{.beta = NAN}}), std::invalid_argument);
  CHECK_THROWS_AS((sppo{{.beta = 1e-320}}), std::invalid_argument);
}
