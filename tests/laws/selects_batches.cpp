// SPDX-License-Identifier: MIT
#include <joust/laws/selects_batches.hpp>

#include "planted.hpp"

#include "../core/archetypes.hpp"

using joust::pairing;
using joust::stream;
namespace laws = joust::laws;

namespace {

struct generous : archetype::batch_agent {
  std::vector<pairing> select_batch(std::size_t count, stream& g) const {
    return archetype::batch_agent::select_batch(count + 1, g);
  }
};
struct repeats : archetype::batch_agent {
  std::vector<pairing> select_batch(std::size_t count, stream& g) const {
    return std::vector<pairing>(count, count == 0 ? pairing{} : select(g));
  }
};
struct loses_track : archetype::batch_agent {  // takes an answer for one to its last question
  std::size_t open = 0;
  pairing select(stream& g) {
    pairing const p = archetype::batch_agent::select(g);
    return ++open > 20 ? pairing{wins.size(), 0} : p;
  }
  std::vector<pairing> select_batch(std::size_t count, stream& g) {
    std::vector<pairing> pairs;
    while (pairs.size() < count) pairs.push_back(select(g));
    return pairs;
  }
  void observe(std::size_t a, std::size_t b, double y) {
    archetype::batch_agent::observe(a, b, y);
    open = 0;
  }
};

template <class Agent>
laws::law_report report_on() {
  Agent agent{};
  agent.wins.resize(12);
  return laws::selects_batches(agent, 12, stream{1}, {.rounds = 100});
}

}  // namespace

TEST_CASE("an agent that can be asked in batches keeps the laws", "[laws][selects_batches]") {
  CHECK_KEEPS_LAWS(report_on<archetype::batch_agent>());
}

TEST_CASE("planted faults of batches are found", "[laws][selects_batches]") {
  CHECK_BREAKS("returns n pairs", report_on<generous>());
  CHECK_BREAKS("is n calls of select(g)", report_on<repeats>());
  CHECK_BREAKS("late answers are harmless", report_on<loses_track>());
}
