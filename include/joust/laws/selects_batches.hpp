// SPDX-License-Identifier: MIT
//
// The laws of an agent that selects_batches, run on your own: a batch is so many selections without an answer
// between them, and answers may come late, in another order, or never.
//
//   needs   a copyable agent without a context
//   cost    about 4 * rounds rounds on copies
//   repeat  same agent and stream, same report; no law here can fail by chance
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/player.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct selects_batches_options {
  std::size_t rounds = 300;  ///< per record of play
};

/// Runs the laws of an agent that selects_batches (core/concepts.hpp) on copies of `agent`, which has `arms`
/// arms, at least two:
///  - select_batch(n, g) returns n pairs, and is n calls of select(g): for n = 0, 1 and more than one
///  - answers in any order, late or never, are harmless: select and recommend stay in range
template <class Agent, joust::random_stream Stream>
[[nodiscard]] law_report selects_batches(Agent const& agent, std::size_t arms, Stream const& stream,
                                         selects_batches_options options = {}) {
  static_assert(joust::selects_batches<Agent, Stream>,
                "joust::laws::selects_batches: call joust::explain_selects_batches to see what is missing");
  using joust::detail::text;
  using player = detail::player<Agent, no_context>;
  law_report report{"selects_batches"};
  report.examine([&] {
    if (arms < 2) joust::detail::reject("arms", text(arms), "at least 2");
    no_context const nothing{};
    player experienced{agent, nothing, arms};
    static_cast<void>(experienced.play(options.rounds, stream.child(1)));
    for (Agent const& state : {agent, experienced.agent()}) {
      for (std::size_t const count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, 3 * arms}) {
        Agent at_once = state;
        Agent one_by_one = state;
        Stream g = stream.child(2);
        Stream h = g;
        auto const batch = at_once.select_batch(count, g);
        if (batch.size() != count) {
          report.breaks("select_batch(n, g) returns n pairs", text(batch.size()) + " for n = " + text(count));
          continue;
        }
        bool same = true;
        for (pairing const& pair : batch) same = same && pair == one_by_one.select(h);
        // What follows must agree as well: the batch leaves agent and stream where the single calls do.
        same = same && at_once.select(g) == one_by_one.select(h);
        if (!same)
          report.breaks("select_batch(n, g) is n calls of select(g)",
                        "for n = " + text(count) + " it is not");
      }
    }

    Agent delayed = agent;
    std::vector<pairing> outstanding;
    for (std::size_t n = 0; n < options.rounds; ++n) {
      Stream chance = stream.child(3).child(n);
      for (pairing const& pair : delayed.select_batch(1 + n % 4, chance)) {
        if (pair.first >= arms || pair.second >= arms || delayed.recommend() >= arms) {
          report.breaks("late answers are harmless", "in batch " + text(n) + " an index is out of range");
          return;
        }
        outstanding.push_back(pair);
      }
      while (outstanding.size() > 2 * arms) {
        std::swap(outstanding[draw_index(outstanding.size(), chance)], outstanding.back());
        pairing const pair = outstanding.back();
        outstanding.pop_back();
        bool const lost = draw_index(8, chance) == 0;
        if (!lost && !pair.self_duel()) {
          delayed.observe(pair.first, pair.second, experienced.judge(pair, chance));
        }
      }
    }
  });
  return report;
}

}  // namespace joust::laws
