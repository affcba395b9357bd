// SPDX-License-Identifier: MIT
#include <joust/rule/any_rule.hpp>

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/state.hpp>
#include <joust/laws/duel_rule.hpp>

#include "finite_belief.hpp"

namespace {

using joust::any_rule;
using joust::any_rule_options;
using joust::clash;
using joust::opinion;
using joust::rule_kind;
using joust::variance_of;
using joust_test::finite_belief;
using joust_test::finite_preferences;

static_assert(joust::duel_rule<any_rule, finite_belief>);
static_assert(joust::duel_rule<any_rule, finite_preferences>);
static_assert(!any_rule::may_self_duel);

std::vector<std::vector<double>> rewards() {
  return {{2.0, 1.0, 1.75, -20.0}, {3.0, 3.5, 2.75, -30.0}, {1.0, 0.0, 0.75, -44.0}, {4.0, 3.0, 3.75, -25.0}};
}

// On the same stream any_rule does what the rule does, and leaves the stream where the rule leaves it.
template <class Rule>
void check_same(any_rule_options const& options, Rule const& rule) {
  for (auto const& members :
       {rewards(), {{1.0, 1.0, 1.0, 1.0}}, {{1.0, 0.0, 2.0, 0.5}, {1.0, 0.0, 2.0, 0.5}}}) {
    finite_preferences one{members};
    finite_preferences two{members};
    joust::stream random{5};
    joust::stream same{5};
    any_rule const any{options};
    for (int t = 0; t < 200; ++t) REQUIRE(any(one, random) == rule(two, same));
    CHECK(random == same);
  }
}

}  // namespace

TEST_CASE("any_rule is the rule it names, with that rule's options", "[any_rule]") {
  check_same({}, joust::best_arm{});
  check_same({.rule = rule_kind::thompson}, joust::thompson{});
  check_same({.rule = rule_kind::thompson, .max_redraws = 0}, joust::thompson{{.max_redraws = 0}});
  for (auto const on_clash : {clash::uniform, clash::largest_variance}) {
    check_same({.rule = rule_kind::thompson, .max_redraws = 1, .on_clash = on_clash},
               joust::thompson{{.max_redraws = 1, .on_clash = on_clash}});
  }
  for (auto const criterion : {variance_of::preference, variance_of::reward}) {
    check_same({.rule = rule_kind::best_arm, .criterion = criterion},
               joust::best_arm{{.criterion = criterion}});
    check_same({.rule = rule_kind::largest_pair_variance, .criterion = criterion},
               joust::largest_pair_variance{{.criterion = criterion}});
  }
  check_same({.rule = rule_kind::passive}, joust::passive{});
  check_same({.rule = rule_kind::uniform_pair}, joust::uniform_pair{});
  check_same({.rule = rule_kind::greedy}, joust::greedy{});
  for (auto const of : {opinion::draw, opinion::mean}) {
    check_same({.rule = rule_kind::best_against_worst, .of = of}, joust::best_against_worst{{.of = of}});
  }
  check_same({.rule = rule_kind::max_pair_ucb}, joust::max_pair_ucb{});
  check_same({.rule = rule_kind::max_pair_ucb, .beta = 0.25}, joust::max_pair_ucb{{.beta = 0.25}});
}

TEST_CASE("visit hands over the rule in its own type", "[any_rule]") {
  bool reached = false;
  any_rule{{.rule = rule_kind::thompson, .max_redraws = 3}}.visit([&](auto const& rule) {
    if constexpr (std::is_same_v<decltype(rule), joust::thompson const&>) {
      reached = rule.options().max_redraws == 3;
    }
  });
  CHECK(reached);
}

TEST_CASE("any_rule keeps the laws of rules", "[any_rule][law]") {
  for (std::size_t k = 0; k < joust::names_of(rule_kind{}).size(); ++k) {
    auto const kind = static_cast<rule_kind>(k);
    if (kind == rule_kind::passive) continue;  // goes by the order of candidates, and says so
    auto const report = joust::laws::duel_rule(any_rule{{.rule = kind}}, joust::stream{6});
    INFO(joust::names_of(kind)[k] << ": " << report.text());
    CHECK(report);
  }
}

TEST_CASE("the rules have names of their own, in the order of the enumeration", "[any_rule]") {
  auto const names = joust::names_of(rule_kind{});
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
  CHECK(names[static_cast<std::size_t>(rule_kind::thompson)] == "thompson");
  CHECK(names[static_cast<std::size_t>(rule_kind::best_arm)] == "best_arm");
  CHECK(names[static_cast<std::size_t>(rule_kind::largest_pair_variance)] == "largest_pair_variance");
  CHECK(names[static_cast<std::size_t>(rule_kind::passive)] == "passive");
  CHECK(names[static_cast<std::size_t>(rule_kind::uniform_pair)] == "uniform_pair");
  CHECK(names[static_cast<std::size_t>(rule_kind::greedy)] == "greedy");
  CHECK(names[static_cast<std::size_t>(rule_kind::best_against_worst)] == "best_against_worst");
  CHECK(names[static_cast<std::size_t>(rule_kind::max_pair_ucb)] == "max_pair_ucb");
  // Each name does something of its own: no two rules agree on a belief that has all kinds of doubt.
  std::set<std::vector<std::size_t>> behaviours;
  for (std::size_t k = 0; k < names.size(); ++k) {
    finite_preferences belief{rewards()};
    joust::stream random{7};
    std::vector<std::size_t> pairs;
    for (int t = 0; t < 60; ++t) {
      auto const duel = any_rule{{.rule = static_cast<rule_kind>(k)}}(belief, random);
      pairs.push_back(duel.first * 4 + duel.second);
    }
    behaviours.insert(pairs);
  }
  CHECK(behaviours.size() == names.size());
}

TEST_CASE("any_rule_options can be written down and read back", "[any_rule]") {
  any_rule_options const options{.rule = rule_kind::thompson,
                                 .max_redraws = 3,
                                 .on_clash = clash::uniform,
                                 .criterion = variance_of::reward,
                                 .of = opinion::draw,
                                 .beta = 0.5};
  joust::state_writer writer{"rule", 1};
  any_rule_options::fields(options, writer);
  std::string const text = std::move(writer).finish();
  any_rule_options read;
  joust::state_reader reader{text, "rule", 1};
  any_rule_options::fields(read, reader);
  reader.finish();
  CHECK(read == options);
  CHECK(any_rule{read} == any_rule{options});
  CHECK(!(any_rule{read} == any_rule{}));
  CHECK(any_rule{read}.options() == options);
}

TEST_CASE("any_rule refuses a single candidate and a beta that is no bonus", "[any_rule][fault]") {
  CHECK_THROWS_AS(any_rule({.rule = rule_kind::passive, .beta = -1.0}), std::invalid_argument);
  for (std::size_t k = 0; k < joust::names_of(rule_kind{}).size(); ++k) {
    joust_test::check_refuses_one_candidate(any_rule{{.rule = static_cast<rule_kind>(k)}});
  }
}
