// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>

#include <joust/core/stream.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/cyclic4.hpp>
#include <joust/environment/hard_condorcet.hpp>
#include <joust/environment/linear_arms.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/environment/random_tournament.hpp>
#include <joust/environment/rock_paper_scissors.hpp>
#include <joust/environment/utility_arms.hpp>
#include <joust/laws/environment.hpp>

#include "../core/archetypes.hpp"

using joust::setting;
using joust::stream;
namespace laws = joust::laws;

namespace {

using base = archetype::environment;

struct changing : base {  // fresh utilities every round, and it says so
  setting shape() const { return {.arms = 3, .dimension = 1, .fixed_arms = false}; }
  void advance(stream& g) {
    for (double& u : utilities.values) u = joust::draw_uniform(g);
  }
};
struct secretly_changing : changing {
  setting shape() const { return base::shape(); }
};
struct growing : changing {
  std::size_t round = 0;
  void advance(stream&) { ++round; }
  setting shape() const { return {.arms = 3, .dimension = 1, .horizon = round}; }
};
struct short_features : base {
  archetype::column features() const { return {{1.0, 0.5}}; }
};
struct wrong_dimension : base {
  setting shape() const { return {.arms = 3, .dimension = 2}; }
};
struct spoilt_features : base {
  archetype::column features() const { return {{1.0, std::nan(""), 0.0}}; }
};
struct no_arms : base {
  setting shape() const { return {}; }
};
struct wrong_self : base {
  double probability(std::size_t a, std::size_t b) const { return a == b ? 1.0 : base::probability(a, b); }
};
struct one_sided : base {
  double probability(std::size_t a, std::size_t b) const {
    return a == b ? 0.5 : 0.9 * base::probability(a, b);
  }
};
struct beyond_one : base {
  double probability(std::size_t a, std::size_t b) const { return a == b ? 0.5 : a < b ? 1.25 : -0.25; }
};
struct answers_backwards : base {
  double compare(std::size_t a, std::size_t b, stream& g) { return base::compare(b, a, g); }
};
struct answers_loudly : base {
  double compare(std::size_t a, std::size_t b, stream& g) { return 2.0 * base::compare(a, b, g); }
};
struct noisy : base {  // one answer in ten is a coin
  double compare(std::size_t a, std::size_t b, stream& g) {
    return joust::draw_uniform(g) < 0.2 ? joust::draw_bernoulli(0.5, g) : base::compare(a, b, g);
  }
};

}  // namespace

TEST_CASE("correct environments keep the laws", "[laws][environment]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CHECK_KEEPS_LAWS(laws::environment(base{}, stream{seed}));
    CHECK_KEEPS_LAWS(laws::environment(changing{}, stream{seed}));
  }
}

TEST_CASE("planted faults of environments are found", "[laws][environment]") {
  stream const random{1};
  CHECK_BREAKS("advance changes nothing for fixed arms", laws::environment(secretly_changing{}, random));
  CHECK_BREAKS("shape() does not change", laws::environment(growing{}, random));
  CHECK_BREAKS("shape().arms rows", laws::environment(short_features{}, random));
  CHECK_BREAKS("shape().dimension columns", laws::environment(wrong_dimension{}, random));
  CHECK_BREAKS("all features are finite", laws::environment(spoilt_features{}, random));
  CHECK_BREAKS("at least one arm", laws::environment(no_arms{}, random));
  CHECK_BREAKS("probability(a, a) is 1/2", laws::environment(wrong_self{}, random));
  CHECK_BREAKS("+ probability(b, a) is 1", laws::environment(one_sided{}, random));
  CHECK_BREAKS("probability(a, b) lies in [0, 1]", laws::environment(beyond_one{}, random));
  CHECK_BREAKS("drawn with probability(a, b)", laws::environment(answers_backwards{}, random));
  CHECK_BREAKS("drawn with probability(a, b)", laws::environment(noisy{}, random, {.samples = 10'000}));
  CHECK_BREAKS("the outcome lies in [0, 1]", laws::environment(answers_loudly{}, random));
}

TEST_CASE("every environment of the library keeps the laws", "[laws][environment]") {
  stream const random{7};
  stream birth{3};
  CHECK_KEEPS_LAWS(laws::environment(joust::arxiv6(), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::cyclic4(), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::rock_paper_scissors(), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::random_tournament{}.instance(birth), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::hard_condorcet{}.instance(birth), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::linear_arms{}.instance(birth), random));
  CHECK_KEEPS_LAWS(laws::environment(joust::random_candidates{}.instance(birth), random));
  for (joust::utility_link const link :
       {joust::utility_link::linear, joust::utility_link::natural, joust::utility_link::logistic}) {
    CHECK_KEEPS_LAWS(laws::environment(joust::utility_arms{.link = link}.instance(birth), random));
  }
}
