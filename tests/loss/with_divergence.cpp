// SPDX-License-Identifier: MIT
#include <joust/loss/with_divergence.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/slic.hpp>

namespace {

using namespace joust_test;
using joust::divergence;
using joust::dpo;
using joust::with_divergence;

}  // namespace

TEST_CASE("with the reverse divergence every loss is as it was", "[with_divergence]") {
  for (scored_pair const& p : random_pairs(30, 21)) {
    for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
      dpo const plain{{.likelihood = of}};
      CHECK(with_divergence{plain}.value(p) == plain.value(p));
      CHECK(with_divergence{plain}.slopes(p) == plain.slopes(p));
    }
  }
}

TEST_CASE("f-DPO is the formula of its source for each divergence", "[with_divergence]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    dpo const plain{{.likelihood = of}};
    // -log sigmoid(beta f'(t_chosen) - beta f'(t_rejected)) with t = pi / pi_ref, f' as in the paper's table.
    check_textbook(
        with_divergence{plain, {.kind = divergence::forward_kl}},
        [of](wide_pair const& p) {
          return -log_logistic(-0.1L / std::exp(p.c(of)) + 0.1L / std::exp(p.d(of)));
        },
        4.0);
    check_textbook(
        with_divergence{plain, {.kind = divergence::jensen_shannon}},
        [of](wide_pair const& p) {
          auto const slope = [](wide t) { return std::log(2.0L * t / (1.0L + t)); };
          return -log_logistic(0.1L * slope(std::exp(p.c(of))) - 0.1L * slope(std::exp(p.d(of))));
        },
        4.0);
    check_textbook(
        with_divergence{plain, {.kind = divergence::alpha, .alpha = 0.3}},
        [of](wide_pair const& p) {
          auto const slope = [](wide t) { return (1.0L - std::pow(t, -0.3L)) / 0.3L; };
          return -log_logistic(0.1L * slope(std::exp(p.c(of))) - 0.1L * slope(std::exp(p.d(of))));
        },
        4.0);
  }
}

TEST_CASE("losses keep the laws with every divergence", "[with_divergence][laws]") {
  for (auto const kind : {divergence::forward_kl, divergence::jensen_shannon, divergence::alpha}) {
    check_pair_loss(with_divergence{dpo{}, {.kind = kind}});
    check_pair_loss(with_divergence{joust::slic{}, {.kind = kind}});
    check_pair_loss(with_divergence{joust::ipo{{.likelihood = log_likelihood::mean}}, {.kind = kind}});
  }
}

TEST_CASE("with_divergence lists its options and refuses nonsense", "[with_divergence][fault]") {
  CHECK(names_of_options(with_divergence{dpo{}}) == std::vector<std::string>{"loss", "divergence", "alpha"});
  CHECK_THROWS_AS((with_divergence{dpo{}, {.alpha = 2.0}}), std::invalid_argument);
  CHECK(with_divergence{dpo{}} == with_divergence{dpo{}});
  CHECK_FALSE(with_divergence{dpo{}} == with_divergence{dpo{}, {.kind = divergence::alpha}});
}
