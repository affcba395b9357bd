// SPDX-License-Identifier: MIT
//
// A world of a few prompts and responses, and parts of an aligner that are written for tests: a policy and
// a reward model whose numbers are given and whose calls are on record.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>
#include <joust/posterior/ensemble_belief.hpp>

namespace joust_test {

using prompts_list = std::vector<std::size_t>;

inline prompts_list all_prompts(std::size_t count) {
  prompts_list result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = i;
  return result;
}

// Numbers k / 64 in [-2, 2): sums and differences of a few of them are exact.
inline std::vector<double> dyadic(std::size_t count, std::uint64_t seed) {
  joust::stream random{seed};
  std::vector<double> result(count);
  for (double& value : result) value = static_cast<double>(joust::draw_index(256, random)) / 64.0 - 2.0;
  return result;
}

// A softmax over a table of logits, climbing along its plain gradient. Has everything a policy may have.
class toy_policy {
 public:
  using context = std::size_t;
  using action = std::size_t;

  toy_policy(std::size_t responses, std::vector<double> start, double step_size = 1.0)
      : logits{std::move(start)}, responses_{responses}, rate{step_size} {}

  [[nodiscard]] std::size_t responses() const { return responses_; }

  [[nodiscard]] std::vector<double> probabilities(std::size_t x, double temperature = 1.0) const {
    std::span<double const> const row{logits.data() + x * responses_, responses_};
    double const top = *std::max_element(row.begin(), row.end());
    std::vector<double> p;
    double total = 0.0;
    for (double const l : row) {
      p.push_back(std::exp((l - top) / temperature));
      total += p.back();
    }
    for (double& value : p) value /= total;
    return p;
  }
  [[nodiscard]] double log_probability(std::size_t x, std::size_t a) const {
    return std::log(probabilities(x)[a]);
  }
  template <class Stream>
  [[nodiscard]] std::size_t sample(std::size_t x, Stream& stream, double temperature = 1.0) const {
    return pick(probabilities(x, temperature), stream);
  }
  template <class Stream>
  [[nodiscard]] std::vector<std::size_t> sample_batch(std::size_t x, std::size_t count, Stream& stream,
                                                      double temperature = 1.0) const {
    auto const p = probabilities(x, temperature);
    std::vector<std::size_t> result(count);
    for (std::size_t& a : result) a = pick(p, stream);
    return result;
  }
  template <class Stream>
  [[nodiscard]] std::vector<std::size_t> sample_mixture(toy_policy const& reference, double share,
                                                        std::size_t x, std::size_t count, Stream& stream,
                                                        double temperature = 1.0) const {
    toy_policy mixed{*this};
    for (std::size_t i = 0; i < logits.size(); ++i) {
      mixed.logits[i] = (1.0 - share) * logits[i] + share * reference.logits[i];
    }
    return mixed.sample_batch(x, count, stream, temperature);
  }
  [[nodiscard]] std::size_t greedy(std::size_t x) const {
    auto const p = probabilities(x);
    return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
  }
  void accumulate(std::size_t x, std::size_t a, double weight) {
    gradient_.resize(logits.size());
    auto const p = probabilities(x);
    for (std::size_t b = 0; b < responses_; ++b) {
      gradient_[x * responses_ + b] += weight * ((a == b ? 1.0 : 0.0) - p[b]);
    }
  }
  void step() {
    gradient_.resize(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) logits[i] += rate * gradient_[i];
    gradient_.clear();
    ++steps;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit.list("logits", self.logits);
    visit("steps", self.steps);
  }
  [[nodiscard]] bool sound() const { return logits.size() % responses_ == 0; }
  friend bool operator==(toy_policy const&, toy_policy const&) = default;

  std::vector<double> logits;
  std::uint64_t steps = 0;

 private:
  template <class Stream>
  static std::size_t pick(std::vector<double> const& p, Stream& stream) {
    double mark = joust::draw_uniform(stream);
    for (std::size_t a = 0; a + 1 < p.size(); ++a) {
      if (mark < p[a]) return a;
      mark -= p[a];
    }
    return p.size() - 1;
  }

  std::size_t responses_;
  std::vector<double> gradient_;

 public:
  double rate;
};

// Members that know a reward of every response to every prompt, and move by `rate` when told of a duel.
class toy_model {
 public:
  struct told {
    std::size_t set = 0;
    std::size_t first = 0;
    std::size_t second = 0;
    double outcome = 0.0;
    double weight = 0.0;

