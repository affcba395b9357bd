// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <stdexcept>

#include <joust/core/argmax.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/duel_rule.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/greedy.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/max_pair_ucb.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/thompson.hpp>
#include <joust/rule/thompson_with_self_duels.hpp>
#include <joust/rule/uniform_pair.hpp>

#include "../core/archetypes.hpp"

using joust::pairing;
using joust::stream;
using joust::laws::normal_belief;
namespace laws = joust::laws;

namespace {

// A rule from a function; the archetype's refusal of a single candidate comes first.
template <bool MaySelfDuel, class Choose>
struct rule {
  static constexpr bool may_self_duel = MaySelfDuel;
  Choose choose;
  pairing operator()(normal_belief& rewards, stream& g) const {
    if (!MaySelfDuel && rewards.size() < 2) throw std::invalid_argument{"belief: one candidate"};
    return choose(rewards, g);
  }
};
template <bool MaySelfDuel = false, class Choose>
laws::law_report report_on(Choose choose, stream random = stream{1}) {
  return laws::duel_rule(rule<MaySelfDuel, Choose>{choose}, random);
}

constexpr archetype::duel_rule least{};

std::size_t best_of_draw(normal_belief& rewards, stream& g) {
  auto const draw = rewards.draw(g);
  return joust::argmax(draw, g);
}
pairing two_opinions(normal_belief& rewards, stream& g) {
  std::size_t const first = best_of_draw(rewards, g);
  return {first, best_of_draw(rewards, g)};
}

struct accepting {
  static constexpr bool may_self_duel = false;
  pairing operator()(normal_belief& rewards, stream& g) const {
    return rewards.size() == 1 ? pairing{} : least(rewards, g);
  }
};
struct wordy {
  static constexpr bool may_self_duel = false;
  pairing operator()(normal_belief& rewards, stream& g) const {
    if (rewards.size() == 1) throw std::logic_error{"one"};
    return least(rewards, g);
  }
};

}  // namespace

TEST_CASE("correct rules keep the laws", "[laws][duel_rule]") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) CHECK_KEEPS_LAWS(laws::duel_rule(least, stream{seed}));
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    CHECK_KEEPS_LAWS(report_on<true>(two_opinions, stream{seed}));
  // The largest pair variance, ties broken at random.
  CHECK_KEEPS_LAWS(report_on([](normal_belief& rewards, stream& g) {
    std::vector<pairing> pairs;
    std::vector<double> variance;
    for (std::size_t i = 0; i < rewards.size(); ++i) {
      for (std::size_t j = 0; j < rewards.size(); ++j) {
        if (i == j) continue;
        pairs.push_back({i, j});
        variance.push_back(rewards.pair_variance(i, j));
      }
    }
    // Sums of squares round differently in another order; the rule does not see such ties as broken.
    for (double& v : variance) v = std::round(v * 1e6);
    return pairs[joust::argmax(variance, g)];
  }));
}

TEST_CASE("planted faults of rules are found", "[laws][duel_rule]") {
  CHECK_BREAKS("both indices are below", report_on([](normal_belief& rewards, stream& g) {
                 pairing const p = least(rewards, g);
                 return pairing{p.first, p.second + 1};
               }));
  CHECK_BREAKS("never picks a candidate twice", report_on(two_opinions));
  int calls = 0;
  CHECK_BREAKS("the same belief and the same stream", report_on([&calls](normal_belief& rewards, stream& g) {
                 pairing const p = least(rewards, g);
                 return ++calls % 5 == 0 ? pairing{p.second, p.first} : p;
               }));
  // Takes the sign of a reward for a judgement.
  CHECK_BREAKS("adding a constant", report_on([](normal_belief& rewards, stream& g) {
                 bool const good = rewards.draw(g)[0] > 0.0;
                 pairing const p = least(rewards, g);
                 return good ? p : pairing{p.second, p.first};
               }));
  // Prefers low indices: in ties only, always, and in the order shown only.
  CHECK_BREAKS("permuting the candidates", report_on([](normal_belief& rewards, stream& g) {
                 auto const draw = rewards.draw(g);
                 std::size_t best = 0;
                 for (std::size_t i = 1; i < draw.size(); ++i) best = draw[i] > draw[best] ? i : best;
                 std::size_t const other = joust::draw_index(draw.size() - 1, g);
                 return pairing{best, other + (other >= best ? 1 : 0)};
               }));
  CHECK_BREAKS("permuting the candidates", report_on([](normal_belief&, stream&) { return pairing{0, 1}; }));
  CHECK_BREAKS("permuting the candidates", report_on([](normal_belief& rewards, stream& g) {
                 pairing const p = least(rewards, g);
                 return p.first < p.second ? p : pairing{p.second, p.first};
               }));
  CHECK_BREAKS("valid arguments are accepted", report_on([](normal_belief& rewards, stream& g) {
                 if (rewards.pair_variance(0, 1) == 0.0) throw std::domain_error{"certain"};
                 return least(rewards, g);
               }));
}

TEST_CASE("a rule may be documented to go by the order of the candidates", "[laws][duel_rule]") {
  rule<false, pairing (*)(normal_belief&, stream&)> const in_order{[](normal_belief&, stream&) {
    return pairing{0, 1};
  }};
  CHECK_BREAKS("permuting the candidates", laws::duel_rule(in_order, stream{1}));
  CHECK_KEEPS_LAWS(laws::duel_rule(in_order, stream{1}, {.order_matters = true}));
}

TEST_CASE("a single candidate is refused or duels itself", "[laws][duel_rule]") {
  CHECK_BREAKS("refuses a belief over one candidate", laws::duel_rule(accepting{}, stream{1}));
  CHECK_BREAKS("refused with std::invalid_argument", laws::duel_rule(wordy{}, stream{1}));
  CHECK_BREAKS("both indices are below", report_on<true>([](normal_belief& rewards, stream& g) {
                 return rewards.size() == 1 ? pairing{0, 1} : least(rewards, g);
               }));
}

TEST_CASE("every rule of the library keeps the laws", "[laws][duel_rule]") {
  stream const random{7};
  CHECK_KEEPS_LAWS(laws::duel_rule(joust::passive{}, random, {.order_matters = true}));
  CHECK_KEEPS_LAWS(laws::duel_rule(joust::uniform_pair{}, random));
  CHECK_KEEPS_LAWS(laws::duel_rule(joust::greedy{}, random));
  for (joust::clash const fallback :
       {joust::clash::runner_up, joust::clash::uniform, joust::clash::largest_variance}) {
    CHECK_KEEPS_LAWS(laws::duel_rule(joust::thompson{{.on_clash = fallback}}, random));
    CHECK_KEEPS_LAWS(laws::duel_rule(joust::thompson{{.max_redraws = 0, .on_clash = fallback}}, random));
  }
  CHECK_KEEPS_LAWS(laws::duel_rule(joust::thompson_with_self_duels{}, random));
  for (joust::variance_of const criterion : {joust::variance_of::preference, joust::variance_of::reward}) {
    CHECK_KEEPS_LAWS(laws::duel_rule(joust::best_arm{{.criterion = criterion}}, random));
    CHECK_KEEPS_LAWS(laws::duel_rule(joust::largest_pair_variance{{.criterion = criterion}}, random));
  }
  for (double const beta : {0.0, 1.0}) {
    CHECK_KEEPS_LAWS(laws::duel_rule(joust::max_pair_ucb{{.beta = beta}}, random));
  }
}
