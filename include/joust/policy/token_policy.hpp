// SPDX-License-Identifier: MIT
//
// A language model that fits on a page: it writes an answer token by token, each drawn by a softmax over the
// vocabulary from what was written last, the position and the features of the prompt. Everything that matters
// for alignment happens here as it does in a large one: answers of different lengths, an end that must be
// chosen, log-probabilities that are sums over tokens.
//
//   needs   Eigen, Boost.Random
//   cost    O(H (n + V)) per token, forwards and backwards, for a window n, width H and vocabulary V
//   repeat  same options, prompts and stream, same answers
//   source  the shape of the network: Bengio, Ducharme, Vincent & Jauvin, "A neural probabilistic language
//           model", JMLR 3, 2003; the estimate of the divergence: Amini, Vieira & Cotterell, "Better
//           estimation of the Kullback-Leibler divergence between language models", NeurIPS 2025
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/state.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/detail/ascent.hpp>
#include <joust/policy/detail/token_network.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/tokens.hpp>

namespace joust {

struct token_policy_options {
  std::size_t vocabulary = 16;  ///< words, at most 65535
  std::size_t max_length = 12;  ///< words in the longest answer; there the end is forced and not scored
  std::size_t window = 2;       ///< words back that the next one depends on; kl() grows with V^window
  std::size_t width = 32;       ///< of the hidden layer
  double initial_scale = 0.5;   ///< of the initial logits: 0 finds all words alike, 1 has habits
  double initial_end = 0.15;    ///< probability of ending around which the initial policy varies, in (0, 1)
  std::uint64_t seed = 1;       ///< of the initial parameters
  /// Adam, as language models have it, at a rate that suits some 2000 parameters.
  optimiser_options optimiser = {.learning_rate = 1e-2, .max_norm = 1.0};

  /// Throws std::invalid_argument that names the option.
  void check() const {
    auto const size = [](std::string_view name, std::size_t value) {
      if (value == 0 || value > largest) {
        detail::reject(name, detail::text(value), "from 1 to " + detail::text(largest));
      }
    };
    size("vocabulary", vocabulary);
    size("max_length", max_length);
    size("window", window);
    size("width", width);
    if (!(initial_scale >= 0.0) || !std::isfinite(initial_scale)) {
      detail::reject("initial_scale", detail::text(initial_scale), "a finite number, at least 0");
    }
    if (!(initial_end > 0.0 && initial_end < 1.0)) {
      detail::reject("initial_end", detail::text(initial_end), "a number in (0, 1)");
    }
    optimiser.check();
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("vocabulary", self.vocabulary, "words");
    visit("max_length", self.max_length, "words in the longest answer");
    visit("window", self.window, "words back that the next one depends on");
    visit("width", self.width, "of the hidden layer");
    visit("initial_scale", self.initial_scale, "of the initial logits");
    visit("initial_end", self.initial_end, "probability of ending around which the initial policy varies");
    visit("seed", self.seed, "of the initial parameters");
    visit("optimiser", self.optimiser, "how the parameters follow the gradient");
  }
  friend bool operator==(token_policy_options const&, token_policy_options const&) = default;

 private:
  static constexpr std::size_t largest = std::numeric_limits<token>::max();
};

/// A divergence by sampling, and how far it may be off.
struct divergence_estimate {
  double value = 0.0;
  double standard_error = 0.0;  ///< of the mean over samples; 0 from a single one says nothing
};

/// An autoregressive softmax policy. Models `trainable_policy<std::size_t, tokens>`: contexts are prompts by
/// index.
///
/// At each position it chooses among the vocabulary and, after the first word, the end:
///
///     log pi(y | x) = sum_p log softmax(logits(x, p, y_(p-1), ..., y_(p-n)))[y_p],
///
/// the end being the last term, unless the answer has `max_length` words and cannot but end. A copy is a
/// snapshot: that is how a reference is kept. Every function that takes a prompt or an answer throws
/// std::invalid_argument for a prompt out of range and for an answer that is empty, too long or of unknown
/// words.
class token_policy {
 public:
  using context = std::size_t;
  using action = tokens;

