// SPDX-License-Identifier: MIT
#include <joust/laws/changes_arms.hpp>

#include "planted.hpp"

#include "../core/archetypes.hpp"

using joust::pairing;
using joust::stream;
namespace laws = joust::laws;

namespace {

using base = archetype::changing_agent;

struct reuses : base {
  std::size_t add_arm() {
    base::add_arm();
    return 0;
  }
};
struct selects_the_gone : base {
  pairing select(stream& g) const { return archetype::dueling_agent::select(g); }
};
struct recommends_the_gone : base {
  std::size_t recommend() const { return 0; }
};
struct listens_to_the_gone : base {
  void observe(std::size_t a, std::size_t b, double y) { archetype::dueling_agent::observe(a, b, y); }
  pairing select(stream& g) const {  // shows what it has heard
    double heard = 0.0;
    for (double const w : wins) heard += w;
    auto const all = everyone();
    if (heard > 10.0 && all.size() > 1) return {all[1], all[0]};
    return base::select(g);
  }
};
struct retires_anything : base {
  void retire(std::size_t arm) {
    if (arm < arms() && everyone().size() > 1) base::retire(arm);
  }
};
struct leaves_a_trace : base {
  void retire(std::size_t arm) {
    try {
      base::retire(arm);
    } catch (std::invalid_argument const&) {
      wins.push_back(100.0);
      throw;
    }
  }
};
struct settled : archetype::changing_agent {  // a clear refusal is allowed
  std::size_t add_arm() { throw std::invalid_argument{"settled: needs the same arms"}; }
  void retire(std::size_t) { throw std::invalid_argument{"settled: needs the same arms"}; }
};

template <class Agent>
laws::law_report report_on() {
  Agent agent{};
  agent.wins.resize(4);
  return laws::changes_arms(agent, stream{1});
}

}  // namespace

TEST_CASE("agents whose arms come and go, or may not, keep the laws", "[laws][changes_arms]") {
  CHECK_KEEPS_LAWS(report_on<base>());
  CHECK_KEEPS_LAWS(report_on<settled>());
}

TEST_CASE("planted faults of changing arms are found", "[laws][changes_arms]") {
  CHECK_BREAKS("add_arm returns arms() as it was", report_on<reuses>());
  CHECK_BREAKS("neither selected nor recommended", report_on<selects_the_gone>());
  CHECK_BREAKS("neither selected nor recommended", report_on<recommends_the_gone>());
  CHECK_BREAKS("a late answer about a retired arm teaches nothing", report_on<listens_to_the_gone>());
  CHECK_BREAKS("cannot be retired", report_on<retires_anything>());
  CHECK_BREAKS("a refusal changes nothing", report_on<leaves_a_trace>());
}