    friend bool operator==(told const&, told const&) = default;
  };

  toy_model(std::size_t responses, std::vector<std::vector<double>> rewards, double step_size = 0.0)
      : members{std::move(rewards)}, responses_{responses}, rate{step_size} {}

  template <class Contexts, class Sets, class Policy, class Reference>
  void consider(Contexts const& xs, Sets const& sets, Policy const&, Reference const&) {
    sets_.assign(sets.begin(), sets.end());
    contexts_.assign(xs.begin(), xs.end());
  }
  [[nodiscard]] joust::ensemble_belief belief(std::size_t i) {
    std::size_t const size = sets_[i].size();
    rewards_.clear();
    for (auto const& member : members) {
      for (std::size_t const a : sets_[i]) rewards_.push_back(member[contexts_[i] * responses_ + a]);
    }
    mean_ = mean_of(contexts_[i], sets_[i]);
    variances_.assign(size, 0.0);
    centres_.assign(size, 0.0);
    return {{rewards_.data(), size, mean_.data(), variances_.data(), centres_.data()},
            size,
            members.size(),
            joust::variance_divisor::members_less_one};
  }
  void observe(std::size_t i, std::size_t first, std::size_t second, double outcome, double weight) {
    log.push_back({i, first, second, outcome, weight});
    for (auto& member : members) {
      double& a = member[contexts_[i] * responses_ + sets_[i][first]];
      double& b = member[contexts_[i] * responses_ + sets_[i][second]];
      double const push = rate * weight * (outcome - joust::sigmoid(a - b));
      a += push;
      b -= push;
    }
  }
  void train() { ++trained; }
  template <class Policy, class Reference>
  [[nodiscard]] std::vector<double> expected(std::size_t x, std::vector<std::size_t> const& candidates,
                                             Policy const&, Reference const&) {
    return mean_of(x, candidates);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    for (auto& member : self.members) visit.list("member", member);
    visit("trained", self.trained);
  }

  std::vector<std::vector<double>> members;
  std::vector<told> log;
  std::uint64_t trained = 0;

 private:
  [[nodiscard]] std::vector<double> mean_of(std::size_t x, std::vector<std::size_t> const& candidates) const {
    std::vector<double> result;
    for (std::size_t const a : candidates) {
      double sum = 0.0;
      for (auto const& member : members) sum += member[x * responses_ + a];
      result.push_back(sum / static_cast<double>(members.size()));
    }
    return result;
  }

  std::size_t responses_;
  std::vector<std::vector<std::size_t>> sets_;
  std::vector<std::size_t> contexts_;
  std::vector<double> rewards_;
  std::vector<double> mean_;
  std::vector<double> variances_;
  std::vector<double> centres_;

 public:
  double rate;
};

// Bradley-Terry answers of a table of rewards.
struct toy_oracle {
  std::size_t responses;
  std::vector<double> rewards;

  template <class Stream>
  double compare(std::size_t x, std::size_t a, std::size_t b, Stream& stream) {
    return joust::draw_bernoulli(joust::sigmoid(rewards[x * responses + a] - rewards[x * responses + b]),
                                 stream);
  }
};

inline constexpr std::size_t toy_prompts = 6;
inline constexpr std::size_t toy_responses = 5;

inline toy_policy a_policy(double rate = 1.0) {
  return {toy_responses, dyadic(toy_prompts * toy_responses, 11), rate};
}
inline toy_model a_model(std::size_t members = 4, double rate = 0.5) {
  std::vector<std::vector<double>> rewards;
  for (std::size_t k = 0; k < members; ++k) rewards.push_back(dyadic(toy_prompts * toy_responses, 20 + k));
  return {toy_responses, rewards, rate};
}
inline toy_oracle an_oracle() { return {toy_responses, dyadic(toy_prompts * toy_responses, 12)}; }

// The rounds of an agent, each with a stream of its own.
template <class Agent, class Oracle>
void run(Agent& agent, Oracle& oracle, std::size_t from, std::size_t to, std::uint64_t seed = 3,
         prompts_list const& prompts = all_prompts(toy_prompts)) {
  for (std::size_t r = from; r < to; ++r) {
    auto own = joust::stream{seed}.child(r);
    agent.round(prompts, oracle, own);
  }
}

}  // namespace joust_test