  /// Parameters drawn from `options.seed`: embeddings that let each input move the hidden layer alike, logits
  /// of standard deviation about `initial_scale` / 2 around no preference among words. `prompts` has one row
  /// of features per prompt (a table of 1 response), of about unit size each. Throws std::invalid_argument
  /// for options out of range, no table, and a table of more responses.
  explicit token_policy(shared_features prompts, token_policy_options options = {})
      : options_{options}, prompts_{std::move(prompts)}, optimiser_{options.optimiser} {
    options_.check();
    require_prompts();
    draw_parameters();
  }

  /// Given parameters (detail/token_network.hpp says where each lies). Throws as above, and for another
  /// number of them than the options make and for one that is not finite.
  token_policy(shared_features prompts, std::span<double const> parameters, token_policy_options options = {})
      : options_{options}, prompts_{std::move(prompts)}, optimiser_{options.optimiser} {
    options_.check();
    require_prompts();
    parameters_.resize(network().parameters());
    set_parameters(parameters);
  }

  // Answers

  /// An answer, each token drawn with probability proportional to pi(token)^(1 / temperature). Throws
  /// std::invalid_argument for a temperature that is not above 0.
  template <random_stream Stream>
  [[nodiscard]] tokens sample(std::size_t prompt, Stream& stream, double temperature = 1.0) const {
    return sample_batch(prompt, 1, stream, temperature).front();
  }

  /// As many answers, the same as that many calls of sample.
  template <random_stream Stream>
  [[nodiscard]] std::vector<tokens> sample_batch(std::size_t prompt, std::size_t count, Stream& stream,
                                                 double temperature = 1.0) const {
    detail::require_positive("temperature", temperature);
    detail::token_walk walk = walk_for(prompt);
    std::vector<tokens> answers(count);
    for (tokens& answer : answers) {
      write(answer, [&](std::size_t position, token const* end) {
        return walk.choose(walk.logits(position, end), temperature, draw_uniform(stream));
      });
    }
    return answers;
  }

  /// Answers from the geometric mixture with a reference, token by token: each drawn with probability
  /// proportional to (pi^(1 - share) reference^share)^(1 / temperature). Throws std::invalid_argument for a
  /// share outside [0, 1] and a reference of another vocabulary, longest answer or number of prompts.
  template <random_stream Stream>
  [[nodiscard]] std::vector<tokens> sample_mixture(token_policy const& reference, double share,
                                                   std::size_t prompt, std::size_t count, Stream& stream,
                                                   double temperature = 1.0) const {
    detail::require_unit_interval("share", share);
    detail::require_positive("temperature", temperature);
    require_comparable(reference);
    detail::token_walk walk = walk_for(prompt);
    detail::token_walk other = reference.walk_for(prompt);
    std::vector<tokens> answers(count);
    for (tokens& answer : answers) {
      write(answer, [&](std::size_t position, token const* end) {
        // What normalises either policy is the same for all tokens, so that logits do as well as
        // log-probabilities.
        auto logits = walk.logits(position, end);
        logits = (1.0 - share) * logits + share * other.logits(position, end);
        return walk.choose(logits, temperature, draw_uniform(stream));
      });
    }
    return answers;
  }

  /// Greedy decoding: the likeliest token at each position, the lowest among equals, and a word before the
  /// end.
  [[nodiscard]] tokens greedy(std::size_t prompt) const {
    detail::token_walk walk = walk_for(prompt);
    tokens answer;
    write(answer, [&](std::size_t position, token const* end) {
      Eigen::Index best = 0;
      walk.logits(position, end).maxCoeff(&best);
      return static_cast<std::size_t>(best);
    });
    return answer;
  }

  // Probabilities

