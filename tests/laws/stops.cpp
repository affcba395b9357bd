// SPDX-License-Identifier: MIT
#include <joust/laws/stops.hpp>

#include "planted.hpp"

#include "../core/archetypes.hpp"

using joust::certificate;
using joust::pairing;
using joust::stream;
namespace laws = joust::laws;

namespace {

using base = archetype::stopping_agent;

template <class Change>
std::optional<certificate> changed(base const& agent, Change change) {
  auto found = agent.stop();
  if (found) change(*found);
  return found;
}

struct nowhere : base {
  std::optional<certificate> stop() const {
    return changed(*this, [this](certificate& c) { c.arm = wins.size(); });
  }
};
struct certain : base {
  std::optional<certificate> stop() const {
    return changed(*this, [](certificate& c) { c.confidence = 1.0; });
  }
};
struct negative : base {
  std::optional<certificate> stop() const {
    return changed(*this, [](certificate& c) { c.tolerance = -0.1; });
  }
};
struct boasts : base {
  std::optional<certificate> stop() const {
    return changed(*this, [](certificate& c) { c.comparisons = 21; });
  }
};
struct hasty : base {
  std::optional<certificate> stop() const { return certificate{.arm = 0, .confidence = 0.9}; }
};
struct never : base {
  std::optional<certificate> stop() const { return std::nullopt; }
};
struct restless : base {
  pairing select(stream& g) const { return archetype::dueling_agent::select(g); }
};
struct wavers : base {
  void observe(std::size_t a, std::size_t b, double y) { archetype::dueling_agent::observe(a, b, y); }
};

template <class Agent>
laws::law_report report_on() {
  Agent agent{};
  agent.wins.resize(4);
  return laws::stops(agent, 4, stream{1}, {.patience = 200});
}

}  // namespace

TEST_CASE("an agent that stops keeps the laws", "[laws][stops]") { CHECK_KEEPS_LAWS(report_on<base>()); }

TEST_CASE("planted faults of certificates are found", "[laws][stops]") {
  CHECK_BREAKS("the certified arm is an arm", report_on<nowhere>());
  CHECK_BREAKS("the confidence lies in (0, 1)", report_on<certain>());
  CHECK_BREAKS("the tolerance lies in [0, 1/2]", report_on<negative>());
  CHECK_BREAKS("no more answers than it was given", report_on<boasts>());
  CHECK_BREAKS("no answer, no certificate", report_on<hasty>());
  CHECK_BREAKS("it stops", report_on<never>());
  CHECK_BREAKS("selects and recommends the certified arm alone", report_on<restless>());
  CHECK_BREAKS("a certificate stays as it is", report_on<wavers>());
}
