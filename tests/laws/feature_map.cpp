// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/feature_map.hpp>

#include "../core/archetypes.hpp"

using joust::stream;
namespace laws = joust::laws;

namespace {

using list = std::vector<double>;
list const candidates{1.0, 2.0, 3.0, 4.0};

template <class Map>
struct map_of {
  Map spoil;
  std::size_t columns = 1;
  std::size_t dimension() const { return columns; }
  archetype::column operator()(double x, list const& c) const {
    archetype::column features = archetype::feature_map{}(x, c);
    spoil(features.values);
    return features;
  }
};

template <class Map>
laws::law_report report_on(Map spoil, std::size_t columns = 1) {
  return laws::feature_map(map_of<Map>{spoil, columns}, 2.0, candidates, stream{1});
}

}  // namespace

TEST_CASE("a correct map keeps the laws", "[laws][feature_map]") {
  CHECK_KEEPS_LAWS(report_on([](list&) {}));
  CHECK_KEEPS_LAWS(laws::feature_map(archetype::feature_map{}, 2.0, list{1.0}, stream{1}));
}

TEST_CASE("planted faults of maps are found", "[laws][feature_map]") {
  CHECK_BREAKS("one row per candidate", report_on([](list& f) { f.pop_back(); }));
  CHECK_BREAKS("one column per dimension", report_on([](list&) {}, 2));
  CHECK_BREAKS("all features are finite", report_on([](list& f) { f[2] = std::log(0.0); }));
  int calls = 0;
  CHECK_BREAKS("the same arguments give the same matrix", report_on([&calls](list& f) { f[0] += ++calls; }));
  // Depends on the place: the first row is centred on.
  CHECK_BREAKS("permuting the candidates", report_on([](list& f) {
                 double const first = f[0];
                 for (double& value : f) value -= first;
               }));
}
