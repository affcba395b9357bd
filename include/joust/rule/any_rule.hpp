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
};

/// The names of the rules, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 7> names_of(rule_kind) noexcept {
  return {"thompson",     "best_arm", "largest_pair_variance", "passive",
          "uniform_pair", "greedy",   "best_against_worst"};
}

/// Which rule, and the options of all of them; a rule reads its own.
struct any_rule_options {
  rule_kind rule = rule_kind::best_arm;
  std::size_t max_redraws = 20;                     ///< thompson: as thompson_options
  clash on_clash = clash::runner_up;                ///< thompson
  variance_of criterion = variance_of::preference;  ///< best_arm and largest_pair_variance: what varies
  opinion of = opinion::mean;                       ///< best_against_worst: whose opinion

  friend bool operator==(any_rule_options const&, any_rule_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("rule", self.rule,
          "thompson, best_arm, largest_pair_variance, passive, uniform_pair, greedy or best_against_worst");
    visit("max_redraws", self.max_redraws,
          "of thompson: further draws while the second agrees with the first");
    visit("on_clash", self.on_clash, "of thompson: runner_up, uniform or largest_variance");
    visit("criterion", self.criterion, "of best_arm and largest_pair_variance: preference or reward");
    visit("of", self.of, "of best_against_worst: draw or mean");
  }
};

/// A rule by name.
class any_rule {
 public:
  static constexpr bool may_self_duel = false;

  constexpr explicit any_rule(any_rule_options options = {}) : options_{options} {}

  /// The rule chosen. Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] pairing operator()(Belief& rewards, Stream& stream) const {
    switch (options_.rule) {
      case rule_kind::thompson:
        return thompson{{.max_redraws = options_.max_redraws, .on_clash = options_.on_clash}}(rewards,
                                                                                              stream);
      case rule_kind::best_arm:
        return best_arm{{.criterion = options_.criterion}}(rewards, stream);
      case rule_kind::largest_pair_variance:
        return largest_pair_variance{{.criterion = options_.criterion}}(rewards, stream);
      case rule_kind::passive:
        return passive{}(rewards, stream);
      case rule_kind::uniform_pair:
        return uniform_pair{}(rewards, stream);
      case rule_kind::greedy:
        return greedy{}(rewards, stream);
      case rule_kind::best_against_worst:
        break;
    }
    return best_against_worst{{.of = options_.of}}(rewards, stream);
  }

  [[nodiscard]] constexpr any_rule_options const& options() const noexcept { return options_; }

  friend bool operator==(any_rule const&, any_rule const&) = default;

 private:
  any_rule_options options_;
};

}  // namespace joust
