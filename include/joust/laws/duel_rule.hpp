// SPDX-License-Identifier: MIT
//
// The laws of a duel_rule, run on your own: it stays among the candidates, keeps its word about self-duels,
// and looks neither at a common constant of the rewards nor at the order of the candidates.
//
//   needs   a rule that takes a joust::laws::normal_belief, which is to say any belief
//   cost    about 25 * samples choices
//   repeat  same rule and stream, same report
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>
#include <joust/laws/normal_belief.hpp>

namespace joust::laws {

struct duel_rule_options {
  std::size_t samples = 2000;  ///< choices per belief and order of candidates
  bool order_matters = false;  ///< documented as such: the rule goes by the order in which candidates come
  double false_alarm = 1e-6;   ///< probability that a correct rule fails, over all beliefs together
};

namespace detail {

struct named_rewards {
  std::string name;
  std::vector<normal_reward> rewards;
};

// The situations a rule meets. All means are short binary fractions, so that adding a constant is exact.
[[nodiscard]] inline std::vector<named_rewards> beliefs_for_rules() {
  return {
      {"two candidates", {{0.25, 0.5}, {0.0, 1.0}}},
      {"four uncertain candidates", {{0.5, 1.0}, {0.25, 0.5, 0.5}, {0.0, 1.5, -0.5}, {-0.5, 0.25, 1.0}}},
      {"all tied and certain", {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}}},
      {"all tied and equally uncertain", {{1.0, 1.0}, {1.0, 1.0}, {1.0, 1.0}}},
      {"one certain winner", {{0.0, 0.0}, {64.0, 0.0}, {0.0, 0.0}}},
  };
}

}  // namespace detail

/// Runs the laws of a duel_rule (core/concepts.hpp):
///  - both indices are below belief.size(), for ties, certainty and a single strong winner too
///  - the same belief and the same stream give the same pair
///  - a rule with may_self_duel = false never picks a candidate twice, and throws std::invalid_argument for
///    a belief over one candidate; with may_self_duel = true it may throw or return {0, 0}
///  - adding a constant to all rewards changes nothing
///  - permuting the candidates permutes the distribution of the choice: a sign test per pair of candidates,
///    also where all are tied and a rule that prefers low indices shows (unless order_matters)
/// Only the last can fail by chance, with probability at most `options.false_alarm`.
template <class Rule, joust::random_stream Stream>
[[nodiscard]] law_report duel_rule(Rule const& rule, Stream const& stream, duel_rule_options options = {}) {
  static_assert(
      joust::duel_rule<Rule, normal_belief, Stream>,
      "joust::laws::duel_rule: call joust::explain_duel_rule<rule, joust::laws::normal_belief> to see what "
      "is missing");
  using joust::detail::text;
  law_report report{"duel_rule"};
  auto name = [](pairing p) { return "{" + text(p.first) + ", " + text(p.second) + "}"; };

  report.examine([&] {
    auto const beliefs = detail::beliefs_for_rules();
    double tests = 0.0;  // one per ordered pair, belief and permutation
    for (auto const& [situation, rewards] : beliefs) {
      tests += static_cast<double>(rewards.size() * rewards.size() * (rewards.size() - 1));
    }
    for (auto const& [situation, rewards] : beliefs) {
      std::size_t const count = rewards.size();
      std::vector<normal_reward> lifted = rewards;
      for (normal_reward& reward : lifted) reward.mean += 1024.0;
      normal_belief belief{rewards};
      normal_belief shifted{lifted};

      Stream chance = stream.child(7).child(count);
      std::vector<pairing> choices;
      for (std::size_t n = 0; n < options.samples; ++n) {
        Stream again = chance;
        Stream aside = chance;
        pairing const choice = rule(belief, chance);
        if (choice.first >= count || choice.second >= count) {
          report.breaks("both indices are below belief.size()",
                        "with " + situation + " it chose " + name(choice) + " of " + text(count));
          return;
        }
        if (!Rule::may_self_duel && choice.self_duel()) {
          report.breaks("a rule without may_self_duel never picks a candidate twice",
                        "with " + situation + " it chose " + name(choice));
        }
        pairing const repeated = rule(belief, again);
        if (repeated != choice) {
          report.breaks("the same belief and the same stream give the same pair",
                        "with " + situation + " it chose " + name(choice) + " and " + name(repeated));
        }
        pairing const lifted_choice = rule(shifted, aside);
        if (lifted_choice != choice) {
          report.breaks(
              "adding a constant to all rewards changes nothing",
              "with " + situation + " it chose " + name(choice) + ", with 1024 added " + name(lifted_choice));
        }
        choices.push_back(choice);
      }

      // Rotations move every candidate to every place.
      for (std::size_t turn = 1; turn < count && !options.order_matters; ++turn) {
        auto place = [&](std::size_t i) { return (i + turn) % count; };
        std::vector<normal_reward> moved(count);
        for (std::size_t i = 0; i < count; ++i) moved[place(i)] = rewards[i];
        normal_belief permuted{moved};
        std::vector<std::size_t> only_here(count * count);
        std::vector<std::size_t> only_there(count * count);
        Stream other = stream.child(8).child(count).child(turn);
        for (pairing const choice : choices) {
          pairing const there = rule(permuted, other);
          pairing const here{place(choice.first), place(choice.second)};
          if (here == there || there.first >= count || there.second >= count) continue;
          ++only_here[here.first * count + here.second];
          ++only_there[there.first * count + there.second];
        }
        for (std::size_t c = 0; c < count * count; ++c) {
          if (!detail::plausibly_equal(only_here[c], only_there[c], options.false_alarm / tests)) {
            report.breaks("permuting the candidates permutes the distribution of the choice",
                          "with " + situation + " moved by " + text(turn) + " places, " +
                              name({c / count, c % count}) + " came " + text(only_there[c]) +
                              " times, expected " + text(only_here[c]) + " (where the two differ)");
          }
        }
      }
    }
  });

  normal_belief single{{normal_reward{}}};
  Stream chance = stream.child(9);
  try {
    pairing const choice = rule(single, chance);
    if (!Rule::may_self_duel) {
      report.breaks("a rule without may_self_duel refuses a belief over one candidate",
                    "it chose " + name(choice));
    } else if (choice != pairing{}) {
      report.breaks("both indices are below belief.size()", "with one candidate it chose " + name(choice));
    }
  } catch (std::invalid_argument const&) {
  } catch (std::exception const& error) {
    report.breaks("a belief over one candidate is refused with std::invalid_argument",
                  std::string{"threw \""} + error.what() + '"');
  }
  return report;
}

}  // namespace joust::laws
