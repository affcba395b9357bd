// SPDX-License-Identifier: MIT
//
// How good a policy has become, measured in a world whose rewards are known. The rival is always the same:
// some samples of the policy that the run began with, drawn once, so that two checkpoints differ by what was
// learnt and not by whom it was compared with.
//
//   needs   a world: prompts(), reward(x, a), best_reward(x), probability(x, a, b); a policy that samples
//   cost    prompts x references x responses preferences where the policy lists its probabilities, else
//           prompts x references x samples; nothing is asked of an oracle
//   repeat  same references, policy and stream, same numbers; policies that list their probabilities need no
//           chance
//   source  Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493, section 6 (win rates against
//           reference responses)
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/detail/action_list.hpp>

namespace joust {

/// A metric's value, and its standard error for other prompts of the same kind: 0 where nothing was sampled,
/// infinite where a single prompt says nothing of how prompts differ.
struct measurement {
  alignment_metric metric = alignment_metric::reward;
  double value = 0.0;
  double error = 0.0;

  friend bool operator==(measurement const&, measurement const&) = default;
};

/// How much is sampled.
struct alignment_metrics_options {
  std::size_t references = 16;  ///< reference responses per prompt, drawn once for the whole run
  std::size_t samples = 16;     ///< of the policy per prompt, where its probabilities cannot be listed
  std::size_t pairs = 16;       ///< held-out pairs per prompt, on which reward models are judged

  /// Throws std::invalid_argument for a count of 0.
  void check() const {
    if (references == 0) detail::reject("references", "0", "at least 1");
    if (samples == 0) detail::reject("samples", "0", "at least 1");
    if (pairs == 0) detail::reject("pairs", "0", "at least 1");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("references", self.references, "reference responses per prompt, drawn once");
    visit("samples", self.samples, "of the policy per prompt, where its probabilities cannot be listed");
    visit("pairs", self.pairs, "held-out pairs per prompt for reward models");
  }
  friend bool operator==(alignment_metrics_options const&, alignment_metrics_options const&) = default;
};

/// A yardstick: reference responses and held-out pairs for every prompt of a world.
template <class Action>
class alignment_metrics {
 public:
  /// What one response does against the references of its prompt.
  struct wins {
    double probability = 0.0;  ///< mean probability of beating one
    double rate = 0.0;         ///< share of them that it is likelier to beat; equal ones count one half
  };

  /// Measures nothing: to be read into.
  alignment_metrics() = default;

  /// Draws the reference responses and the held-out pairs, each prompt from children of the stream. Throws
  /// std::invalid_argument for options out of range, and what the policy throws.
  template <class Reference, random_stream Stream>
  alignment_metrics(std::size_t prompts, Reference const& reference, alignment_metrics_options const& options,
                    Stream const& stream)
      : options_{options} {
    options_.check();
    for (std::size_t x = 0; x < prompts; ++x) {
      Stream rivals = stream.child("references").child(x);
      Stream judged = stream.child("pairs").child(x);
      for (Action& a : samples(reference, x, options_.references, rivals))
        references_.push_back(std::move(a));
      for (Action& a : samples(reference, x, 2 * options_.pairs, judged)) pairs_.push_back(std::move(a));
    }
  }

  [[nodiscard]] alignment_metrics_options const& options() const noexcept { return options_; }

  /// The prompts that it measures on.
  [[nodiscard]] std::size_t prompts() const noexcept { return references_.size() / options_.references; }

  /// The reference responses to a prompt, which is below prompts() (unchecked).
  [[nodiscard]] std::span<Action const> references(std::size_t x) const noexcept {
    return std::span{references_}.subspan(x * options_.references, options_.references);
  }

  /// How a response fares against the references of its prompt, which is below prompts() (unchecked).
  template <class World>
  [[nodiscard]] wins against_references(World const& world, std::size_t x, Action const& action) const {
    wins total;
    for (Action const& rival : references(x)) {
      double const p = world.probability(x, action, rival);
      total.probability += p;
      total.rate += p > 0.5 ? 1.0 : p == 0.5 ? 0.5 : 0.0;
    }
    auto const n = static_cast<double>(options_.references);
    return {total.probability / n, total.rate / n};
  }

