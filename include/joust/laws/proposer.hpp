// SPDX-License-Identifier: MIT
//
// The laws of a proposer, run on your own: it always has something to propose, and the same circumstances
// give the same candidates.
//
//   needs   a copyable proposer whose actions can be compared with ==
//   cost    2 * rounds proposals
//   repeat  same arguments, same report; no law here can fail by chance
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct proposer_options {
  std::size_t rounds = 20;  ///< proposals to look at
};

/// Runs the laws of a proposer (core/concepts.hpp) on a copy of `prototype`:
///  - the result is not empty, and size() counts its elements
///  - same context, same state and same stream give the same candidates
template <class Proposer, class Context, joust::random_stream Stream>
[[nodiscard]] law_report proposer(Proposer const& prototype, Context const& x, Stream const& stream,
                                  proposer_options options = {}) {
  using action =
      std::remove_cvref_t<decltype(*std::declval<Proposer&>().propose(x, std::declval<Stream&>()).begin())>;
  static_assert(joust::proposer<Proposer, Context, action, Stream>,
                "joust::laws::proposer: call joust::explain_proposer to see what is missing");
  static_assert(std::copy_constructible<Proposer> && std::equality_comparable<action>,
                "joust::laws::proposer: the kit copies the proposer and compares actions with ==");
  using joust::detail::text;
  law_report report{"proposer"};
  report.examine([&] {
    Proposer original = prototype;
    Stream chance = stream;
    for (std::size_t n = 0; n < options.rounds; ++n) {
      Proposer copy = original;
      Stream same = chance;
      auto propose = [&](Proposer& source, Stream& draws) {
        auto&& proposed = source.propose(x, draws);
        std::vector<action> candidates;
        for (auto&& candidate : proposed) candidates.push_back(candidate);
        if (candidates.empty())
          report.breaks("the result is not empty", "round " + text(n) + " has no candidate");
        if (candidates.size() != static_cast<std::size_t>(proposed.size())) {
          report.breaks("size() counts the candidates",
                        "round " + text(n) + " has " + text(candidates.size()) + " candidates, size() is " +
                            text(static_cast<std::size_t>(proposed.size())));
        }
        return candidates;
      };
      if (propose(original, chance) != propose(copy, same)) {
        report.breaks("same context, same state and same stream give the same candidates",
                      "a copy proposed others in round " + text(n));
      }
    }
  });
  return report;
}

}  // namespace joust::laws
