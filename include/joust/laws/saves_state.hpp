// SPDX-License-Identifier: MIT
//
// The laws of an agent that saves_state, run on your own: what is restored continues exactly as the original
// would, and what is damaged is refused.
//
//   needs   a copyable agent without a context, with save() and load(text)
//   cost    about 30 * rounds rounds on copies, and some 1500 attempts to load a damaged text
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct saves_state_options {
  std::size_t rounds = 60;    ///< per record of play; an agent that schedules phases may want more
  std::size_t damages = 500;  ///< places at which the text is changed, cut and shortened
};

/// Runs the laws of an agent that saves_state (core/concepts.hpp) on copies of `agent`, which has `arms` arms,
/// at least two:
///  - a restored agent continues exactly as the original, from the start, with experience, and with answers
///    outstanding
///  - saving changes nothing, and a restored agent is saved as the same text
///  - a text with any byte changed or removed, one cut short, and an empty one are refused with
///    std::invalid_argument
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report saves_state(Agent const& agent, std::size_t arms, Stream const& stream,
                                     saves_state_options options = {}) {
  static_assert(joust::saves_state<Agent>,
                "joust::laws::saves_state: call joust::explain_saves_state to see what is missing");
  static_assert(joust::dueling_agent<Agent, no_context, Stream>,
                "joust::laws::saves_state: call joust::explain_dueling_agent to see what is missing");
  using joust::detail::text;
  using player = detail::player<Agent, no_context>;
  law_report report{"saves_state"};
  report.examine([&] {
    if (arms < 2) joust::detail::reject("arms", text(arms), "at least 2");
    no_context const nothing{};
    player original{agent, nothing, arms};
    for (std::size_t phase = 0; phase < 6; ++phase) {
      if (phase > 0) {
        auto const played = original.play(phase < 5 ? options.rounds : 1, stream.child(2).child(phase));
        if (phase == 5) {  // a pair whose answer has not come yet
          Stream chance = stream.child(4);
          static_cast<void>(original.select(chance));
        }
        static_cast<void>(played);
      }
      std::string when = phase == 0
                             ? "before the first round"
                             : "after " + text(std::min<std::size_t>(phase, 4) * options.rounds) + " rounds";
      if (phase == 5) when += ", one more and a pair without its answer";
      std::string const saved = original.agent().save();
      player restored{Agent::load(saved), nothing, arms};
      if (restored.agent().save() != saved) {
        report.breaks("a restored agent is saved as the same text", when + " it is not");
      }
      auto const expected = player{original}.play(2 * options.rounds, stream.child(3));
      std::string const evidence =
          detail::difference(expected, restored.play(2 * options.rounds, stream.child(3)));
      if (!evidence.empty()) {
        report.breaks("a restored agent continues exactly as the original would", when + ", " + evidence);
      }
    }

    std::string const saved = original.agent().save();
    auto must_be_refused = [&](std::string const& bad, std::string const& how) {
      if (bad == saved) return;
      try {
        static_cast<void>(Agent::load(bad));
        report.breaks("a damaged text is refused", how + ", it was accepted");
      } catch (std::invalid_argument const&) {
      } catch (std::exception const& error) {
        report.breaks("a damaged text is refused with std::invalid_argument",
                      how + ", it threw \"" + error.what() + '"');
      }
    };
    must_be_refused("", "empty");
    std::size_t const stride = 1 + saved.size() / std::max<std::size_t>(options.damages, 1);
    for (std::size_t n = 0; n < saved.size(); n += stride) {
      std::string changed = saved;
      changed[n] = changed[n] == '7' ? '8' : '7';
      must_be_refused(changed, "with byte " + text(n) + " changed");
      must_be_refused(saved.substr(0, n) + saved.substr(n + 1), "without byte " + text(n));
      must_be_refused(saved.substr(0, n), "cut to " + text(n) + " bytes");
    }
  });
  return report;
}

}  // namespace joust::laws
