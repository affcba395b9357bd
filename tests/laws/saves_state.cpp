// SPDX-License-Identifier: MIT
#include <joust/laws/saves_state.hpp>

#include "planted.hpp"

#include "../core/archetypes.hpp"

using joust::stream;
namespace laws = joust::laws;

namespace {

struct forgets : archetype::saved_agent {  // the text is right, what is made of it is not
  static forgets load(std::string_view saved) {
    forgets agent{{archetype::saved_agent::load(saved)}};
    agent.wins[0] = 0.0;
    return agent;
  }
};
struct rounds_off : archetype::saved_agent {
  std::string save() const {
    rounds_off copy = *this;
    for (double& w : copy.wins) w = std::floor(w);
    return copy.archetype::saved_agent::save();
  }
  static rounds_off load(std::string_view saved) { return {{archetype::saved_agent::load(saved)}}; }
};
struct gullible : archetype::saved_agent {
  static gullible load(std::string_view saved) {
    try {
      return {{archetype::saved_agent::load(saved)}};
    } catch (std::invalid_argument const&) { return {{archetype::saved_agent{{{1.0, 2.0, 3.0}}}}}; }
  }
};
struct other_exception : archetype::saved_agent {
  static other_exception load(std::string_view saved) {
    try {
      return {{archetype::saved_agent::load(saved)}};
    } catch (std::invalid_argument const&) { throw std::out_of_range{"saved"}; }
  }
};

template <class Agent>
laws::law_report report_on() {
  Agent agent{};
  agent.wins.resize(5);
  agent.wins[2] = 0.375;
  return laws::saves_state(agent, 5, stream{1});
}

}  // namespace

TEST_CASE("an agent that can be saved keeps the laws", "[laws][saves_state]") {
  CHECK_KEEPS_LAWS(report_on<archetype::saved_agent>());
}

TEST_CASE("planted faults of saved agents are found", "[laws][saves_state]") {
  CHECK_BREAKS("saved as the same text", report_on<forgets>());
  CHECK_BREAKS("continues exactly", report_on<rounds_off>());
  CHECK_BREAKS("a damaged text is refused", report_on<gullible>());
  CHECK_BREAKS("refused with std::invalid_argument", report_on<other_exception>());
  CHECK_BREAKS("valid arguments are accepted",
               laws::saves_state(archetype::saved_agent{{{0.0}}}, 1, stream{1}));
}