  /// log pi(answer | prompt), the sum of the terms of its tokens.
  [[nodiscard]] double log_probability(std::size_t prompt, tokens const& answer) const {
    detail::token_walk walk = walk_for(prompt);
    require(answer);
    return log_probability(walk, answer);
  }

  /// The same for several answers to a prompt.
  [[nodiscard]] std::vector<double> log_probabilities(std::size_t prompt,
                                                      std::span<tokens const> answers) const {
    detail::token_walk walk = walk_for(prompt);
    for (tokens const& answer : answers) require(answer);
    std::vector<double> result(answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i) result[i] = log_probability(walk, answers[i]);
    return result;
  }

  /// The terms of log pi(answer | prompt), one per token; the last is that of the end, where it was a choice.
  [[nodiscard]] std::vector<double> token_log_probabilities(std::size_t prompt, tokens const& answer) const {
    detail::token_walk walk = walk_for(prompt);
    require(answer);
    std::vector<double> result;
    walk_along(walk, answer, [&](double term) { result.push_back(term); });
    return result;
  }

  /// Log-probabilities of what comes after a beginning of fewer than max_length words, which may be empty:
  /// one per word, then the end (-infinity while nothing has been written).
  [[nodiscard]] std::vector<double> next_log_probabilities(std::size_t prompt,
                                                           tokens const& beginning) const {
    detail::token_walk walk = walk_for(prompt);
    if (!beginning.empty()) require(beginning);
    if (beginning.size() >= options_.max_length) {
      detail::reject("beginning", "of length " + detail::text(beginning.size()),
                     "fewer than " + detail::text(options_.max_length) + " tokens");
    }
    std::vector<double> result(options_.vocabulary + 1, -std::numeric_limits<double>::infinity());
    auto const logs = walk.log_probabilities(beginning.size(), beginning.data() + beginning.size());
    std::copy(logs.data(), logs.data() + logs.size(), result.begin());
    return result;
  }

  /// Scored tokens of an answer, its end included where it was a choice.
  [[nodiscard]] double length(std::size_t prompt, tokens const& answer) const {
    detail::require_index("prompt", prompt, prompts());
    require(answer);
    return static_cast<double>(scored_tokens(answer, options_.max_length));
  }

  // Learning

  /// Adds weight * grad log pi(answer | prompt) to the pending gradient. Weighting what others wrote by 1 is
  /// maximum likelihood, or supervised fine-tuning. Throws std::invalid_argument for a weight that is not
  /// finite too. Strong guarantee.
  void accumulate(std::size_t prompt, tokens const& answer, double weight) {
    detail::token_walk walk = walk_for(prompt);
    require(answer);
    detail::require_finite("weight", weight);
    if (weight == 0.0) return;
    if (pending_.empty()) pending_.assign(parameters_.size(), 0.0);
    walk.backward(answer, weight, pending_.data());
  }

  /// One step of the optimiser along the pending gradient, which is cleared; nothing, if nothing is pending.
  /// Throws std::invalid_argument, and changes nothing, for a gradient that has overflowed, and for
  /// parameters that would.
  void step() {
    if (pending_.empty()) return;
    detail::prepared_step next;
    next.prepare(optimiser_, parameters_, pending_);
    std::copy(next.values().begin(), next.values().end(), parameters_.begin());
    next.commit(optimiser_);
    pending_.clear();
  }

  /// Drops the pending gradient.
  void discard() noexcept { pending_.clear(); }

  // Distance to a reference

