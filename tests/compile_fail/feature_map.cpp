// SPDX-License-Identifier: MIT
//
// Neither a dimension nor a matrix.
//
// expect: joust::feature_map: give your map a const member dimension() that returns the number of features
// expect: joust::feature_map: give your map a const call operator()(context, candidates) that returns a matrix, with rows() and cols()
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::feature_map;
#else
struct model {
  std::vector<double> operator()(double, std::vector<double> const&) const;
};
#endif

int main() { joust::explain_feature_map<model, double, std::vector<double>>(); }
