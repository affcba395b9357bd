// SPDX-License-Identifier: MIT
#include <joust/loss/length_regularised_dpo.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::length_regularised_dpo;

}  // namespace

TEST_CASE("length_regularised_dpo is the formula of its source", "[length_regularised_dpo]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    length_regularised_dpo const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      return -log_logistic(0.1L * p.margin(of) + 0.01L * (p.chosen_length - p.rejected_length));
    });
  }
}

TEST_CASE("length_regularised_dpo keeps the laws of a loss of pairs", "[length_regularised_dpo][laws]") {
  check_pair_loss(length_regularised_dpo{{.likelihood = log_likelihood::sum}});
  check_pair_loss(length_regularised_dpo{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(length_regularised_dpo{{.likelihood = log_likelihood::sum}},
                              length_regularised_dpo{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("a longer chosen action pulls less than a shorter one, at the same margin",
          "[length_regularised_dpo]") {
  length_regularised_dpo const loss{{.per_part = 0.05}};
  scored_pair const longer{-2.0, -3.0, -2.0, -3.0, 30.0, 10.0};
  scored_pair const shorter{-2.0, -3.0, -2.0, -3.0, 10.0, 30.0};
  CHECK(loss.value(longer) == Approx(std::log1p(std::exp(-1.0))).epsilon(1e-14));
  CHECK(loss.value(shorter) == Approx(std::log1p(std::exp(1.0))).epsilon(1e-14));
  CHECK(std::fabs(loss.slopes(longer).chosen) < std::fabs(loss.slopes(shorter).chosen));
}

TEST_CASE("length_regularised_dpo without a discount is dpo", "[length_regularised_dpo]") {
  for (scored_pair const& p : random_pairs(20, 9)) {
    CHECK(length_regularised_dpo{{.per_part = 0.0}}.value(p) == joust::dpo{}.value(p));
    CHECK(length_regularised_dpo{{.per_part = 0.0}}.slopes(p) == joust::dpo{}.slopes(p));
  }
}

TEST_CASE("length_regularised_dpo lists its options and refuses nonsense",
          "[length_regularised_dpo][fault]") {
  CHECK(names_of_options(length_regularised_dpo{}) ==
        std::vector<std::string>{"beta", "per_part", "likelihood"});
  CHECK_THROWS_AS((length_regularised_dpo{{.beta = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((length_regularised_dpo{{.beta = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((length_regularised_dpo{{.beta = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((length_regularised_dpo{{.beta = NAN}}), std::invalid_argument);
  CHECK_THROWS_AS((length_regularised_dpo{{.per_part = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((length_regularised_dpo{{.per_part = NAN}}), std::invalid_argument);
}