  /// KL(pi(. | prompt) || reference(. | prompt)), exact. The next token depends on the position and on the
  /// last n tokens only (n the wider of both windows), so the sum over all answers is one over positions and
  /// windows:
  ///
  ///     KL = sum over p and windows w of  P_pi(w at p) KL(pi(. | x, p, w) || reference(. | x, p, w)).
  ///
  /// O(L V^n) evaluations of either policy: 3 ms at the default sizes. Throws std::invalid_argument for more
  /// than 2^22 windows, where kl_estimate is for, and as sample_mixture does.
  [[nodiscard]] double kl(token_policy const& reference, std::size_t prompt) const {
    require_comparable(reference);
    std::size_t const base =
        options_.vocabulary + 1;  // as a digit, the vocabulary's size says: not yet written
    std::size_t const window = std::max(options_.window, reference.options_.window);
    std::size_t windows = 1;
    for (std::size_t k = 0; k < window; ++k) {
      windows *= base;
      if (windows > (std::size_t{1} << 22U)) {
        detail::reject("reference", "too wide a window for an exact divergence", "kl_estimate instead");
      }
    }
    detail::token_walk walk = walk_for(prompt);
    detail::token_walk other = reference.walk_for(prompt);
    std::vector<double> reach(windows, 0.0);
    std::vector<double> next(windows);
    reach.back() = 1.0;  // all digits: not yet written
    tokens recent(window);
    double total = 0.0;
    for (std::size_t position = 0; position < options_.max_length; ++position) {
      std::fill(next.begin(), next.end(), 0.0);
      for (std::size_t state = 0; state < windows; ++state) {
        if (reach[state] == 0.0) continue;
        std::size_t digits = state;
        for (std::size_t k = window; k-- > 0; digits /= base) recent[k] = static_cast<token>(digits % base);
        token const* const end = recent.data() + window;
        auto const logs = walk.log_probabilities(position, end);
        total += reach[state] * divergence(logs, other.log_probabilities(position, end));
        for (std::size_t word = 0; word < options_.vocabulary; ++word) {
          next[(state * base + word) % windows] +=
              reach[state] * std::exp(logs[static_cast<Eigen::Index>(word)]);
        }
      }
      reach.swap(next);
    }
    return total;
  }

  /// The same for any window, by sampling answers and adding up the exact divergences of the choices met on
  /// the way, not their log-ratios: as unbiased, never negative, and of less variance. Throws as
  /// sample_mixture, and for no samples.
  template <random_stream Stream>
  [[nodiscard]] divergence_estimate kl_estimate(token_policy const& reference, std::size_t prompt,
                                                std::size_t samples, Stream& stream) const {
    require_comparable(reference);
    if (samples == 0) detail::reject("samples", "0", "at least 1");
    detail::token_walk walk = walk_for(prompt);
    detail::token_walk other = reference.walk_for(prompt);
    double mean = 0.0;
    double squares = 0.0;  // of the distances to the mean, kept as samples come (Welford)
    tokens answer;
    for (std::size_t n = 1; n <= samples; ++n) {
      double sum = 0.0;
      answer.clear();
      write(answer, [&](std::size_t position, token const* end) {
        auto const logs = walk.log_probabilities(position, end);
        sum += divergence(logs, other.log_probabilities(position, end));
        return walk.choose(logs, 1.0, draw_uniform(stream));
      });
      double const off = sum - mean;
      mean += off / static_cast<double>(n);
      squares += off * (sum - mean);
    }
    auto const n = static_cast<double>(samples);
    return {mean, samples < 2 ? 0.0 : std::sqrt(squares / (n * (n - 1.0)))};
  }

  // Parameters and state

  [[nodiscard]] std::size_t prompts() const noexcept { return prompts_->prompts(); }
  [[nodiscard]] std::size_t vocabulary() const noexcept { return options_.vocabulary; }
  [[nodiscard]] std::size_t max_length() const noexcept { return options_.max_length; }
  [[nodiscard]] shared_features const& prompt_features() const noexcept { return prompts_; }
  [[nodiscard]] token_policy_options const& options() const noexcept { return options_; }
  [[nodiscard]] std::span<double const> parameters() const noexcept { return parameters_; }

