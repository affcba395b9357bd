// SPDX-License-Identifier: MIT
//
// The laws of an agent that changes_arms, run on your own: new arms take the next index, retired ones are left
// alone, and what cannot be done leaves no trace.
//
//   needs   a copyable agent without a context
//   cost    about 3 * rounds rounds on copies for each arm, and a few more
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct changes_arms_options {
  std::size_t rounds = 100;  ///< per record of play
};

/// Runs the laws of an agent that changes_arms (core/concepts.hpp) on copies of `agent`, whose arms, at least
/// two, are all in play. An agent that refuses add_arm and retire with std::invalid_argument keeps the laws if
/// the refusals leave no trace.
///  - add_arm returns arms() as it was
///  - a retired arm is neither selected nor recommended, and late answers about it teach nothing
///  - an unknown arm, a retired one and the last one in play cannot be retired; trying changes nothing
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report changes_arms(Agent const& agent, Stream const& stream,
                                      changes_arms_options options = {}) {
  static_assert(joust::changes_arms<Agent>,
                "joust::laws::changes_arms: call joust::explain_changes_arms to see what is missing");
  static_assert(joust::dueling_agent<Agent, no_context, Stream>,
                "joust::laws::changes_arms: call joust::explain_dueling_agent to see what is missing");
  using joust::detail::text;
  law_report report{"changes_arms"};
  report.examine([&] {
    std::size_t const arms = agent.arms();
    if (arms < 2) joust::detail::reject("agent", "of " + text(arms) + " arms", "at least 2");
    no_context const nothing{};
    auto play = [&](Agent from, std::uint64_t tag) {
      std::size_t const size = from.arms();
      detail::player<Agent, no_context> p{static_cast<Agent&&>(from), nothing, size};
      return p.play(options.rounds, stream.child(tag));
    };
    auto left_no_trace = [&](Agent const& before, Agent const& after, std::string const& what) {
      std::string const evidence = detail::difference(play(before, 1), play(after, 1));
      if (!evidence.empty()) report.breaks("a refusal changes nothing", "after " + what + ", " + evidence);
    };
    auto refused = [&](Agent& subject, std::size_t arm) {
      try {
        subject.retire(arm);
        return false;
      } catch (std::invalid_argument const&) { return true; }
    };

    Agent changing = agent;
    try {
      std::size_t const added = changing.add_arm();
      if (added != arms || changing.arms() != arms + 1) {
        report.breaks("add_arm returns arms() as it was", text(added) + ", and there were " + text(arms));
        return;
      }
    } catch (std::invalid_argument const&) {
      left_no_trace(agent, changing, "add_arm");
      if (!refused(changing, 0)) report.breaks("arms that cannot come cannot go", "arm 0 was retired");
      left_no_trace(agent, changing, "retire");
      return;
    }
    for (std::size_t arm = 0; arm < arms; ++arm) {  // all but the newcomer go, one after the other
      changing.retire(arm);
      if (changing.in_play(arm)) report.breaks("a retired arm is not in play", "arm " + text(arm) + " is");
      Agent late = changing;
      for (std::size_t n = 0; n < 20; ++n) late.observe(arm, arms, first_wins);
      std::string const evidence = detail::difference(play(changing, 2), play(late, 2));
      if (!evidence.empty()) report.breaks("a late answer about a retired arm teaches nothing", evidence);
      for (pairing const& pair : play(changing, 3)) {
        if (pair.first > arms || pair.second > arms || !changing.in_play(pair.first) ||
            !changing.in_play(pair.second)) {
          report.breaks("a retired arm is neither selected nor recommended",
                        "{" + text(pair.first) + ", " + text(pair.second) + "} after arms up to " +
                            text(arm) + " were retired");
        }
      }
    }
    for (std::size_t const arm : {arms, std::size_t{0}, arms + 1}) {
      Agent subject = changing;
      if (!refused(subject, arm)) {
        report.breaks("an unknown arm, a retired one and the last one in play cannot be retired",
                      "arm " + text(arm) + " was");
      }
      left_no_trace(changing, subject, "retire(" + text(arm) + ")");
    }
  });
  return report;
}

}  // namespace joust::laws
