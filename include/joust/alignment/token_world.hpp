// SPDX-License-Identifier: MIT
//
// Alignment of a small language model: prompts with features, answers of tokens, and a hidden reward for
// which words suit the prompt, which of them go together and how soon they are said. Nobody lists the
// answers, there are about V^L of them; yet the best one is known, because the reward adds up along the
// answer before it is bent.
//
//   needs   Eigen, Boost.Random
//   cost    P (V d + L V^2) once; O(length) per reward, two of them per comparison. Copies share the tables.
//   repeat  same options and stream, same world; options that leave a part alone leave its numbers alone
//   source  the problem: Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493, section 2.2;
//           the best answer: Viterbi, "Error bounds for convolutional codes and an asymptotically optimum
//           decoding algorithm", IEEE Transactions on Information Theory 13, 1967. The law of the rewards is
//           this library's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/alignment/token_features.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/token_policy.hpp>
#include <joust/policy/tokens.hpp>

namespace joust {

/// A law of worlds: how much can be said, what is worth saying, and what a reward model sees of it.
struct token_world_options {
  std::size_t prompts = 32;          ///< one batch of the usual size
  std::size_t prompt_dimension = 4;  ///< numbers that describe a prompt
  std::size_t vocabulary = 16;       ///< words
  std::size_t max_length = 12;       ///< words in the longest answer
  double word_scale = 1.0;           ///< what a word is worth at most, for or against, by the prompt
  double pair_scale = 0.5;           ///< deviation of what neighbours are worth, whatever the prompt
  double repetition = 1.0;           ///< what it costs to say a word twice in a row
  double discount = 0.85;            ///< of what a word is worth per place, in (0, 1]: late ones count less
  double scale = 1.0;                ///< reward of a unit of score where the bound is not felt, in log-odds
  double bound = 4.0;                ///< no score is rewarded by more; infinity: rewards are linear in scores
  double length_penalty = 0.0;       ///< what each word costs, beside the score
  token_features_options features = {};  ///< what reward models see

  /// Throws std::invalid_argument that names the option.
  void check() const {
    auto const size = [](std::string_view name, std::size_t value, std::size_t most) {
      if (value == 0 || value > most)
        detail::reject(name, detail::text(value), "from 1 to " + detail::text(most));
    };
    auto const magnitude = [](std::string_view name, double value) {
      if (!(std::fabs(value) <= 1e6)) detail::reject(name, detail::text(value), "at most 1e6 in magnitude");
    };
    size("prompts", prompts, 1U << 20U);
    size("prompt_dimension", prompt_dimension, 1U << 12U);
    size("vocabulary", vocabulary, 1U << 10U);
    size("max_length", max_length, 1U << 12U);
    magnitude("word_scale", word_scale);
    magnitude("pair_scale", pair_scale);
    magnitude("repetition", repetition);
    magnitude("length_penalty", length_penalty);
    magnitude("scale", scale);
    if (!(discount > 0.0 && discount <= 1.0)) {
      detail::reject("discount", detail::text(discount), "a number in (0, 1]");
    }
    detail::require_positive("scale", scale);
    if (!(bound > 0.0)) detail::reject("bound", detail::text(bound), "a number above 0");
    features.check();
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("prompts", self.prompts, "prompts");
    visit("prompt_dimension", self.prompt_dimension, "numbers that describe a prompt");
    visit("vocabulary", self.vocabulary, "words");
    visit("max_length", self.max_length, "words in the longest answer");
    visit("word_scale", self.word_scale, "what a word is worth at most");
    visit("pair_scale", self.pair_scale, "standard deviation of what a pair of neighbours is worth");
    visit("repetition", self.repetition, "what it costs to say a word twice in a row");
    visit("discount", self.discount, "what a word is worth one place later, in (0, 1]");
    visit("scale", self.scale, "reward of a unit of score, in log-odds");
    visit("bound", self.bound, "no score is rewarded by more than this");
    visit("length_penalty", self.length_penalty, "what each word costs");
    visit("features", self.features, "what reward models see");
  }
  friend bool operator==(token_world_options const&, token_world_options const&) = default;
};

/// One world. Models `known_preference<std::size_t, tokens>`: prompts are indices.
///
/// With c the d features of prompt x and u_v the weights of word v, all standard normal, and B the values of
/// pairs, normal too, an answer y has the score and the reward
///
///     s(x, y) = sum_p discount^p ( word_scale tanh(u_(y_p)' c / sqrt(d)) + B[y_(p-1), y_p] ),
///     r(x, y) = bound tanh(scale s(x, y) / bound) - length_penalty |y|.
///
/// where B[v, v] is less by `repetition`. The bend keeps the order of answers of one length, so the best is
/// found among the best of each length. Every function of an answer throws std::invalid_argument for a prompt
/// out of range and for an answer that is empty, too long or of unknown words.
class token_world {
 public:
  using context = std::size_t;
  using action = tokens;

