// SPDX-License-Identifier: MIT
#include <joust/loss/clipped.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/smoothed.hpp>

namespace {

using namespace joust_test;
using joust::clipped;
using joust::dpo;

}  // namespace

TEST_CASE("within the limit a clipped loss is the loss, beyond it stands still", "[clipped]") {
  dpo const plain{{.beta = 0.5}};
  clipped const loss{plain, {.limit = 6.0}};
  for (double const m : {-6.0, -2.0, 0.0, 5.9, 6.0}) {
    CHECK(loss.value(m) == plain.value(m));
    CHECK(loss.slope(m) == plain.slope(m));
  }
  for (double const m : {6.1, 100.0, 1e4}) {
    CHECK(loss.value(m) == plain.value(6.0));
    CHECK(loss.value(-m) == plain.value(-6.0));
    CHECK(loss.slope(m) == 0.0);
    CHECK(loss.slope(-m) == 0.0);
  }
}

TEST_CASE("a clipped loss keeps the laws", "[clipped][laws]") {
  check_margin_loss(clipped{dpo{}, {.limit = 7.3}});
  check_margin_loss(clipped{joust::ipo{{.likelihood = log_likelihood::mean}}, {.limit = 3.0}});
  check_margin_loss(clipped{joust::smoothed{dpo{}}});
}

TEST_CASE("clipped lists its options and refuses nonsense", "[clipped][fault]") {
  CHECK(names_of_options(clipped{dpo{}}) == std::vector<std::string>{"loss", "limit"});
  CHECK_THROWS_AS((clipped{dpo{}, {.limit = 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS((clipped{dpo{}, {.limit = INFINITY}}), std::invalid_argument);
  CHECK_THROWS_AS((clipped{dpo{}, {.limit = NAN}}), std::invalid_argument);
  CHECK(clipped{dpo{}} == clipped{dpo{}});
  CHECK_FALSE(clipped{dpo{}} == clipped{dpo{}, {.limit = 3.0}});
}