  /// Other parameters; a pending gradient and what the optimiser remembers stay. Throws
  /// std::invalid_argument, and changes nothing, for another number of them and for one that is not finite.
  void set_parameters(std::span<double const> parameters) {
    if (parameters.size() != parameters_.size()) {
      detail::reject("parameters", "of length " + detail::text(parameters.size()),
                     detail::text(parameters_.size()) + " numbers");
    }
    for (double const parameter : parameters) detail::require_finite("parameters", parameter);
    std::copy(parameters.begin(), parameters.end(), parameters_.begin());
  }

  /// Equal in all that decides what comes next; tables of prompts are equal if their numbers are.
  friend bool operator==(token_policy const& a, token_policy const& b) {
    return a.options_ == b.options_ && a.parameters_ == b.parameters_ && a.optimiser_ == b.optimiser_ &&
           a.pending_ == b.pending_ && same_prompts(*a.prompts_, *b.prompts_);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit.list("parameters", self.parameters_);
    visit.list("pending", self.pending_);
    visit("optimiser", self.optimiser_);
  }

  /// The state as text, with the features of the prompts. Restored by load.
  [[nodiscard]] std::string save() const {
    state_writer writer{"token_policy", 1};
    writer("prompts", prompts_->prompts());
    writer("dimension", prompts_->dimension());
    writer.list("features", values_of(*prompts_));
    fields(*this, writer);
    return std::move(writer).finish();
  }

  /// A policy that continues as the saved one would, with a table of prompts of its own. Throws
  /// std::invalid_argument (mostly a file_error that names the line) for a text that is damaged, cut short,
  /// foreign or makes no sense.
  [[nodiscard]] static token_policy load(std::string_view text) { return load(text, nullptr); }

  /// The same on a table that is shared with others. Throws too if it is not the one that was saved.
  [[nodiscard]] static token_policy load(std::string_view text, shared_features prompts) {
    state_reader reader{text, "token_policy", 1};
    std::size_t count = 0;
    std::size_t dimension = 0;
    std::vector<double> features;
    reader("prompts", count);
    reader("dimension", dimension);
    reader.list("features", features);
    if (count == 0 || dimension == 0 || features.size() / count != dimension ||
        features.size() % count != 0) {
      reader.fail("is no table of the size before", "prompts x dimension numbers");
    }
    auto table = std::make_shared<feature_table const>(count, 1, dimension, std::move(features));
    if (prompts != nullptr && !same_prompts(*prompts, *table)) {
      reader.fail("holds other features", "those of the given table");
    }
    token_policy result;
    result.prompts_ = prompts != nullptr ? std::move(prompts) : std::move(table);
    fields(result, reader);
    reader.finish();
    result.options_.check();
    std::size_t const parameters = result.network().parameters();
    if (result.parameters_.size() != parameters) {
      reader.fail("has another number of parameters", detail::text(parameters));
    }
    if (!result.pending_.empty() && result.pending_.size() != parameters) {
      reader.fail("has another number of pending gradients", "none or " + detail::text(parameters));
    }
    if (result.optimiser_.options() != result.options_.optimiser || !result.optimiser_.sound(parameters)) {
      reader.fail("has an optimiser of another policy", "one for its options and parameters");
    }
    for (double const parameter : result.parameters_) detail::require_finite("parameters", parameter);
    for (double const slope : result.pending_) detail::require_finite("pending", slope);
    return result;
  }

 private:
  token_policy() = default;

  void require_prompts() const {
    if (prompts_ == nullptr) detail::reject("prompts", "no table", "features of prompts");
    if (prompts_->responses() != 1) {
      detail::reject("prompts", "a table of " + detail::text(prompts_->responses()) + " responses",
                     "one row per prompt");
    }
  }

  void require(tokens const& answer) const {
    detail::require_answer("answer", answer, options_.vocabulary, options_.max_length);
  }

  void require_comparable(token_policy const& other) const {
    if (other.vocabulary() != vocabulary() || other.max_length() != max_length() ||
        other.prompts() != prompts()) {
      detail::reject(
          "reference",
          "a policy of " + detail::text(other.vocabulary()) + " words, " + detail::text(other.max_length()) +
              " tokens and " + detail::text(other.prompts()) + " prompts",
          detail::text(vocabulary()) + ", " + detail::text(max_length()) + " and " + detail::text(prompts()));
    }
  }