  /// A world of that law. The stream is left as it was: each part is drawn from a child of its own. Throws
  /// std::invalid_argument as token_world_options::check.
  template <random_stream Stream>
  [[nodiscard]] static token_world draw(token_world_options const& options, Stream const& stream) {
    options.check();
    return token_world{options, stream};
  }

  [[nodiscard]] token_world_options const& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t prompts() const noexcept { return options_.prompts; }
  [[nodiscard]] std::size_t vocabulary() const noexcept { return options_.vocabulary; }
  [[nodiscard]] std::size_t max_length() const noexcept { return options_.max_length; }

  // What agents may see

  /// One row of features per prompt.
  [[nodiscard]] shared_features const& prompt_features() const noexcept { return prompts_; }

  /// Features of answers for reward models: less than the reward depends on.
  [[nodiscard]] token_features features() const {
    return {options_.features, prompts_, options_.vocabulary, options_.max_length, *pairs_seen_};
  }

  /// A policy that knows nothing of the reward: answers at random, with habits. Vocabulary and longest answer
  /// are the world's, whatever the options say. Throws std::invalid_argument as token_policy_options::check.
  [[nodiscard]] token_policy initial_policy(token_policy_options options = {}) const {
    options.vocabulary = options_.vocabulary;
    options.max_length = options_.max_length;
    return token_policy{prompts_, options};
  }

  /// 1 if the first is preferred, else 0, drawn with probability(x, first, second).
  template <random_stream Stream>
  [[nodiscard]] outcome compare(std::size_t prompt, tokens const& first, tokens const& second,
                                Stream& stream) const {
    return draw_bernoulli(probability(prompt, first, second), stream);
  }

  // The truth, for metrics only

  /// P(first is preferred) = sigmoid(r(x, first) - r(x, second)).
  [[nodiscard]] double probability(std::size_t prompt, tokens const& first, tokens const& second) const {
    return sigmoid(reward(prompt, first) - reward(prompt, second));
  }

  /// The reward, in log-odds. O(length).
  [[nodiscard]] double reward(std::size_t prompt, tokens const& answer) const {
    detail::require_index("prompt", prompt, prompts());
    detail::require_answer("answer", answer, options_.vocabulary, options_.max_length);
    double score = 0.0;
    double share = 1.0;
    for (std::size_t p = 0; p < answer.size(); ++p, share *= options_.discount) {
      score += share * worth(prompt, answer[p]);
      if (p != 0) score += share * together(answer[p - 1], answer[p]);
    }
    return rewarded(score, answer.size());
  }

  /// An answer of largest reward, a shortest among equals. Throws std::invalid_argument for a prompt out of
  /// range.
  [[nodiscard]] tokens const& best(std::size_t prompt) const {
    detail::require_index("prompt", prompt, prompts());
    return (*best_)[prompt];
  }

  /// The largest reward. Throws std::invalid_argument for a prompt out of range.
  [[nodiscard]] double best_reward(std::size_t prompt) const { return reward(prompt, best(prompt)); }

  /// The same world under another length penalty: what an oracle that is told to prefer brevity would say.
  /// Throws std::invalid_argument for one that is not finite or above 1e6.
  [[nodiscard]] token_world penalised(double length_penalty) const {
    token_world result = *this;
    result.options_.length_penalty = length_penalty;
    result.options_.check();
    result.find_best();
    return result;
  }

  /// The same options and numbers; tables may be shared or not.
  friend bool operator==(token_world const& a, token_world const& b) {
    return a.options_ == b.options_ && *a.words_ == *b.words_ && *a.pairs_ == *b.pairs_ &&
           *a.pairs_seen_ == *b.pairs_seen_;
  }

