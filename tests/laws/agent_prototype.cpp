// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/agent_prototype.hpp>

#include "../core/archetypes.hpp"

using joust::setting;
using joust::stream;
namespace laws = joust::laws;

namespace {

constexpr setting where{.arms = 5, .horizon = 1000};

template <class Agent>
struct agent_of : archetype::dueling_agent {
  Agent fresh(setting const& s) const {
    Agent agent{};
    agent.wins = archetype::agent_prototype{}.fresh(s).wins;
    return agent;
  }
};
struct inheriting : agent_of<inheriting> {  // keeps what its prototype knows
  inheriting fresh(setting const& s) const {
    inheriting agent = agent_of::fresh(s);
    if (wins.size() == s.arms) agent.wins = wins;
    return agent;
  }
};
struct counting : agent_of<counting> {  // each fresh agent is biased to another arm
  mutable std::size_t made = 0;
  counting fresh(setting const& s) const {
    counting agent = agent_of::fresh(s);
    agent.wins[made++ % s.arms] = 3.0;
    return agent;
  }
};
struct remembering : agent_of<remembering> {  // experience flows back to whoever is made next
  std::shared_ptr<std::vector<double>> memory = std::make_shared<std::vector<double>>(where.arms);
  remembering fresh(setting const& s) const {
    remembering agent = agent_of::fresh(s);
    agent.memory = memory;
    agent.wins = *memory;
    return agent;
  }
  void observe(std::size_t a, std::size_t b, double y) {
    agent_of::observe(a, b, y);
    *memory = wins;
  }
};
struct indifferent : archetype::dueling_agent {  // takes any setting
  indifferent fresh(setting const& s) const { return {{std::vector<double>(s.arms)}}; }
};
struct wordy : archetype::dueling_agent {
  wordy fresh(setting const& s) const {
    if (s.arms < 2) throw std::length_error{"arms"};
    return {{std::vector<double>(s.arms)}};
  }
};
struct contextual : archetype::contextual_agent {
  contextual fresh(setting const&) const { return {}; }
};

}  // namespace

TEST_CASE("correct prototypes keep the laws", "[laws][agent_prototype]") {
  CHECK_KEEPS_LAWS(
      laws::agent_prototype(archetype::agent_prototype{}, where, stream{1}, {.refused = {{}, {.arms = 1}}}));
  std::vector<double> const x{0.3, -0.2, 0.9, 0.1};
  CHECK_KEEPS_LAWS(laws::agent_prototype(contextual{}, {.arms = 4, .dimension = 1}, x, stream{1}));
}

TEST_CASE("planted faults of prototypes are found", "[laws][agent_prototype]") {
  CHECK_BREAKS("fresh agents without any", laws::agent_prototype(inheriting{}, where, stream{1}));
  CHECK_BREAKS("two fresh agents", laws::agent_prototype(counting{}, where, stream{1}));
  CHECK_BREAKS("fresh changes nothing in the prototype",
               laws::agent_prototype(remembering{}, where, stream{1}));
  CHECK_BREAKS("cannot work in is refused",
               laws::agent_prototype(indifferent{}, where, stream{1}, {.refused = {{}}}));
  CHECK_BREAKS("refused with std::invalid_argument",
               laws::agent_prototype(wordy{}, where, stream{1}, {.refused = {{}}}));
  CHECK_BREAKS("valid arguments are accepted",
               laws::agent_prototype(archetype::agent_prototype{}, {}, stream{1}));
}
