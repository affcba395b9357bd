// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>
#include <vector>

#include <joust/agent/contextual.hpp>
#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/dueling_agent.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/thompson.hpp>

#include "../core/archetypes.hpp"

using joust::pairing;
using joust::stream;
namespace laws = joust::laws;

namespace {

constexpr std::size_t arms = 5;
using base = archetype::dueling_agent;

template <class Agent>
laws::law_report report_on(stream random = stream{1}) {
  Agent agent{};
  agent.wins.resize(arms);
  return laws::dueling_agent(agent, arms, random);
}

struct off_by_one : base {
  pairing select(stream& g) const {
    pairing p = base::select(g);
    if (wins[p.first] > 3.0) ++p.second;
    return p;
  }
};
struct recommends_late : base {
  std::size_t recommend() const {
    for (double const w : wins) {
      if (w > 0.0) return base::recommend();
    }
    return wins.size();  // nobody has won yet
  }
};
struct recommends_nobody : base {
  std::size_t recommend() const { return wins[0] + wins[1] > 1.0 ? arms : 0; }
};
struct insists_on_answers : base {
  bool waiting = false;
  pairing select(stream& g) {
    if (waiting) throw std::logic_error{"an answer is due"};
    pairing const p = base::select(g);
    waiting = true;
    return p;
  }
  void observe(std::size_t a, std::size_t b, double y) {
    base::observe(a, b, y);
    waiting = false;
  }
};
struct loses_track : base {  // remembers what it asked, and takes a later answer for one to it
  std::vector<pairing> open{};
  pairing select(stream& g) {
    open.push_back(base::select(g));
    if (open.size() > 10) return {arms, arms};
    return open.back();
  }
  void observe(std::size_t a, std::size_t b, double y) {
    base::observe(a, b, y);
    if (!open.empty()) open.pop_back();
  }
};
struct only_selected : base {
  pairing last{};
  pairing select(stream& g) { return last = base::select(g); }
  void observe(std::size_t a, std::size_t b, double y) {
    if (pairing{a, b} != last && pairing{b, a} != last) throw std::invalid_argument{"duel: was not selected"};
    base::observe(a, b, y);
  }
};
struct no_ties : base {
  void observe(std::size_t a, std::size_t b, double y) {
    if (y == 0.5) throw std::invalid_argument{"outcome: is a tie"};
    base::observe(a, b, y);
  }
};
struct gullible : base {
  void observe(std::size_t a, std::size_t b, double y) {
    if (std::isfinite(y)) base::observe(a, b, std::fmin(1.0, std::fmax(0.0, y)));
  }
};
struct half_observing : base {  // counts the first before it looks at the second
  void observe(std::size_t a, std::size_t b, double y) {
    joust::detail::require_index("first", a, wins.size());
    joust::detail::require_unit_interval("outcome", y);
    wins[a] += y;
    joust::detail::require_index("second", b, wins.size());
    wins[b] += 1.0 - y;
  }
};
struct checks_outcome_last : base {
  void observe(std::size_t a, std::size_t b, double y) {
    if (a < wins.size()) wins[a] += 2.0;
    try {
      base::observe(a, b, y);
    } catch (...) {
      if (!(y >= 0.0 && y <= 1.0)) throw;
      if (a < wins.size()) wins[a] -= 2.0;
      throw;
    }
    wins[a] -= 2.0;
  }
};
struct other_exception : base {
  void observe(std::size_t a, std::size_t b, double y) {
    if (a >= wins.size() || b >= wins.size()) throw std::out_of_range{"arm"};
    base::observe(a, b, y);
  }
};
struct favours_first : base {
  void observe(std::size_t a, std::size_t b, double y) {
    base::observe(a, b, y);
    wins[a] += 0.3;
  }
};
struct reads_backwards : base {  // the lower index's share, whoever was first
  void observe(std::size_t a, std::size_t b, double y) {
    if (a > b) {
      base::observe(b, a, y);
    } else {
      base::observe(a, b, y);
    }
  }
};
struct recommends_with_effect : base {
  std::size_t recommend() {
    std::size_t const best = base::recommend();
    wins[best] += 0.5;
    return best;
  }
};
struct shared_memory {
  std::vector<double> wins{};
  std::shared_ptr<std::vector<double>> memory = std::make_shared<std::vector<double>>(arms);
  pairing select(stream& g) const { return base{*memory}.select(g); }
  void observe(std::size_t a, std::size_t b, double y) {
    base inner{*memory};
    inner.observe(a, b, y);
    *memory = inner.wins;
  }
  std::size_t recommend() const { return base{*memory}.recommend(); }
};
struct contextual_sloppy : archetype::contextual_agent {
  void observe(std::vector<double> const& x, std::size_t a, std::size_t b, double y) {
    archetype::contextual_agent::observe(x, a, b, y);
    slope += x[a] * 0.1;
  }
};

}  // namespace

