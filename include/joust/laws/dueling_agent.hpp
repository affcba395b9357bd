// SPDX-License-Identifier: MIT
//
// The laws of a dueling_agent, run on your own: it stays in range, forgives answers that never come, refuses
// invalid ones without a trace, learns the same from either side, and copies of it continue alike.
//
//   needs   a copyable agent, and a context with the number of its candidates where the agent takes one
//   cost    about 40 * rounds rounds on copies
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <exception>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct dueling_agent_options {
  std::size_t rounds = 60;      ///< per record of play; an agent that schedules phases may want more
  double swap_tolerance = 0.0;  ///< share of decisions that rounding may change when answers are swapped
};

/// Runs the laws of a dueling_agent (core/concepts.hpp) on copies of `agent`, in the context `x` with `arms`
/// candidates, which are at least two:
///  - select and recommend return indices below `arms`, before the first answer and after
///  - a selected duel whose answer never comes is harmless
///  - observe accepts any pair of different valid arms and any outcome in [0, 1]
///  - an arm out of range and an outcome outside [0, 1] are refused with std::invalid_argument and change
///    no later decision
///  - observe(a, b, y) and observe(b, a, 1 - y) teach the same
///  - recommend changes no later decision
///  - a copy continues exactly as the original would
template <class Agent, class Context, joust::random_stream Stream>
[[nodiscard]] law_report dueling_agent(Agent const& agent, Context const& x, std::size_t arms,
                                       Stream const& stream, dueling_agent_options options = {}) {
  static_assert(joust::dueling_agent<Agent, Context, Stream>,
                "joust::laws::dueling_agent: call joust::explain_dueling_agent to see what is missing");
  static_assert(std::copy_constructible<Agent>, "joust::laws::dueling_agent: the kit works on copies");
  using joust::detail::text;
  using player = detail::player<Agent, Context>;
  std::size_t const insistence = options.rounds;  // of what is to leave no trace
  law_report report{"dueling_agent"};
  auto duel = [](std::size_t a, std::size_t b, double y) {
    return "observe(" + text(a) + ", " + text(b) + ", " + text(y) + ")";
  };

  report.examine([&] {
    if (arms < 2) joust::detail::reject("arms", text(arms), "at least 2");
    player const unspoilt{agent, x, arms};
    player warm = unspoilt;

    std::size_t const first_guess = player{unspoilt}.recommend();
    if (first_guess >= arms) {
      report.breaks("recommend returns an index of the candidates",
                    "before any answer it is " + text(first_guess) + " of " + text(arms));
    }
    auto in_range = [&](player& p, Stream chance, std::string const& when) {
      pairing const choice = p.select(chance);
      if (choice.first < arms && choice.second < arms) return true;
      report.breaks(
          "select returns indices of the candidates",
          when + " it chose {" + text(choice.first) + ", " + text(choice.second) + "} of " + text(arms));
      return false;
    };

    try {
      player neglected = unspoilt;
      for (std::size_t n = 0; n < 3 * arms; ++n) {
        if (!in_range(neglected, stream.child(10).child(n), "without answers")) return;
      }
      auto const record = neglected.play(options.rounds, stream.child(11));
      if (record.size() != options.rounds + 1) {
        report.breaks("select returns indices of the candidates",
                      "it left their range after unanswered duels");
      }
    } catch (std::exception const& error) {
      report.breaks("a selected duel whose answer never comes is harmless",
                    std::string{"after some, threw \""} + error.what() + '"');
    }

    auto const warm_up = warm.play(options.rounds, stream.child(12));
    if (warm_up.size() != options.rounds + 1) {
      pairing const last = warm_up.back();
      report.breaks("select returns indices of the candidates", "in round " + text(warm_up.size()) +
                                                                    " it chose {" + text(last.first) + ", " +
                                                                    text(last.second) + "} of " + text(arms));
      return;
    }
    if (warm_up.back().first >= arms) {
      report.breaks("recommend returns an index of the candidates",
                    "after " + text(options.rounds) + " rounds it is " + text(warm_up.back().first) + " of " +
                        text(arms));
    }

    // A state without experience, where the least trace of an answer breaks a tie, and one with.
    for (player const& state : {unspoilt, warm}) {
      Stream const future = stream.child(13);
      auto continuation = [&](player p, bool recommend_often = false) {
        return p.play(options.rounds, future, recommend_often);
      };
      auto const expected = continuation(state);
      auto demand = [&](std::vector<pairing> const& actual, char const* law, std::string const& what) {
        std::string const evidence = detail::difference(expected, actual);
        if (!evidence.empty()) report.breaks(law, what + evidence);
      };

      // Everything that is allowed, from either side.
      player straight = state;
      player swapped = state;
      for (std::size_t n = 0; n < 4; ++n) {
        for (std::size_t a = 0; a < arms; ++a) {
          for (std::size_t b = a + 1; b < arms; ++b) {
            double const y = 0.25 * static_cast<double>((a + 2 * b + n) % 5);  // 1 - y is exact
            try {
              straight.observe(a, b, y);
              swapped.observe(b, a, 1.0 - y);
            } catch (std::exception const& error) {
              report.breaks("observe accepts any pair of valid arms and any outcome in [0, 1]",
                            duel(a, b, y) + ", or its mirror image, threw \"" + error.what() + '"');
            }
          }
        }
      }
      auto const tolerated =
          static_cast<std::size_t>(options.swap_tolerance * static_cast<double>(options.rounds + 1));
      std::string const evidence =
          detail::difference(continuation(straight), continuation(swapped), tolerated);
      if (!evidence.empty())
        report.breaks("observe(a, b, y) and observe(b, a, 1 - y) teach the same", evidence);

      demand(continuation(state), "a copy continues exactly as the original would", "");
      player elsewhere = state;
      elsewhere.contradict(4 * options.rounds);
      demand(continuation(state), "a copy continues exactly as the original would",
             "after another copy learnt, ");
      demand(continuation(state, true), "recommend changes no later decision", "asked every round, ");
      player asked = state;
      for (std::size_t n = 0; n < insistence; ++n) static_cast<void>(asked.recommend());
      demand(continuation(asked), "recommend changes no later decision", "asked often, ");

      // Everything that is not, often enough for a small trace to add up.
      constexpr double nan = std::numeric_limits<double>::quiet_NaN();
      constexpr double infinity = std::numeric_limits<double>::infinity();
      constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
      struct offer {
        std::size_t first;
        std::size_t second;
        double outcome;
      };
      for (auto const& [a, b, y] :
           {offer{arms, 0, 1.0}, offer{0, arms, 1.0}, offer{nowhere, 1, 0.0}, offer{1, nowhere, 0.0},
            offer{0, 1, -0.25}, offer{0, 1, 1.25}, offer{1, 0, nan}, offer{1, 0, infinity}}) {
        player offered = state;
        bool accepted = false;
        for (std::size_t n = 0; n < insistence && !accepted; ++n) {
          try {
            offered.observe(a, b, y);
            accepted = true;
            report.breaks("an arm out of range and an outcome outside [0, 1] are refused",
                          duel(a, b, y) + " was accepted with " + text(arms) + " candidates");
          } catch (std::invalid_argument const&) {
          } catch (std::exception const& error) {
            report.breaks("an invalid duel is refused with std::invalid_argument",
                          duel(a, b, y) + " threw \"" + error.what() + '"');
          }
        }
        if (!accepted)
          demand(continuation(offered), "a rejected duel changes nothing", "after " + duel(a, b, y) + ", ");
      }
    }
  });
  return report;
}

/// The same for an agent without a context.
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report dueling_agent(Agent const& agent, std::size_t arms, Stream const& stream,
                                       dueling_agent_options options = {}) {
  return laws::dueling_agent(agent, no_context{}, arms, stream, options);
}

}  // namespace joust::laws
