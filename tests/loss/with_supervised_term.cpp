// SPDX-License-Identifier: MIT
#include <joust/loss/with_supervised_term.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>
#include <joust/loss/simpo.hpp>

namespace {

using namespace joust_test;
using joust::dpo;
using joust::with_supervised_term;

}  // namespace

TEST_CASE("imitation adds the mean negative log-probability of the chosen action", "[with_supervised_term]") {
  check_textbook(with_supervised_term{dpo{}, {.weight = 0.7}}, [](wide_pair const& p) {
    return -log_logistic(0.1L * p.margin(log_likelihood::sum)) - 0.7L * p.chosen / p.chosen_length;
  });
}

TEST_CASE("losses keep the laws with imitation", "[with_supervised_term][laws]") {
  check_pair_loss(with_supervised_term{dpo{}});
  check_pair_loss(with_supervised_term{joust::simpo{}, {.weight = 0.2}});
}

TEST_CASE("a weight of zero changes nothing", "[with_supervised_term]") {
  with_supervised_term const loss{dpo{}, {.weight = 0.0}};
  for (scored_pair const& p : random_pairs(20, 1)) {
    CHECK(loss.value(p) == dpo{}.value(p));
    CHECK(loss.slopes(p) == dpo{}.slopes(p));
  }
}

TEST_CASE("with_supervised_term lists its options and refuses nonsense", "[with_supervised_term][fault]") {
  CHECK(names_of_options(with_supervised_term{dpo{}}) ==
        std::vector<std::string>{"loss", "supervised_weight"});
  CHECK_THROWS_AS((with_supervised_term{dpo{}, {.weight = -1.0}}), std::invalid_argument);
  CHECK_THROWS_AS((with_supervised_term{dpo{}, {.weight = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((with_supervised_term{dpo{}, {.weight = NAN}}), std::invalid_argument);
  CHECK_FALSE(with_supervised_term{dpo{}} == with_supervised_term{dpo{}, {.weight = 0.5}});
}