  /// The policy itself: win_probability, win_rate, greedy_win_probability, greedy_win_rate, reward,
  /// greedy_reward, best_share (where probabilities can be listed), policy_regret, kl. A policy with
  /// probabilities(x) is summed over; of another, `samples` responses per prompt are drawn from children of
  /// the stream, and its kl too is a mean over samples unless kl(reference, x) can say it.
  template <class World, class Policy, class Reference, random_stream Stream>
  [[nodiscard]] std::vector<measurement> of_policy(World const& world, Policy const& policy,
                                                   Reference const& reference, Stream const& stream) const {
    constexpr bool listed = requires { policy.probabilities(std::size_t{}); };
    table said{*this};
    table greedy{*this};
    std::vector<double> best_share;
    std::vector<double> divergence;
    for (std::size_t x = 0; x < prompts(); ++x) {
      Stream chance = stream.child(x);
      double const best = world.best_reward(x);
      std::vector<Action> drawn;
      if constexpr (listed) {
        auto const probabilities = policy.probabilities(x);
        double on_best = 0.0;
        said.begin();
        for (std::size_t a = 0; a < probabilities.size(); ++a) {
          if (probabilities[a] == 0.0) continue;
          said.add(world, x, a, probabilities[a]);
          if (world.reward(x, a) == best) on_best += probabilities[a];
        }
        best_share.push_back(on_best);
      } else {
        drawn = samples(policy, x, options_.samples, chance);
        said.begin();
        for (Action const& a : drawn) said.add(world, x, a, 1.0 / static_cast<double>(drawn.size()));
      }
      if constexpr (requires { policy.greedy(x); }) {
        greedy.begin();
        greedy.add(world, x, policy.greedy(x), 1.0);
      }
      divergence.push_back(divergence_from(reference, policy, x, drawn, chance));
    }
    std::vector<measurement> result;
    result.push_back(over_prompts(alignment_metric::win_probability, said.probability));
    result.push_back(over_prompts(alignment_metric::win_rate, said.rate));
    if (!greedy.reward.empty()) {
      result.push_back(over_prompts(alignment_metric::greedy_win_probability, greedy.probability));
      result.push_back(over_prompts(alignment_metric::greedy_win_rate, greedy.rate));
    }
    result.push_back(over_prompts(alignment_metric::reward, said.reward));
    if (!greedy.reward.empty()) {
      result.push_back(over_prompts(alignment_metric::greedy_reward, greedy.reward));
    }
    if (!best_share.empty()) result.push_back(over_prompts(alignment_metric::best_share, best_share));
    result.push_back(over_prompts(alignment_metric::policy_regret, said.regret));
    result.push_back(over_prompts(alignment_metric::kl, divergence));
    return result;
  }

  /// What an agent recommends, recommend(x, stream) -> Action: recommended_win_probability,
  /// recommended_win_rate, simple_regret. Each prompt has a child of the stream.
  template <class World, class Recommend, random_stream Stream>
  [[nodiscard]] std::vector<measurement> of_recommendations(World const& world, Recommend&& recommend,
                                                            Stream const& stream) const {
    table said{*this};
    for (std::size_t x = 0; x < prompts(); ++x) {
      Stream chance = stream.child(x);
      said.begin();
      said.add(world, x, recommend(x, chance), 1.0);
    }
    return {over_prompts(alignment_metric::recommended_win_probability, said.probability),
            over_prompts(alignment_metric::recommended_win_rate, said.rate),
            over_prompts(alignment_metric::simple_regret, said.regret)};
  }

  /// A reward model, expected(x, candidates) -> rewards: reward_model_accuracy, the share of held-out pairs
  /// with different true rewards that it orders as these do; pairs that it cannot tell apart count one half.
  /// Prompts whose held-out pairs are all equal are left out; none at all if that leaves no prompt.
  template <class World, class Expected>
  [[nodiscard]] std::vector<measurement> of_reward_model(World const& world, Expected&& expected) const {
    std::vector<double> accuracy;
    for (std::size_t x = 0; x < prompts(); ++x) {
      auto const begin = pairs_.begin() + static_cast<std::ptrdiff_t>(2 * x * options_.pairs);
      std::vector<Action> const candidates(begin, begin + static_cast<std::ptrdiff_t>(2 * options_.pairs));
      auto const rewards = expected(x, candidates);
      double right = 0.0;
      double judged = 0.0;
      for (std::size_t i = 0; i < candidates.size(); i += 2) {
        double const truth = world.reward(x, candidates[i]) - world.reward(x, candidates[i + 1]);
        double const guess = rewards[i] - rewards[i + 1];
        if (truth == 0.0) continue;
        judged += 1.0;
        right += guess == 0.0 ? 0.5 : (guess > 0.0) == (truth > 0.0) ? 1.0 : 0.0;
      }
      if (judged > 0.0) accuracy.push_back(right / judged);
    }
    if (accuracy.empty()) return {};
    return {over_prompts(alignment_metric::reward_model_accuracy, accuracy)};
  }

