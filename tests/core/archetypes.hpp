// SPDX-License-Identifier: MIT
//
// The least type that models each concept: what docs/concepts.md shows, what the concepts must accept, and
// what the law kits must find nothing wrong with. Planted faults in tests/laws/ are variations of these.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>

namespace archetype {

// A counter and a finaliser (SplitMix64): the position is hashed together with the identity.
struct random_stream {
  using result_type = std::uint64_t;
  std::uint64_t identity = 1;
  std::uint64_t position = 0;

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EB;
    return z ^ (z >> 31U);
  }
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  constexpr result_type operator()() { return mix(identity + ++position * 0x9E3779B97F4A7C15); }
  constexpr random_stream child(std::uint64_t tag) const {
    return {mix(identity ^ mix(tag + 0x5851F42D4C957F2D))};
  }
};

// Bradley-Terry: actions are utilities.
struct preference_oracle {
  template <class Stream>
  double compare(joust::no_context, double a, double b, Stream& stream) {
    return joust::draw_bernoulli(joust::sigmoid(a - b), stream);
  }
};

struct known_preference : preference_oracle {
  double probability(joust::no_context, double a, double b) const { return joust::sigmoid(a - b); }
};

// A matrix with one column.
struct column {
  std::vector<double> values;
  std::ptrdiff_t rows() const { return static_cast<std::ptrdiff_t>(values.size()); }
  std::ptrdiff_t cols() const { return 1; }
  double row(std::ptrdiff_t i) const { return values[static_cast<std::size_t>(i)]; }
  double operator()(std::ptrdiff_t i, std::ptrdiff_t) const { return values[static_cast<std::size_t>(i)]; }
  double& operator()(std::ptrdiff_t i, std::ptrdiff_t) { return values[static_cast<std::size_t>(i)]; }
};

// The context scales the candidate.
struct feature_map {
  std::size_t dimension() const { return 1; }
  column operator()(double x, std::vector<double> const& candidates) const {
    column features{candidates};
    for (double& value : features.values) value *= x;
    return features;
  }
};

// Rewards are a normal slope times the candidates' features.
struct belief {
  std::vector<double> features;
  double slope = 0.0;
  double variance = 1.0;
  std::vector<double> values{};

  std::size_t size() const { return features.size(); }
  std::span<double const> along(double drawn) {
    values.clear();
    for (double const f : features) values.push_back(drawn * f);
    return values;
  }
  std::span<double const> mean() { return along(slope); }
  template <class Stream>
  std::span<double const> draw(Stream& stream) {
    return along(boost::random::normal_distribution<double>{slope, std::sqrt(variance)}(stream));
  }
  double pair_variance(std::size_t i, std::size_t j) const {
    return (features[i] - features[j]) * (features[i] - features[j]) * variance;
  }
};

// Linear regression of 2 y - 1 on the difference of the features, from a standard normal prior.
struct posterior {
  double precision = 1.0;
  double target = 0.0;

  belief at(column const& candidates) const {
    return {candidates.values, target / precision, 1.0 / precision};
  }
  void observe(double first, double second, double outcome, double weight) {
    joust::detail::require_finite("first", first);
    joust::detail::require_finite("second", second);
    joust::detail::require_unit_interval("outcome", outcome);
    if (!(weight >= 0.0)) joust::detail::reject("weight", joust::detail::text(weight), "at least 0");
    joust::detail::require_finite("weight", weight);
    double const x = first - second;
    precision += weight * x * x;
    target += weight * x * (2.0 * outcome - 1.0);
  }
};

// The best of one draw against a uniform other.
struct duel_rule {
  static constexpr bool may_self_duel = false;
  template <class Belief, class Stream>
  joust::pairing operator()(Belief& rewards, Stream& stream) const {
    if (rewards.size() < 2) throw std::invalid_argument{"belief: has one candidate; expected at least two"};
    std::size_t const first = joust::argmax(rewards.draw(stream), stream);
    std::size_t const other = joust::draw_index(rewards.size() - 1, stream);
    return {first, other + (other >= first ? 1 : 0)};
  }
};

struct proposer {
  template <class Stream>
  std::array<int, 2> propose(int x, Stream& stream) {
    return {x, x + 1 + static_cast<int>(joust::draw_index(9, stream))};
  }
};

