// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <type_traits>

#include <joust/core/explain.hpp>

#include "archetypes.hpp"

// What the sentences say when a part is missing is tested in tests/compile_fail; here, that an explanation
// asks for nothing more than its concept does: a model in an unusual spelling is not talked out of it.

namespace {

using joust::no_context;
using joust::stream;

struct generous_belief {
  int size();                  // not const, and an int
  std::vector<double> mean();  // converts to a span
  std::vector<double> const& draw(stream&);
  float pair_variance(unsigned, unsigned);
};
struct generous_rule {
  using may = std::true_type;
  static constexpr may may_self_duel{};
  struct choice {
    operator joust::pairing() const;
  };
  choice operator()(generous_belief&, stream&) const;
};
struct generous_agent {
  template <class... Whatever>
  joust::pairing select(Whatever&...);
  template <class... Whatever>
  int observe(Whatever...);
  short recommend(no_context = {});
};
struct generous_posterior {
  generous_belief& at(int);
  bool observe(double, double, float, float);
};

static_assert(joust::belief<generous_belief>);
static_assert(joust::duel_rule<generous_rule, generous_belief>);
static_assert(joust::dueling_agent<generous_agent>);
static_assert(joust::posterior<generous_posterior, int, int>);

}  // namespace

TEST_CASE("an explanation accepts whatever its concept accepts", "[explain]") {
  joust::explain_belief<generous_belief>();
  joust::explain_belief<generous_belief&>();
  joust::explain_duel_rule<generous_rule, generous_belief>();
  joust::explain_duel_rule<generous_rule const&, generous_belief>();
  joust::explain_dueling_agent<generous_agent>();
  joust::explain_selects_duels<generous_agent>();
  joust::explain_learns_from_duels<generous_agent>();
  joust::explain_recommends<generous_agent>();
  joust::explain_posterior<generous_posterior, int, int>();
  joust::explain_random_stream<stream&>();
  joust::explain_random_stream<archetype::random_stream const>();
  joust::explain_selects_duels<archetype::contextual_agent, std::vector<double>>();
  joust::explain_learns_from_duels<archetype::contextual_agent, std::vector<double>>();
  joust::explain_recommends<archetype::contextual_agent, std::vector<double>>();
  static_assert(std::is_void_v<decltype(joust::explain_belief<generous_belief>())>);
  SUCCEED("it compiles");
}
