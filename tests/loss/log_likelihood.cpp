// SPDX-License-Identifier: MIT
#include <joust/loss/log_likelihood.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;

}  // namespace

TEST_CASE("the likelihoods have names", "[log_likelihood]") {
  CHECK(names_of(log_likelihood::sum)[static_cast<std::size_t>(log_likelihood::sum)] == "sum");
  CHECK(names_of(log_likelihood::sum)[static_cast<std::size_t>(log_likelihood::mean)] == "mean");
}

TEST_CASE("by the mean a loss sees average parts, whatever their number", "[log_likelihood]") {
  // Parts of log-ratio 0.5 each in the chosen action, -0.25 each in the rejected one.
  joust::dpo const mean{{.beta = 1.0, .likelihood = log_likelihood::mean}};
  joust::dpo const sum{{.beta = 1.0}};
  for (double const chosen : {1.0, 4.0}) {
    for (double const rejected : {1.0, 8.0}) {
      scored_pair const pair{-1.0 * chosen,    -1.0 * rejected, -1.5 * chosen,
                             -0.75 * rejected, chosen,          rejected};
      CHECK(mean.value(pair) == mean.value(0.75));
      CHECK(mean.slopes(pair) == pair_slopes{mean.slope(0.75) / chosen, -mean.slope(0.75) / rejected});
      CHECK(sum.value(pair) == sum.value(0.5 * chosen + 0.25 * rejected));
    }
  }
}