// A softmax over three actions.
struct policy {
  std::array<double, 3> score{0.0, 1.0, -0.5};

  double log_probability(joust::no_context, std::size_t action) const {
    return score[action] - std::log(std::exp(score[0]) + std::exp(score[1]) + std::exp(score[2]));
  }
  template <class Stream>
  std::size_t sample(joust::no_context x, Stream& stream) const {
    double const u = joust::draw_uniform(stream);
    double const p = std::exp(log_probability(x, 0));
    double const q = std::exp(log_probability(x, 1));
    return u < p ? 0 : u < p + q ? 1 : 2;
  }
};

// The same, at any temperature.
struct samples_at_temperature : policy {
  template <class Stream>
  std::size_t sample(joust::no_context x, Stream& stream, double temperature = 1.0) const {
    policy tempered;
    for (std::size_t a = 0; a < 3; ++a) tempered.score[a] = score[a] / temperature;
    return tempered.sample(x, stream);
  }
  template <class Stream>
  std::vector<std::size_t> sample_batch(joust::no_context x, std::size_t count, Stream& stream,
                                        double temperature = 1.0) const {
    std::vector<std::size_t> batch(count);
    for (std::size_t& action : batch) action = sample(x, stream, temperature);
    return batch;
  }
};

struct trainable_policy : policy {
  std::array<double, 3> pending{};

  void accumulate(joust::no_context x, std::size_t action, double weight) {
    for (std::size_t a = 0; a < 3; ++a) {
      pending[a] += weight * ((a == action ? 1.0 : 0.0) - std::exp(log_probability(x, a)));
    }
  }
  void step() {
    for (std::size_t a = 0; a < 3; ++a) score[a] += pending[a];
    pending = {};
  }
};

// DPO: -log sigmoid(margin).
struct preference_loss {
  double value(double margin) const { return joust::log1pexp(-margin); }
  double slope(double margin) const { return -joust::sigmoid(-margin); }
};

// DPO of a pair, by the margin of whole actions.
struct pair_loss {
  double value(joust::scored_pair const& pair) const { return joust::log1pexp(-pair.margin()); }
  joust::pair_slopes slopes(joust::scored_pair const& pair) const {
    double const slope = -joust::sigmoid(-pair.margin());
    return {slope, -slope};
  }
};

// The arm with the most wins against a uniform other.
struct dueling_agent {
  std::vector<double> wins;

  template <class Stream>
  joust::pairing select(Stream& stream) const {
    std::size_t const first = joust::argmax(wins, stream);
    std::size_t const other = joust::draw_index(wins.size() - 1, stream);
    return {first, other + (other >= first ? 1 : 0)};
  }
  void observe(std::size_t first, std::size_t second, double outcome) {
    joust::detail::require_index("first", first, wins.size());
    joust::detail::require_index("second", second, wins.size());
    joust::detail::require_unit_interval("outcome", outcome);
    wins[first] += outcome;
    wins[second] += 1.0 - outcome;
  }
  std::size_t recommend() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < wins.size(); ++i) best = wins[i] > wins[best] ? i : best;
    return best;
  }
};

struct agent_prototype : dueling_agent {
  agent_prototype fresh(joust::setting const& where) const {
    if (where.arms < 2) joust::detail::reject("arms", joust::detail::text(where.arms), "at least 2");
    return {{std::vector<double>(where.arms)}};
  }
};

struct batch_agent : dueling_agent {
  template <class Stream>
  std::vector<joust::pairing> select_batch(std::size_t count, Stream& stream) const {
    std::vector<joust::pairing> pairs;
    while (pairs.size() < count) pairs.push_back(select(stream));
    return pairs;
  }
};

