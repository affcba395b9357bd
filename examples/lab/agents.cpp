// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <joust/agent/contextual.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/greedy.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/thompson.hpp>
#include <joust/rule/uniform_pair.hpp>

#include "agent_shelf.hpp"
#include "catalogue.hpp"

namespace lab {

namespace {

parameter const prior{"prior", "1", "precision of the Gaussian prior of every coefficient"};
parameter const redraws{"redraws", "20", "further draws while both name the same candidate"};
parameter const on_clash{"clash", "runner-up", "if they still do: runner-up, uniform or largest-variance"};
parameter const criterion{"criterion", "preference",
                          "variance of the preference, or of the reward (its logit)"};

joust::linear_logistic posterior_of(typed_name const& typed) {
  return joust::linear_logistic{{.prior_precision = typed.number("prior", 1.0)}};
}

joust::thompson thompson_of(typed_name const& typed) {
  return joust::thompson{{.max_redraws = typed.count("redraws", 20),
                          .on_clash = static_cast<joust::clash>(
                              typed.choice("clash", {"runner-up", "uniform", "largest-variance"}))}};
}

joust::best_arm best_arm_of(typed_name const& typed) {
  bool const reward = typed.choice("criterion", {"preference", "reward"}) == 1;
  return joust::best_arm{{.criterion = reward ? joust::variance_of::reward : joust::variance_of::preference}};
}

joust::any_agent from_parts(typed_name const& typed) {
  static_cast<void>(
      typed.choice("posterior", {"linear-logistic"}));  // the only one so far; others are refused
  joust::linear_logistic const posterior = posterior_of(typed);
  std::vector<std::string> const rules{"thompson", "best-arm", "largest-variance",
                                       "greedy",   "uniform",  "passive"};
  if (!typed.find("rule")) typed.fail("needs rule=NAME beside the posterior");
  switch (typed.choice("rule", rules)) {
    case 0:
      return joust::contextual{posterior, joust::thompson{}};
    case 1:
      return joust::contextual{posterior, joust::best_arm{}};
    case 2:
      return joust::contextual{posterior, joust::largest_pair_variance{}};
    case 3:
      return joust::contextual{posterior, joust::greedy{}};
    case 4:
      return joust::contextual{posterior, joust::uniform_pair{}};
    default:
      return joust::contextual{posterior, joust::passive{}};
  }
}

std::vector<made_agent> contextual_agents() {
  return {
      {{"uniform", "two different candidates at random; what every other agent has to beat", {}},
       [](typed_name const& typed, joust::setting const& shape) -> joust::any_agent {
         if (shape.fixed_arms) return joust::uniform_arms{};
         return joust::contextual{posterior_of(typed), joust::uniform_pair{}};
       }},
      {{"greedy", "the two best under the linear logistic posterior's mean; never explores", {prior}},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::contextual{posterior_of(typed), joust::greedy{}};
       }},
      {{"sea-ee",
        "SEA, explore and exploit: two posterior draws, each names its favourite",
        {prior, redraws, on_clash}},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::contextual{posterior_of(typed), thompson_of(typed)};
       }},
      {{"sea-bai",
        "SEA, best-arm identification: a draw's favourite against the least certain rival",
        {prior, criterion}},
       [](typed_name const& typed, joust::setting const&) -> joust::any_agent {
         return joust::contextual{posterior_of(typed), best_arm_of(typed)};
       }},
      {{"",
        "a posterior and a rule: posterior=NAME,rule=NAME",
        {{"posterior", "linear-logistic", "linear-logistic"},
         {"rule", "", "thompson, best-arm, largest-variance, greedy, uniform or passive"},
         prior}},
       [](typed_name const& typed, joust::setting const&) { return from_parts(typed); }},
  };
}

std::vector<made_agent> const& shelf() {
  static std::vector<made_agent> const all = [] {
    std::vector<made_agent> whole;
    for (auto const& family :
         {bound_agents(), rmed_agents(), thompson_agents(), elimination_agents(), reduction_agents(),
          identification_agents(), other_agents(), contextual_agents()}) {
      whole.insert(whole.end(), family.begin(), family.end());
    }
    return whole;
  }();
  return all;
}

}  // namespace

std::vector<entry> agents() {
  auto all = entries_of(shelf());
  all.back().name = "posterior=,rule=";
  return all;
}

joust::any_agent make_agent(std::string const& typed, joust::setting const& shape) {
  typed_name const wanted{typed};
  if (wanted.name().empty() && !wanted.find("posterior"))
    wanted.fail("is no agent; write NAME or posterior=...,rule=...");
  return find_entry(shelf(), wanted, "agent").make(wanted, shape);
}

}  // namespace lab