  /// For state (core/state.hpp): a yardstick is kept with the run that it measures.
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    detail::action_field(visit, "references", self.references_);
    detail::action_field(visit, "pairs", self.pairs_);
  }

  /// Whether a yardstick that was read makes sense for so many prompts of a world in which `valid(x, a)` says
  /// whether a response exists.
  template <class Valid>
  [[nodiscard]] bool sound(std::size_t prompts, Valid&& valid) const {
    if (options_.references == 0 || options_.pairs == 0 || options_.samples == 0 || prompts == 0)
      return false;
    // by division, which no forged count overflows
    if (references_.size() / prompts != options_.references || references_.size() % prompts != 0)
      return false;
    if (pairs_.size() / prompts / 2 != options_.pairs || pairs_.size() % (2 * prompts) != 0) return false;
    for (std::size_t i = 0; i < references_.size(); ++i) {
      if (!valid(i / options_.references, references_[i])) return false;
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (!valid(i / options_.pairs / 2, pairs_[i])) return false;
    }
    return true;
  }

  friend bool operator==(alignment_metrics const&, alignment_metrics const&) = default;

 private:
  template <class Policy, class Stream>
  [[nodiscard]] static std::vector<Action> samples(Policy const& policy, std::size_t x, std::size_t count,
                                                   Stream& stream) {
    if constexpr (requires { policy.sample_batch(x, count, stream); }) {
      return policy.sample_batch(x, count, stream);
    } else {
      std::vector<Action> drawn;
      for (std::size_t i = 0; i < count; ++i) drawn.push_back(policy.sample(x, stream));
      return drawn;
    }
  }

  // KL(policy || reference) at a prompt, exact where the policy can say it, else a mean over samples: a
  // policy over sequences may find that a sum over all of them is out of reach.
  template <class Policy, class Reference, class Stream>
  [[nodiscard]] double divergence_from(Reference const& reference, Policy const& policy, std::size_t x,
                                       std::vector<Action> drawn, Stream& chance) const {
    if constexpr (requires { policy.kl(reference, x); }) {
      try {
        return policy.kl(reference, x);
      } catch (std::invalid_argument const&) {
        // as below
      }
    }
    if (drawn.empty()) drawn = samples(policy, x, options_.samples, chance);
    double sum = 0.0;
    for (Action const& a : drawn) sum += policy.log_probability(x, a) - reference.log_probability(x, a);
    return sum / static_cast<double>(drawn.size());
  }

  // Weighted means of what responses are worth, a row per prompt.
  struct table {
    explicit table(alignment_metrics const& yardstick) : metrics{yardstick} {}

    void begin() {
      for (auto* column : {&probability, &rate, &reward, &regret}) column->push_back(0.0);
    }
    template <class World>
    void add(World const& world, std::size_t x, Action const& action, double weight) {
      wins const won = metrics.against_references(world, x, action);
      double const worth = world.reward(x, action);
      probability.back() += weight * won.probability;
      rate.back() += weight * won.rate;
      reward.back() += weight * worth;
      regret.back() += weight * (world.best_reward(x) - worth);
    }

    alignment_metrics const& metrics;
    std::vector<double> probability;
    std::vector<double> rate;
    std::vector<double> reward;
    std::vector<double> regret;
  };

  // Mean over prompts; its error as if the prompts were a sample of all there might be.
  static measurement over_prompts(alignment_metric metric, std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    double sum = 0.0;
    for (double const v : values) sum += v;
    double const mean = sum / n;
    double squares = 0.0;
    for (double const v : values) squares += (v - mean) * (v - mean);
    double const error =
        values.size() < 2 ? std::numeric_limits<double>::infinity() : std::sqrt(squares / (n - 1.0) / n);
    return {metric, mean, error};
  }

  alignment_metrics_options options_{};
  std::vector<Action> references_;
  std::vector<Action> pairs_;  // one beside the other
};

}  // namespace joust
