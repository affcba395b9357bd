// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/policy.hpp>

#include "../core/archetypes.hpp"

using joust::no_context;
using joust::stream;
namespace laws = joust::laws;

namespace {

std::vector<std::size_t> const all{0, 1, 2};
std::vector<std::size_t> const some{1, 2};

struct warm : archetype::policy {  // samples at a temperature that its probabilities do not know
  std::size_t sample(no_context x, stream& g) const {
    archetype::policy const other{{0.8 * score[0], 0.8 * score[1], 0.8 * score[2]}};
    return other.sample(x, g);
  }
};
struct swapped : archetype::policy {
  std::size_t sample(no_context x, stream& g) const { return 2 - archetype::policy::sample(x, g); }
};
struct unnormalised : archetype::policy {
  double log_probability(no_context, std::size_t a) const { return score[a] - 1.0; }
};
struct dense : archetype::policy {
  double log_probability(no_context x, std::size_t a) const {
    return archetype::policy::log_probability(x, a) + 2.0;
  }
};
struct surprised : archetype::policy {  // samples an action that it thinks impossible
  double log_probability(no_context x, std::size_t a) const {
    return a == 2 ? -std::numeric_limits<double>::infinity() : archetype::policy::log_probability(x, a);
  }
};
struct restless : archetype::policy {
  mutable int calls = 0;
  std::size_t sample(no_context x, stream& g) const {
    return (archetype::policy::sample(x, g) + static_cast<std::size_t>(++calls)) % 3;
  }
};
struct truncated : archetype::policy {  // never returns what is not listed
  std::size_t sample(no_context x, stream& g) const {
    std::size_t a = 0;
    while (a == 0) a = archetype::policy::sample(x, g);
    return a;
  }
};

}  // namespace

TEST_CASE("a correct policy keeps the laws, looked at in full or in part", "[laws][policy]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CHECK_KEEPS_LAWS(laws::policy(archetype::policy{}, no_context{}, all, stream{seed}));
    CHECK_KEEPS_LAWS(laws::policy(archetype::policy{}, no_context{}, some, stream{seed}));
  }
  CHECK_KEEPS_LAWS(laws::policy(archetype::policy{{0.0, 50.0, 0.0}}, no_context{}, all, stream{1}));
}

TEST_CASE("planted faults of policies are found", "[laws][policy]") {
  stream const random{1};
  CHECK_BREAKS("frequencies", laws::policy(warm{}, no_context{}, all, random, {.samples = 20'000}));
  CHECK_BREAKS("frequencies", laws::policy(swapped{}, no_context{}, all, random));
  CHECK_BREAKS("frequencies", laws::policy(truncated{}, no_context{}, some, random));
  CHECK_BREAKS("sum to at most 1", laws::policy(unnormalised{}, no_context{}, all, random));
  CHECK_BREAKS("at most 0", laws::policy(dense{}, no_context{}, all, random));
  CHECK_BREAKS("finite for every action", laws::policy(surprised{}, no_context{}, all, random));
  CHECK_BREAKS("the same stream gives the same action", laws::policy(restless{}, no_context{}, all, random));
}
