// SPDX-License-Identifier: MIT
//
// What at() returns is no belief, and the explanation goes on to say why; observe() forgets the weight.
//
// expect: joust::belief: give your belief a member pair_variance(i, j) that returns the variance of the rewards' difference
// expect: joust::posterior: give your posterior a member observe(first, second, outcome, weight) that takes the features of both
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::posterior;
#else
struct marginals {
  std::size_t size() const;
  std::span<double const> mean() const;
  std::span<double const> draw(joust::stream&) const;
};
struct model {
  marginals at(archetype::column const&) const;
  void observe(double, double, double);
};
#endif

int main() { joust::explain_posterior<model, archetype::column, double>(); }