 private:
  template <class Stream>
  token_world(token_world_options const& options, Stream const& stream) : options_{options} {
    std::size_t const words = options.vocabulary;
    std::size_t const dimension = options.prompt_dimension;
    std::vector<double> features = normal(options.prompts * dimension, stream.child("prompts"));
    std::vector<double> const weights = normal(words * dimension, stream.child("words"));
    std::vector<double> values(options.prompts * words);
    for (std::size_t x = 0; x < options.prompts; ++x) {
      for (std::size_t v = 0; v < words; ++v) {
        double sum = 0.0;
        for (std::size_t k = 0; k < dimension; ++k)
          sum += weights[v * dimension + k] * features[x * dimension + k];
        values[x * words + v] =
            options.word_scale * std::tanh(sum / std::sqrt(static_cast<double>(dimension)));
      }
    }
    words_ = std::make_shared<std::vector<double> const>(std::move(values));
    prompts_ = std::make_shared<feature_table const>(options.prompts, 1, dimension, std::move(features));

    std::vector<double> pairs = normal(words * words, stream.child("pairs"));
    for (double& value : pairs) value *= options.pair_scale;
    for (std::size_t v = 0; v < words; ++v) pairs[v * words + v] -= options.repetition;
    pairs_ = std::make_shared<std::vector<double> const>(std::move(pairs));

    std::vector<std::size_t> order(words * words);
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    Stream random = stream.child("pairs_seen");
    draw_order(std::span{order}, random);
    order.resize(std::min(order.size(), options.features.pairs));
    pairs_seen_ = std::make_shared<std::vector<std::size_t> const>(std::move(order));
    find_best();
  }

  template <class Stream>
  static std::vector<double> normal(std::size_t count, Stream random) {
    boost::random::normal_distribution<double> standard_normal;
    std::vector<double> result(count);
    for (double& value : result) value = standard_normal(random);
    return result;
  }

  [[nodiscard]] double worth(std::size_t prompt, std::size_t word) const noexcept {
    return (*words_)[prompt * options_.vocabulary + word];
  }
  [[nodiscard]] double together(std::size_t first, std::size_t second) const noexcept {
    return (*pairs_)[first * options_.vocabulary + second];
  }
  [[nodiscard]] double rewarded(double score, std::size_t length) const noexcept {
    double const straight = options_.scale * score;
    double const bent =
        std::isinf(options_.bound) ? straight : options_.bound * std::tanh(straight / options_.bound);
    return bent - options_.length_penalty * static_cast<double>(length);
  }

  void find_best() {
    std::vector<tokens> best(options_.prompts);
    for (std::size_t x = 0; x < options_.prompts; ++x) best[x] = best_answer(x);
    best_ = std::make_shared<std::vector<tokens> const>(std::move(best));
  }

  // Viterbi: the largest score of an answer of p + 1 words that ends in v is
  //     S_p[v] = max over w of S_(p-1)[w] + discount^p (worth(v) + together(w, v)),
  // and the way back is kept. Each length's best then competes by reward.
  [[nodiscard]] tokens best_answer(std::size_t prompt) const {
    std::size_t const words = options_.vocabulary;
    std::vector<double> score(words);
    std::vector<double> longer(words);
    std::vector<token> before(options_.max_length * words);
    double largest = -std::numeric_limits<double>::infinity();
    std::size_t length = 0;
    token last = 0;
    double share = 1.0;
    for (std::size_t p = 0; p < options_.max_length; ++p, share *= options_.discount) {
      for (std::size_t v = 0; v < words; ++v) {
        std::size_t from = 0;
        double way = 0.0;
        if (p != 0) {
          way = -std::numeric_limits<double>::infinity();
          for (std::size_t w = 0; w < words; ++w) {
            double const through = score[w] + share * together(w, v);
            if (through > way) {
              way = through;
              from = w;
            }
          }
        }
        longer[v] = way + share * worth(prompt, v);
        before[p * words + v] = static_cast<token>(from);
      }
      score.swap(longer);
      auto const leader = std::max_element(score.begin(), score.end());
      if (double const reward = rewarded(*leader, p + 1); reward > largest) {
        largest = reward;
        length = p + 1;
        last = static_cast<token>(leader - score.begin());
      }
    }
    tokens answer(length);
    for (std::size_t p = length; p-- > 0;) {
      answer[p] = last;
      last = before[p * words + last];
    }
    return answer;
  }

  token_world_options options_;
  shared_features prompts_;
  std::shared_ptr<std::vector<double> const> words_;            // [prompt * V + word]
  std::shared_ptr<std::vector<double> const> pairs_;            // [first * V + second]
  std::shared_ptr<std::vector<std::size_t> const> pairs_seen_;  // by reward models
  std::shared_ptr<std::vector<tokens> const> best_;             // of each prompt
};

}  // namespace joust
