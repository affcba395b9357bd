// SPDX-License-Identifier: MIT
//
// Worlds, policies and a learner so simple that every metric can be worked out by hand.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <joust/alignment/question.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>
#include <joust/oracle/compare_batch.hpp>

namespace joust::testing {

/// Prompts with a few responses each, their rewards given.
struct small_world_of_responses {
  std::vector<std::vector<double>> rewards;

  std::size_t prompts() const { return rewards.size(); }
  double reward(std::size_t x, std::size_t a) const {
    detail::require_index("prompt", x, rewards.size());
    detail::require_index("response", a, rewards[x].size());
    return rewards[x][a];
  }
  double best_reward(std::size_t x) const { return *std::ranges::max_element(rewards[x]); }
  double probability(std::size_t x, std::size_t a, std::size_t b) const {
    return sigmoid(reward(x, a) - reward(x, b));
  }
  template <class Stream>
  double compare(std::size_t x, std::size_t a, std::size_t b, Stream& g) const {
    return draw_bernoulli(probability(x, a, b), g);
  }
};

/// A policy that is only sampled: nobody sums over its responses.
struct sampled_policy {
  using context = std::size_t;
  using action = std::size_t;
  std::vector<std::vector<double>> p;

  template <class Stream>
  std::size_t sample(std::size_t x, Stream& g) const {
    double u = draw_uniform(g);
    std::size_t a = 0;
    while (a + 1 < p[x].size() && u >= p[x][a]) u -= p[x][a++];
    return a;
  }
  double log_probability(std::size_t x, std::size_t a) const { return std::log(p[x][a]); }
  std::size_t greedy(std::size_t x) const {
    return static_cast<std::size_t>(std::ranges::max_element(p[x]) - p[x].begin());
  }
};

/// The same with its probabilities laid open.
struct listed_policy : sampled_policy {
  std::vector<double> const& probabilities(std::size_t x) const { return p[x]; }
  double kl(sampled_policy const& reference, std::size_t x) const {
    double sum = 0.0;
    for (std::size_t a = 0; a < p[x].size(); ++a) {
      if (p[x][a] > 0.0) sum += p[x][a] * std::log(p[x][a] / reference.p[x][a]);
    }
    return sum;
  }
};

/// Scores of responses, for a reward model that needs work space to say them.
struct score_table {
  std::vector<std::vector<double>> scores;
  int asked = 0;

  template <class Policy>
  std::vector<double> expected(std::size_t x, std::vector<std::size_t> const& candidates, Policy const&,
                               Policy const&) {
    ++asked;
    std::vector<double> result;
    for (std::size_t const a : candidates) result.push_back(scores[x][a]);
    return result;
  }
};

/// Learns by multiplying the winner's probability. Two samples duel; equal ones are not asked about; a coin
/// leaves some of the others to the learner's own scores.
class small_aligner {
 public:
  using context = std::size_t;
  using action = std::size_t;

  small_aligner(listed_policy policy, double oracle_share)
      : policy_{policy}, reference_{std::move(policy)}, oracle_share_{oracle_share} {
    model_.scores = policy_.p;
  }

  template <class Oracle, class Stream>
  round_report round(std::span<std::size_t const> prompts, Oracle& oracle, Stream& stream) {
    auto const luck = stream.child(stream());
    round_report report{.prompts = prompts.size()};
    std::vector<duel<std::size_t, std::size_t>> duels;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      auto g = luck.child(i);
      std::size_t const a = policy_.sample(prompts[i], g);
      std::size_t const b = policy_.sample(prompts[i], g);
      if (a == b) {
        ++report.duplicates;
      } else if (draw_uniform(g) < oracle_share_) {
        duels.push_back({prompts[i], a, b});
      } else {
        ++report.own;
      }
    }
    if (!duels.empty()) compare_batch(oracle, std::span{duels}, stream);
    for (auto const& d : duels) {
      std::size_t const winner = d.outcome > 0.5 ? d.first : d.second;
      double total = 0.0;
      policy_.p[d.context][winner] *= 1.2;
      for (double const p : policy_.p[d.context]) total += p;
      for (double& p : policy_.p[d.context]) p /= total;
      model_.scores[d.context][winner] += 1.0;
    }
    report.queries = duels.size();
    report.updates = duels.empty() ? 0 : 1;
    report.predicted = duels.size();
    report.agreed = duels.size() / 2;
    report.unanimous = prompts.size() / 4;
    report.loss = 1.0 / static_cast<double>(1 + updates_);
    report.chosen_log_ratio = 0.25;
    report.rejected_log_ratio = -0.5;
    queries_ += report.queries;
    updates_ += report.updates;
    return report;
  }

  template <class Stream>
  std::size_t recommend(std::size_t x, Stream&) {
    return policy_.greedy(x);
  }

  listed_policy const& policy() const { return policy_; }
  listed_policy const& reference() const { return reference_; }
  score_table const& reward_model() const { return model_; }
  std::uint64_t queries() const { return queries_; }
  std::uint64_t updates() const { return updates_; }

 private:
  listed_policy policy_;
  listed_policy reference_;
  score_table model_;
  double oracle_share_;
  std::uint64_t queries_ = 0;
  std::uint64_t updates_ = 0;
};

}  // namespace joust::testing