// Its wins, separated by blanks, in hexadecimal: exactly what they were. The last word is their number.
struct saved_agent : dueling_agent {
  std::string save() const {
    std::string text;
    char buffer[40];
    for (double const w : wins) {
      std::snprintf(buffer, sizeof buffer, "%a ", w);
      text += buffer;
    }
    return text + "of " + std::to_string(wins.size()) + " " + std::to_string(std::hash<std::string>{}(text));
  }
  static saved_agent load(std::string_view saved) {
    saved_agent agent{};
    std::string const text{saved};
    char const* at = text.c_str();
    for (char* end = nullptr; *at != '\0' && *at != 'o'; at = end + (*end == ' ')) {
      agent.wins.push_back(std::strtod(at, &end));
      if (end == at) break;
    }
    if (agent.save() != text) throw std::invalid_argument{"saved: is no agent"};
    return agent;
  }
};

// Stops after twenty answers.
struct stopping_agent : dueling_agent {
  std::optional<joust::certificate> stop() const {
    double answers = 0.0;
    for (double const w : wins) answers += w;
    if (answers < 20.0) return std::nullopt;
    return joust::certificate{.arm = recommend(), .confidence = 0.9, .comparisons = 20};
  }
  template <class Stream>
  joust::pairing select(Stream& stream) const {
    if (auto const found = stop()) return {found->arm, found->arm};
    return dueling_agent::select(stream);
  }
  void observe(std::size_t first, std::size_t second, double outcome) {
    if (!stop()) dueling_agent::observe(first, second, outcome);
  }
};

struct changing_agent : dueling_agent {
  std::vector<bool> retired{};

  std::size_t arms() const { return wins.size(); }
  bool in_play(std::size_t arm) const {
    joust::detail::require_index("arm", arm, arms());
    return arm >= retired.size() || !retired[arm];
  }
  std::size_t add_arm() {
    wins.push_back(0.0);
    return arms() - 1;
  }
  void retire(std::size_t arm) {
    if (!in_play(arm)) throw std::invalid_argument{"arm: was retired before"};
    if (everyone().size() == 1) throw std::invalid_argument{"arm: is the last"};
    retired.resize(arms());
    retired[arm] = true;
  }
  std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < arms(); ++i) {
      if (in_play(i)) all.push_back(i);
    }
    return all;
  }
  template <class Stream>
  joust::pairing select(Stream& stream) const {
    auto const all = everyone();
    std::size_t const a = joust::draw_index(all.size(), stream);
    return {all[a], all[(a + 1) % all.size()]};
  }
  void observe(std::size_t first, std::size_t second, double outcome) {
    joust::detail::require_index("first", first, arms());
    joust::detail::require_index("second", second, arms());
    joust::detail::require_unit_interval("outcome", outcome);
    if (!in_play(first) || !in_play(second)) return;
    dueling_agent::observe(first, second, outcome);
  }
  std::size_t recommend() const {
    auto const all = everyone();
    std::size_t best = all[0];
    for (std::size_t const i : all) best = wins[i] > wins[best] ? i : best;
    return best;
  }
};

// The same with a context: candidates are the context's elements, wins are kept per place.
struct contextual_agent {
  double slope = 0.0;

  template <class Stream>
  joust::pairing select(std::vector<double> const& x, Stream& stream) const {
    std::size_t const first = recommend(x);
    std::size_t const other = joust::draw_index(x.size() - 1, stream);
    return {first, other + (other >= first ? 1 : 0)};
  }
  void observe(std::vector<double> const& x, std::size_t first, std::size_t second, double outcome) {
    joust::detail::require_index("first", first, x.size());
    joust::detail::require_index("second", second, x.size());
    joust::detail::require_unit_interval("outcome", outcome);
    slope += (x[first] - x[second]) * (outcome - 0.5);
  }
  std::size_t recommend(std::vector<double> const& x) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < x.size(); ++i) best = slope * x[i] > slope * x[best] ? i : best;
    return best;
  }
};

// Fixed arms, whose features are their utilities.
struct environment {
  column utilities{{1.0, 0.5, 0.0}};

  joust::setting shape() const { return {.arms = 3, .dimension = 1}; }
  template <class Stream>
  void advance(Stream&) {}
  column const& features() const { return utilities; }
  double probability(std::size_t a, std::size_t b) const {
    return joust::sigmoid(utilities.values[a] - utilities.values[b]);
  }
  template <class Stream>
  double compare(std::size_t a, std::size_t b, Stream& stream) {
    return joust::draw_bernoulli(probability(a, b), stream);
  }
};

}  // namespace archetype
