// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/known_preference.hpp>
#include <joust/oracle/bradley_terry.hpp>
#include <joust/oracle/davidson_ties.hpp>
#include <joust/oracle/linear_link.hpp>
#include <joust/oracle/noisy.hpp>
#include <joust/oracle/thurstone.hpp>

#include "../core/archetypes.hpp"

using joust::no_context;
using joust::stream;
namespace laws = joust::laws;

namespace {

std::vector<double> const utilities{1.0, 0.0, -0.5, 40.0};

struct model {
  double stated_gain = 0.0;   // of the first, in what probability says
  double played_scale = 1.0;  // of the advantage, in what compare does
  double self = 0.5;
  double excess = 0.0;
  bool soft = false;
  bool failing = false;

  double probability(no_context, double a, double b) const {
    if (failing) throw std::runtime_error{"unknown"};
    return a == b ? self : joust::sigmoid(a - b + stated_gain) + (a > b ? excess : -excess);
  }
  double compare(no_context, double a, double b, stream& g) {
    double const p = joust::sigmoid(played_scale * (a - b));
    return soft ? p : joust::draw_bernoulli(p, g);
  }
};

laws::law_report report_on(model oracle, stream random = stream{1}) {
  return laws::known_preference(oracle, no_context{}, utilities, random);
}

}  // namespace

TEST_CASE("correct simulators keep the laws", "[laws][known_preference]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) CHECK_KEEPS_LAWS(report_on({}, stream{seed}));
  CHECK_KEEPS_LAWS(report_on({.soft = true}));
}

TEST_CASE("planted faults of simulators are found", "[laws][known_preference]") {
  CHECK_BREAKS("is the expectation of compare", report_on({.played_scale = 0.7}));
  CHECK_BREAKS("is the expectation of compare", report_on({.played_scale = -1.0}));
  CHECK_BREAKS("is the expectation of compare", report_on({.played_scale = 0.7, .soft = true}));
  CHECK_BREAKS("+ probability(x, b, a) is 1", report_on({.stated_gain = 0.01}));
  CHECK_BREAKS("probability(x, a, a) is 1/2", report_on({.self = 1.0}));
  CHECK_BREAKS("lies in [0, 1]", report_on({.excess = 0.5}));
  CHECK_BREAKS("valid arguments are accepted", report_on({.failing = true}));
}

TEST_CASE("the laws of an oracle are included", "[laws][known_preference]") {
  struct shouting : model {
    double compare(no_context x, double a, double b, stream& g) { return 3.0 * model::compare(x, a, b, g); }
  } oracle;
  CHECK_BREAKS("preference_oracle, the outcome lies in [0, 1]",
               laws::known_preference(oracle, no_context{}, utilities, stream{1}));
}

TEST_CASE("every simulated oracle of the library keeps the laws", "[laws][known_preference]") {
  stream const random{7};
  auto const utility = [](double action) { return 0.8 * action; };
  std::vector<double> const actions{0.0, 0.3, 1.0};
  joust::no_context const x{};
  joust::bradley_terry logistic{utility};
  CHECK_KEEPS_LAWS(laws::known_preference(logistic, x, actions, random));
  joust::thurstone probit{utility};
  CHECK_KEEPS_LAWS(laws::known_preference(probit, x, actions, random));
  joust::linear_link linear{utility};
  CHECK_KEEPS_LAWS(laws::known_preference(linear, x, actions, random));
  joust::noisy flipped{logistic, 0.2};
  CHECK_KEEPS_LAWS(laws::known_preference(flipped, x, actions, random));
  joust::davidson_ties tied{utility, 0.5};
  CHECK_KEEPS_LAWS(laws::known_preference(tied, x, actions, random));
}
