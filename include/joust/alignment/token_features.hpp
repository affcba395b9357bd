// SPDX-License-Identifier: MIT
//
// What a reward model sees of a written answer: which words and some of the word pairs it holds, how long it
// is, and its words weighed by what the prompt is about. Never all that a reward may depend on: where in the
// answer a word stands is left out, and so is every pair beyond the chosen ones.
//
//   needs   Eigen
//   cost    O(dimension) per answer to clear a row, O(length (1 + d)) to fill it
//   repeat  same options, same features
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/core/error.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/tokens.hpp>

namespace joust {

/// Which features of an answer there are. What is switched off, a reward model cannot learn.
struct token_features_options {
  bool counts = true;      ///< how often each word stands in the answer
  std::size_t pairs = 32;  ///< pairs of neighbouring words that are counted, of vocabulary^2
  bool length = true;      ///< the number of words
  std::size_t interactions =
      64;  ///< features of the prompt that weigh the counts, at most all; 0: the reward
           ///< model cannot tell prompts apart

  /// Throws std::invalid_argument if there would be no feature.
  void check() const {
    if (!counts && pairs == 0 && !length && interactions == 0) {
      detail::reject("counts", "the last feature, and off", "at least one kind of features");
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts, "how often each word stands in the answer");
    visit("pairs", self.pairs, "pairs of neighbouring words that are counted");
    visit("length", self.length, "the number of words");
    visit("interactions", self.interactions, "features of the prompt that weigh the counts");
  }
  friend bool operator==(token_features_options const&, token_features_options const&) = default;
};

/// Features of answers. Models `feature_map<std::size_t, std::vector<tokens>>`; outlives whatever made it.
///
/// A row holds, with c_v the count of word v, L the longest answer and f the first d' features of the prompt,
///
///     c_v / sqrt(L),   pair counts / sqrt(L),   length / L,   c_v f_k / sqrt(L d'),
///
/// so that each kind has a length of about 1 for an answer of different words.
class token_features {
 public:
  /// `prompts` has one row of features per prompt; `seen` lists the pairs that are counted, as first *
  /// vocabulary + second, each once. Throws std::invalid_argument for options that leave nothing and a pair
  /// out of range.
  token_features(token_features_options options, shared_features prompts, std::size_t vocabulary,
                 std::size_t max_length, std::vector<std::size_t> const& seen)
      : options_{options}, prompts_{std::move(prompts)}, vocabulary_{vocabulary}, max_length_{max_length} {
    options_.check();
    if (prompts_ == nullptr) detail::reject("prompts", "no table", "features of prompts");
    options_.interactions = std::min(options_.interactions, prompts_->dimension());
    options_.pairs = seen.size();
    place_of_pair_.assign(vocabulary * vocabulary, none);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      detail::require_index("pair", seen[i], place_of_pair_.size());
      place_of_pair_[seen[i]] = i;
    }
  }

  /// Features of an answer.
  [[nodiscard]] std::size_t dimension() const noexcept {
    return (options_.counts ? vocabulary_ : 0) + options_.pairs + (options_.length ? 1 : 0) +
           options_.interactions * vocabulary_;
  }

  /// A row per answer, M x dimension(). Throws std::invalid_argument for a prompt out of range and for an
  /// answer that is empty, too long or of unknown words.
  [[nodiscard]] Eigen::MatrixXd operator()(std::size_t prompt, std::vector<tokens> const& answers) const {
    detail::require_index("prompt", prompt, prompts_->prompts());
    for (tokens const& answer : answers) detail::require_answer("answer", answer, vocabulary_, max_length_);
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(answers.size()),
                                                   static_cast<Eigen::Index>(dimension()));
    for (std::size_t i = 0; i < answers.size(); ++i) fill(result, i, prompt, answers[i]);
    return result;
  }

  /// The options in force: no more pairs and interactions than there are.
  [[nodiscard]] token_features_options const& options() const noexcept { return options_; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void fill(Eigen::MatrixXd& rows, std::size_t row, std::size_t prompt, tokens const& answer) const {
    auto const at = [&](std::size_t column) -> double& {
      return rows(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
    };
    auto const longest = static_cast<double>(max_length_);
    double const unit = 1.0 / std::sqrt(longest);
    std::size_t from = 0;
    if (options_.counts) {
      for (token const word : answer) at(word) += unit;
      from += vocabulary_;
    }
    for (std::size_t p = 1; p < answer.size(); ++p) {
      std::size_t const place = place_of_pair_[answer[p - 1] * vocabulary_ + answer[p]];
      if (place != none) at(from + place) += unit;
    }
    from += options_.pairs;
    if (options_.length) at(from++) = static_cast<double>(answer.size()) / longest;
    if (options_.interactions == 0) return;
    auto const features = prompts_->of(prompt, 0);
    double const share = unit / std::sqrt(static_cast<double>(options_.interactions));
    for (std::size_t k = 0; k < options_.interactions; ++k) {
      double const step = share * features[static_cast<Eigen::Index>(k)];
      for (token const word : answer) at(from + k * vocabulary_ + word) += step;
    }
  }

  token_features_options options_;
  shared_features prompts_;
  std::size_t vocabulary_;
  std::size_t max_length_;
  std::vector<std::size_t> place_of_pair_;  // [first * vocabulary + second]: its column, or none
};

}  // namespace joust