TEST_CASE("correct agents keep the laws", "[laws][dueling_agent]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) CHECK_KEEPS_LAWS(report_on<base>(stream{seed}));
  std::vector<double> const x{0.3, -0.2, 0.9, 0.1};
  CHECK_KEEPS_LAWS(laws::dueling_agent(archetype::contextual_agent{}, x, 4, stream{1}));
  CHECK_KEEPS_LAWS(laws::dueling_agent(base{std::vector<double>(2)}, 2, stream{1}, {.rounds = 20}));
}

TEST_CASE("planted faults of agents are found", "[laws][dueling_agent]") {
  CHECK_BREAKS("select returns indices", report_on<off_by_one>());
  CHECK_BREAKS("recommend returns an index", report_on<recommends_late>());
  CHECK_BREAKS("recommend returns an index", report_on<recommends_nobody>());
  CHECK_BREAKS("answer never comes is harmless", report_on<insists_on_answers>());
  CHECK_BREAKS("select returns indices", report_on<loses_track>());
  CHECK_BREAKS("observe accepts any pair", report_on<only_selected>());
  CHECK_BREAKS("observe accepts any pair", report_on<no_ties>());
  CHECK_BREAKS("are refused", report_on<gullible>());
  CHECK_BREAKS("a rejected duel changes nothing", report_on<half_observing>());
  CHECK_BREAKS("a rejected duel changes nothing", report_on<checks_outcome_last>());
  CHECK_BREAKS("refused with std::invalid_argument", report_on<other_exception>());
  CHECK_BREAKS("teach the same", report_on<favours_first>());
  CHECK_BREAKS("teach the same", report_on<reads_backwards>());
  CHECK_BREAKS("recommend changes no later decision", report_on<recommends_with_effect>());
  CHECK_BREAKS("a copy continues exactly", report_on<shared_memory>());
  std::vector<double> const x{0.3, -0.2, 0.9, 0.1};
  CHECK_BREAKS("teach the same", laws::dueling_agent(contextual_sloppy{}, x, 4, stream{1}));
  CHECK_BREAKS("valid arguments are accepted", laws::dueling_agent(base{{0.0}}, 1, stream{1}));
}

TEST_CASE("every agent of the library keeps the laws", "[laws][dueling_agent]") {
  stream const random{7};
  for (std::size_t const k : {2U, 5U}) {
    CHECK_KEEPS_LAWS(laws::dueling_agent(joust::double_thompson{k}, k, random));
    CHECK_KEEPS_LAWS(laws::dueling_agent(joust::rucb{k}, k, random));
    CHECK_KEEPS_LAWS(laws::dueling_agent(joust::rmed1{k}, k, random));
    CHECK_KEEPS_LAWS(laws::dueling_agent(joust::uniform_arms{k}, k, random));
  }
  Eigen::MatrixXd const phi{{1.0, 0.0, 0.5}, {0.0, 1.0, 0.5}, {0.5, -0.5, 1.0}, {-1.0, 0.2, 0.0}};
  joust::linear_logistic const posterior{{.dimension = 3}};
  CHECK_KEEPS_LAWS(laws::dueling_agent(joust::contextual{posterior, joust::thompson{}}, phi, 4, random));
  CHECK_KEEPS_LAWS(laws::dueling_agent(joust::contextual{posterior, joust::best_arm{}}, phi, 4, random));
}
