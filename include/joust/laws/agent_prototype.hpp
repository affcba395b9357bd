// SPDX-License-Identifier: MIT
//
// The laws of an agent_prototype, run on your own: fresh agents know nothing, agree with each other, and
// leave their prototype alone.
//
//   needs   a copyable agent with fresh(setting), a setting it can work in, and a context if it takes one
//   cost    4 * rounds rounds, and as many answers that contradict them
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct agent_prototype_options {
  std::size_t rounds = 60;            ///< per record of play
  std::vector<setting> refused = {};  ///< settings that the agent cannot work in
};

namespace detail {

[[nodiscard]] inline std::string describe(setting const& s) {
  using joust::detail::text;
  return "{.arms = " + text(s.arms) + ", .dimension = " + text(s.dimension) +
         ", .fixed_arms = " + (s.fixed_arms ? "true" : "false") + ", .horizon = " + text(s.horizon) + "}";
}

}  // namespace detail

/// Runs the laws of an agent_prototype (core/concepts.hpp) in a setting the agent can work in, whose `arms`
/// are the candidates of the context `x`:
///  - two fresh agents of the same setting decide alike
///  - fresh changes nothing in the prototype, and neither does what its agents experience
///  - an agent with experience makes fresh agents without any
///  - each of `options.refused` is refused with std::invalid_argument
template <class Agent, class Context, joust::random_stream Stream>
[[nodiscard]] law_report agent_prototype(Agent const& prototype, setting const& where, Context const& x,
                                         Stream const& stream, agent_prototype_options const& options = {}) {
  static_assert(joust::agent_prototype<Agent>,
                "joust::laws::agent_prototype: call joust::explain_agent_prototype to see what is missing");
  static_assert(joust::dueling_agent<Agent, Context, Stream>,
                "joust::laws::agent_prototype: call joust::explain_dueling_agent to see what is missing");
  law_report report{"agent_prototype"};
  report.examine([&] {
    using player = detail::player<Agent, Context>;
    auto record_of = [&](player p) { return p.play(options.rounds, stream); };
    auto fresh = [&](Agent const& from) { return player{from.fresh(where), x, where.arms}; };
    auto demand = [&](std::vector<pairing> const& expected, std::vector<pairing> const& actual,
                      char const* law) {
      std::string const evidence = detail::difference(expected, actual);
      if (!evidence.empty()) report.breaks(law, evidence);
    };

    player first = fresh(prototype);
    player const second = fresh(prototype);
    auto const expected = first.play(options.rounds, stream);
    first.contradict(4 * options.rounds);  // now `first` has experience, of another kind than the game gives
    player const later = fresh(prototype);
    player const heir = fresh(first.agent());
    demand(expected, record_of(second), "two fresh agents of the same setting decide alike");
    demand(expected, record_of(later), "fresh changes nothing in the prototype");
    demand(expected, record_of(heir), "an agent with experience makes fresh agents without any");

    for (setting const& impossible : options.refused) {
      try {
        static_cast<void>(prototype.fresh(impossible));
        report.breaks("a setting the agent cannot work in is refused",
                      detail::describe(impossible) + " was accepted");
      } catch (std::invalid_argument const&) {
      } catch (std::exception const& error) {
        report.breaks("a setting is refused with std::invalid_argument",
                      detail::describe(impossible) + " threw \"" + error.what() + '"');
      }
    }
  });
  return report;
}

/// The same for an agent without a context.
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report agent_prototype(Agent const& prototype, setting const& where, Stream const& stream,
                                         agent_prototype_options const& options = {}) {
  return laws::agent_prototype(prototype, where, no_context{}, stream, options);
}

}  // namespace joust::laws
