// SPDX-License-Identifier: MIT
//
// Any of the rules, chosen while the program runs: for configuration files and command lines. Where the rule
// is known when the program is written, name it instead.
//
//   needs   a belief over at least two candidates
//   cost    a switch, and the rule chosen
//   repeat  as the rule chosen
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/rule/best_against_worst.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/greedy.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/max_pair_ucb.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/thompson.hpp>
#include <joust/rule/uniform_pair.hpp>
#include <joust/rule/variance_of.hpp>

namespace joust {

/// The rules without self-duels.
enum class rule_kind : unsigned char {
  thompson,
  best_arm,
  largest_pair_variance,
  passive,
  uniform_pair,
  greedy,
  best_against_worst,
  max_pair_ucb,
};

/// The names of the rules, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 8> names_of(rule_kind) noexcept {
  return {"thompson",     "best_arm", "largest_pair_variance", "passive",
          "uniform_pair", "greedy",   "best_against_worst",    "max_pair_ucb"};
}

/// Which rule, and the options of all of them; a rule reads its own.
struct any_rule_options {
  rule_kind rule = rule_kind::best_arm;
  std::size_t max_redraws = 20;                     ///< thompson: as thompson_options
  clash on_clash = clash::runner_up;                ///< thompson
  variance_of criterion = variance_of::preference;  ///< best_arm and largest_pair_variance: what varies
  opinion of = opinion::mean;                       ///< best_against_worst: whose opinion
  double beta = 1.0;                                ///< max_pair_ucb: what a deviation is worth

  friend bool operator==(any_rule_options const&, any_rule_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rule", self.rule,
          "thompson, best_arm, largest_pair_variance, passive, uniform_pair, greedy, best_against_worst or "
          "max_pair_ucb");
    visit("max_redraws", self.max_redraws,
          "of thompson: further draws while the second agrees with the first");
    visit("on_clash", self.on_clash, "of thompson: runner_up, uniform or largest_variance");
    visit("criterion", self.criterion, "of best_arm and largest_pair_variance: preference or reward");
    visit("of", self.of, "of best_against_worst: draw or mean");
    visit("beta", self.beta, "of max_pair_ucb: how much a standard deviation is worth");
  }
};

/// A rule by name.
class any_rule {
 public:
  static constexpr bool may_self_duel = false;

  /// Throws std::invalid_argument for a beta that max_pair_ucb refuses, whatever the rule.
  constexpr explicit any_rule(any_rule_options options = {}) : options_{options} {
    max_pair_ucb_options{.beta = options.beta}.check();
  }

  /// The rule chosen. Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] pairing operator()(Belief& rewards, Stream& stream) const {
    return visit([&](auto const& rule) { return rule(rewards, stream); });
  }

  /// call(rule) with the rule chosen, in its own type: to choose once what will run many times.
  template <class Call>
  constexpr decltype(auto) visit(Call&& call) const {
    switch (options_.rule) {
      case rule_kind::thompson:
        return call(thompson{{.max_redraws = options_.max_redraws, .on_clash = options_.on_clash}});
      case rule_kind::best_arm:
        return call(best_arm{{.criterion = options_.criterion}});
      case rule_kind::largest_pair_variance:
        return call(largest_pair_variance{{.criterion = options_.criterion}});
      case rule_kind::passive:
        return call(passive{});
      case rule_kind::uniform_pair:
        return call(uniform_pair{});
      case rule_kind::greedy:
        return call(greedy{});
      case rule_kind::max_pair_ucb:
        return call(max_pair_ucb{{.beta = options_.beta}});
      case rule_kind::best_against_worst:
        break;
    }
    return call(best_against_worst{{.of = options_.of}});
  }

  [[nodiscard]] constexpr any_rule_options const& options() const noexcept { return options_; }

  friend bool operator==(any_rule const&, any_rule const&) = default;

 private:
  any_rule_options options_;
};

}  // namespace joust
