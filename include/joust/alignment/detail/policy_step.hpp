// SPDX-License-Identifier: MIT
//
// How answered duels move a policy: score both actions under policy and reference, evaluate the loss, and
// hand its slopes to the policy as weights of grad log pi.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <joust/alignment/detail/log_probabilities.hpp>
#include <joust/alignment/question.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/evaluate.hpp>
#include <joust/loss/optimism_term.hpp>

namespace joust::detail {

// A duel to learn from, and the sample that optimism is about, if there is one.
template <class Context, class Action>
struct answered_duel {
  Context context;
  Action first;
  Action second;
  double outcome;
  double weight;
  std::optional<Action> sample;
};

template <class Context, class Action>
class policy_step {
 public:
  // One gradient of the mean loss over the duels, optimism included, and one step along it. With s = dloss /
  // dlog pi(a), the gradient is the sum of s grad log pi(a): the policy climbs, so it is given -s. False, and
  // nothing done, if no duel has weight. `count` is that of the optimism's schedule.
  template <class Policy, class Reference, class Loss>
  bool operator()(Policy& policy, Reference const& reference, Loss const& loss,
                  std::span<answered_duel<Context, Action> const> duels, optimism_term const& optimism,
                  std::uint64_t count, round_report& report) {
    double const active = score(policy, reference, duels);
    if (!(active > 0.0)) return false;
    slopes_.assign(duels.size(), {});
    report.loss = evaluate(loss, std::span<scored_pair const>{pairs_}, std::span<double const>{outcomes_},
                           std::span<double const>{weights_}, std::span{slopes_});
    note_log_ratios(active, report);
    try {
      for (std::size_t i = 0; i < duels.size(); ++i) {
        auto const& duel = duels[i];
        if (slopes_[i].chosen != 0.0) policy.accumulate(duel.context, duel.first, -slopes_[i].chosen);
        if (slopes_[i].rejected != 0.0) policy.accumulate(duel.context, duel.second, -slopes_[i].rejected);
        if (duel.sample && duel.weight != 0.0 && optimism.coefficient(count) != 0.0) {
          double const ratio = policy.log_probability(duel.context, *duel.sample) -
                               reference.log_probability(duel.context, *duel.sample);
          double const share = duel.weight / active;
          report.loss += share * optimism.value(ratio, count);
          double const slope = share * optimism.slope(ratio, count);
          if (slope != 0.0) policy.accumulate(duel.context, *duel.sample, -slope);
        }
      }
      policy.step();
    } catch (...) {
      // A gradient that the policy refuses must not wait to spoil its next step.
      if constexpr (requires { policy.discard(); }) policy.discard();
      throw;
    }
    return true;
  }

 private:
  // Scores all duels; the sum of their weights.
  template <class Policy, class Reference>
  double score(Policy const& policy, Reference const& reference,
               std::span<answered_duel<Context, Action> const> duels) {
    pairs_.clear();
    outcomes_.clear();
    weights_.clear();
    double active = 0.0;
    for (auto const& duel : duels) {
      std::vector<Action> const actions{duel.first, duel.second};
      auto const now = log_probabilities(policy, duel.context, actions);
      auto const base = log_probabilities(reference, duel.context, actions);
      pairs_.push_back({now[0], now[1], base[0], base[1], length_of(policy, duel.context, duel.first),
                        length_of(policy, duel.context, duel.second)});
      outcomes_.push_back(duel.outcome);
      weights_.push_back(duel.weight);
      active += duel.weight;
    }
    return active;
  }

  void note_log_ratios(double active, round_report& report) const {
    double chosen = 0.0;
    double rejected = 0.0;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      double const first = pairs_[i].chosen - pairs_[i].chosen_reference;
      double const second = pairs_[i].rejected - pairs_[i].rejected_reference;
      chosen += weights_[i] * (outcomes_[i] * first + (1.0 - outcomes_[i]) * second);
      rejected += weights_[i] * (outcomes_[i] * second + (1.0 - outcomes_[i]) * first);
    }
    report.chosen_log_ratio = chosen / active;
    report.rejected_log_ratio = rejected / active;
  }

  std::vector<scored_pair> pairs_;
  std::vector<double> outcomes_;
  std::vector<double> weights_;
  std::vector<pair_slopes> slopes_;
};

}  // namespace joust::detail
