// SPDX-License-Identifier: MIT
//
// The laws of an agent that stops, run on your own: its certificates make sense, and once it has given one it
// stays with it. Whether they are true as often as promised is a question for a study.
//
//   needs   a copyable agent without a context
//   cost    `patience` rounds, and as many after it has stopped as options.rounds
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <cstddef>
#include <string>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct stops_options {
  std::size_t rounds = 60;           ///< after the certificate
  std::size_t patience = 1'000'000;  ///< rounds until it must have stopped
};

/// Runs the laws of an agent that stops (core/concepts.hpp) on copies of `agent`, which has `arms` arms, at
/// least two, in a problem with one best arm, below which arms may be level in pairs:
///  - it gives no certificate before the first answer, and gives one within options.patience rounds
///  - the certified arm is an arm, the confidence lies in (0, 1), the tolerance in [0, 1/2]
///  - it claims no more answers than it was given
///  - from then on it selects the certified arm against itself, recommends it and keeps its certificate,
///    whatever answers still come
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report stops(Agent const& agent, std::size_t arms, Stream const& stream,
                               stops_options options = {}) {
  static_assert(joust::stops<Agent>, "joust::laws::stops: call joust::explain_stops to see what is missing");
  static_assert(joust::dueling_agent<Agent, no_context, Stream>,
                "joust::laws::stops: call joust::explain_dueling_agent to see what is missing");
  using joust::detail::text;
  using player = detail::player<Agent, no_context>;
  law_report report{"stops"};
  report.examine([&] {
    if (arms < 2) joust::detail::reject("arms", text(arms), "at least 2");
    no_context const nothing{};
    player playing{agent, nothing, arms};
    if (agent.stop()) report.breaks("no answer, no certificate", "it has one before the first answer");
    std::size_t answers = 0;
    for (std::size_t n = 0; n < options.patience && !playing.agent().stop(); ++n) {
      Stream chance = stream.child(1).child(n);
      pairing const pair = playing.select(chance);
      if (pair.self_duel()) continue;
      playing.observe(pair.first, pair.second, playing.judge(pair, chance));
      ++answers;
    }
    auto const found = playing.agent().stop();
    if (!found) {
      report.breaks("it stops", "not within " + text(options.patience) + " rounds");
      return;
    }
    if (found->arm >= arms)
      report.breaks("the certified arm is an arm", text(found->arm) + " of " + text(arms));
    if (!(found->confidence > 0.0 && found->confidence < 1.0)) {
      report.breaks("the confidence lies in (0, 1)", "it is " + text(found->confidence));
    }
    if (!(found->tolerance >= 0.0 && found->tolerance <= 0.5)) {
      report.breaks("the tolerance lies in [0, 1/2]", "it is " + text(found->tolerance));
    }
    if (found->comparisons > answers) {
      report.breaks("it claims no more answers than it was given",
                    text(found->comparisons) + " claimed, " + text(answers) + " given");
    }
    for (std::size_t n = 0; n < options.rounds; ++n) {
      Stream chance = stream.child(2).child(n);
      pairing const pair = playing.select(chance);
      if (pair.first != found->arm || pair.second != found->arm || playing.recommend() != found->arm) {
        report.breaks("having stopped, it selects and recommends the certified arm alone",
                      "round " + text(n) + " after the certificate of arm " + text(found->arm) + " is {" +
                          text(pair.first) + ", " + text(pair.second) + "}");
      }
      playing.observe((found->arm + 1) % arms, found->arm, first_wins);  // a late answer that contradicts it
      if (!(playing.agent().stop() == found)) {
        report.breaks("a certificate stays as it is", "after " + text(n + 1) + " late answers it does not");
        return;
      }
    }
  });
  return report;
}

}  // namespace joust::laws
