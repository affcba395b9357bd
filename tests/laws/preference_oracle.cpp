// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/preference_oracle.hpp>

#include "../core/archetypes.hpp"

using joust::no_context;
using joust::stream;
namespace laws = joust::laws;

namespace {

std::array<double, 3> const utilities{1.0, 0.0, -0.5};

// compare is a function object of (a, b, stream).
template <class Compare>
struct oracle {
  Compare answer;
  double compare(no_context, double a, double b, stream& g) { return answer(a, b, g); }
};
template <class Compare>
oracle(Compare) -> oracle<Compare>;

double bradley_terry(double a, double b, stream& g) {
  return joust::draw_bernoulli(joust::sigmoid(a - b), g);
}

template <class Compare>
laws::law_report report_on(Compare compare, laws::preference_oracle_options options = {},
                           stream random = stream{1}) {
  oracle model{compare};
  return laws::preference_oracle(model, no_context{}, utilities, random, options);
}

}  // namespace

TEST_CASE("correct oracles keep the laws", "[laws][preference_oracle]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    CHECK_KEEPS_LAWS(report_on(bradley_terry, {}, stream{seed}));
  // Ties, soft judgements, and one that depends on no chance at all.
  CHECK_KEEPS_LAWS(report_on([](double a, double b, stream& g) {
    return joust::draw_uniform(g) < 0.3 ? 0.5 : bradley_terry(a, b, g);
  }));
  CHECK_KEEPS_LAWS(report_on([](double a, double b, stream&) { return joust::sigmoid(a - b); }));
  CHECK_KEEPS_LAWS(report_on([](double a, double b, stream&) { return a > b ? 1.0 : 0.0; }));
}

TEST_CASE("an oracle may fail, as an oracle", "[laws][preference_oracle]") {
  int asked = 0;
  auto unreliable = [&asked](double a, double b, stream& g) {
    double const answer = bradley_terry(a, b, g);
    if (++asked % 7 == 0) throw joust::oracle_error{"the line is busy"};
    return answer;
  };
  CHECK_KEEPS_LAWS(report_on(unreliable));
  CHECK_KEEPS_LAWS(report_on([](double, double, stream&) -> double { throw joust::budget_spent{0}; }));
}

TEST_CASE("planted faults of oracles are found", "[laws][preference_oracle]") {
  CHECK_BREAKS("in [0, 1]",
               report_on([](double a, double b, stream& g) { return 2.0 * bradley_terry(a, b, g); }));
  CHECK_BREAKS("in [0, 1]", report_on([](double, double, stream&) { return std::nan(""); }));
  CHECK_BREAKS("a failure is an oracle_error",
               report_on([](double, double, stream&) -> double { throw std::runtime_error{"no"}; }));
  // The one shown first gains 0.5.
  auto biased = [](double a, double b, stream& g) { return bradley_terry(a + 0.5, b, g); };
  CHECK_BREAKS("have the same distribution", report_on(biased, {.samples = 2000}));
  CHECK_KEEPS_LAWS(report_on(biased, {.samples = 2000, .biased_by_position = true}));
  // Ties only in one order, with the right mean.
  auto lopsided = [](double a, double b, stream& g) { return a > b ? joust::draw_bernoulli(0.5, g) : 0.5; };
  CHECK_BREAKS("have the same distribution", report_on(lopsided));
  // Tires: the more it is asked, the more it prefers ties.
  int asked = 0;
  auto tired = [&asked](double a, double b, stream&) { return ++asked > 50 ? 0.5 : a > b ? 1.0 : 0.0; };
  CHECK_BREAKS("asking changes nothing", report_on(tired));
  asked = 0;
  CHECK_KEEPS_LAWS(report_on(tired, {.repeatable = false}));
}
