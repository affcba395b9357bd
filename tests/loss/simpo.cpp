// SPDX-License-Identifier: MIT
#include <joust/loss/simpo.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::simpo;

}  // namespace

TEST_CASE("simpo is the formula of its source", "[simpo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    simpo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const w = of == log_likelihood::mean ? p.chosen / p.chosen_length : p.chosen;
      wide const l = of == log_likelihood::mean ? p.rejected / p.rejected_length : p.rejected;
      return -log_logistic(2.0L * (w - l - 0.5L));
    });
  }
}

TEST_CASE("simpo keeps the laws of a loss of pairs", "[simpo][laws]") {
  check_pair_loss(simpo{{.likelihood = log_likelihood::sum}});
  check_pair_loss(simpo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(simpo{{.likelihood = log_likelihood::sum}},
                              simpo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("simpo has the values of the reference table, by the mean and without reference",
          "[simpo][known]") {
  simpo const loss;
  CHECK(loss.options().likelihood == log_likelihood::mean);
  // Mean log-probabilities -1 and -1, -1 and -1.5, -1 and -2; the references are there to be ignored.
  CHECK(loss.value({-4.0, -2.0, -9.0, -1.0, 4.0, 2.0}) == Approx(1.313262).margin(5e-7));
  CHECK(loss.value({-4.0, -3.0, -9.0, -1.0, 4.0, 2.0}) == Approx(0.693147).margin(5e-7));
  CHECK(loss.value({-4.0, -4.0, -9.0, -1.0, 4.0, 2.0}) == Approx(0.313262).margin(5e-7));
  CHECK(loss.slopes({-4.0, -3.0, 0.0, 0.0, 4.0, 2.0}) == pair_slopes{-0.25, 0.5});
}

TEST_CASE("simpo lists its options and refuses nonsense", "[simpo][fault]") {
  CHECK(names_of_options(simpo{}) == std::vector<std::string>{"beta", "lead", "likelihood"});
  CHECK_THROWS_AS((simpo{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.beta = NAN}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.lead = -0.5}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.lead = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((simpo{{.lead = NAN}}), std::invalid_argument);
}