  [[nodiscard]] detail::token_network network() const noexcept {
    return {options_.vocabulary, options_.max_length, options_.window, options_.width, prompts_->dimension()};
  }

  [[nodiscard]] detail::token_walk walk_for(std::size_t prompt) const {
    detail::require_index("prompt", prompt, prompts());
    return {network(), parameters_.data(), prompts_->of(prompt, 0).data()};
  }

  // Writes until the end is chosen or forced. `choose` is told the position and where the tokens so far end.
  template <class Choose>
  void write(tokens& answer, Choose choose) const {
    answer.reserve(options_.max_length);
    while (answer.size() < options_.max_length) {
      std::size_t const choice = choose(answer.size(), answer.data() + answer.size());
      if (choice == options_.vocabulary) return;
      answer.push_back(static_cast<token>(choice));
    }
  }

  template <class Take>
  void walk_along(detail::token_walk& walk, tokens const& answer, Take take) const {
    for (std::size_t position = 0; position < scored_tokens(answer, options_.max_length); ++position) {
      auto const logs = walk.log_probabilities(position, answer.data() + position);
      std::size_t const choice = position < answer.size() ? answer[position] : options_.vocabulary;
      take(logs[static_cast<Eigen::Index>(choice)]);
    }
  }

  [[nodiscard]] double log_probability(detail::token_walk& walk, tokens const& answer) const {
    double sum = 0.0;
    walk_along(walk, answer, [&](double term) { sum += term; });
    return sum;
  }

  static double divergence(Eigen::Ref<Eigen::VectorXd const> const& logs,
                           Eigen::Ref<Eigen::VectorXd const> const& reference) {
    // Rounding can leave a sum of equal distributions a little below 0.
    return std::fmax(0.0, (logs.array().exp() * (logs - reference).array()).sum());
  }

  static std::vector<double> values_of(feature_table const& table) {
    std::vector<double> values;
    values.reserve(table.prompts() * table.dimension());
    for (std::size_t prompt = 0; prompt < table.prompts(); ++prompt) {
      auto const row = table.of(prompt, 0);
      values.insert(values.end(), row.data(), row.data() + row.size());
    }
    return values;
  }

  static bool same_prompts(feature_table const& a, feature_table const& b) {
    return &a == &b || (a.prompts() == b.prompts() && a.responses() == b.responses() &&
                        a.dimension() == b.dimension() && values_of(a) == values_of(b));
  }

  void draw_parameters() {
    detail::token_network const net = network();
    parameters_.resize(net.parameters());
    stream const seeds{options_.seed};
    auto const fill = [&](std::string_view part, std::size_t from, std::size_t to, double deviation) {
      stream random = seeds.child(part);
      boost::random::normal_distribution<double> normal;
      for (std::size_t i = from; i < to; ++i) parameters_[i] = deviation * normal(random);
    };
    // A hidden unit adds up one row per slot, one for the position and the prompt's features: about unit
    // variance.
    double const share = 1.0 / std::sqrt(static_cast<double>(net.window) + 2.0);
    fill("embedding", 0, net.prompt_at(), share);
    fill("prompt", net.prompt_at(), net.output_at(), share / std::sqrt(static_cast<double>(net.dimension)));
    fill("output", net.output_at(), net.bias_at(),
         options_.initial_scale / std::sqrt(static_cast<double>(net.width)));
    // Against V words of logit 0, this one gives the end its probability.
    parameters_.back() = std::log(static_cast<double>(net.vocabulary) * options_.initial_end) -
                         std::log1p(-options_.initial_end);
  }

  token_policy_options options_;
  shared_features prompts_;
  std::vector<double> parameters_;
  optimiser<double> optimiser_;
  std::vector<double> pending_;  // the pending gradient; empty if there is none
};

}  // namespace joust
