// SPDX-License-Identifier: MIT
//
// The network behind token_policy: what was written last, where we are and what was asked become a hidden
// layer, and the hidden layer becomes a logit per next token. Its parameters lie in one flat vector; this
// header knows where, and derives the gradient by hand.
//
//     z = sum_k E_k[y_(p-1-k)] + P[p] + W' phi(x),   h = tanh(z),   logit_v = u_v' h + b_v
//
//   needs   Eigen
//   cost    O(H (n + V)) per token and O(H d) per answer, forwards and backwards alike
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <Eigen/Core>

#include <joust/policy/tokens.hpp>

namespace joust::detail {

/// The sizes of the network and where its parameters lie:
///
///     E  window x (vocabulary + 1) rows of H; the last row of each block stands for "before the first token"
///     P  max_length rows of H
///     W  dimension rows of H
///     U  H columns of vocabulary + 1; the last choice is the end
///     b  vocabulary + 1
struct token_network {
  std::size_t vocabulary = 0;
  std::size_t max_length = 0;
  std::size_t window = 0;
  std::size_t width = 0;
  std::size_t dimension = 0;

  [[nodiscard]] std::size_t position_at() const noexcept { return window * (vocabulary + 1) * width; }
  [[nodiscard]] std::size_t prompt_at() const noexcept { return position_at() + max_length * width; }
  [[nodiscard]] std::size_t output_at() const noexcept { return prompt_at() + dimension * width; }
  [[nodiscard]] std::size_t bias_at() const noexcept { return output_at() + width * (vocabulary + 1); }
  [[nodiscard]] std::size_t parameters() const noexcept { return bias_at() + vocabulary + 1; }

  /// Choices at a position: all words, and the end unless nothing has been written yet.
  [[nodiscard]] std::size_t choices(std::size_t position) const noexcept {
    return position == 0 ? vocabulary : vocabulary + 1;
  }

  /// Where the row of E lies that slot k sees at a position; `end` points behind the last token written.
  [[nodiscard]] std::size_t slot_at(std::size_t k, std::size_t position, token const* end) const noexcept {
    std::size_t const seen = k < position ? *(end - 1 - k) : vocabulary;
    return (k * (vocabulary + 1) + seen) * width;
  }
};

/// Walks along one answer at a time: the distribution of each next token, and the gradient of the token
/// taken.
class token_walk {
 public:
  using vector = Eigen::Map<Eigen::VectorXd>;
  using view = Eigen::Map<Eigen::VectorXd const>;
  using matrix = Eigen::Map<Eigen::MatrixXd>;
  using matrix_view = Eigen::Map<Eigen::MatrixXd const>;

  /// For parameters that stay in place while it walks.
  token_walk(token_network const& network, double const* parameters, double const* prompt_features)
      : net_{network},
        theta_{parameters},
        features_{prompt_features},
        prompt_(size(network.width)),
        hidden_(size(network.width)),
        slope_(size(network.width)),
        logits_(size(network.vocabulary + 1)),
        weights_(size(network.vocabulary + 1)) {
    prompt_.noalias() = matrix_view{theta_ + net_.prompt_at(), size(net_.width), size(net_.dimension)} *
                        view{features_, size(net_.dimension)};
  }

  /// The logits of all choices at a position, after the tokens before `end`. Valid until the next call.
  Eigen::Ref<Eigen::VectorXd> logits(std::size_t position, token const* end) {
    Eigen::Index const width = size(net_.width);
    hidden_ = prompt_ + view{theta_ + net_.position_at() + position * net_.width, width};
    for (std::size_t k = 0; k < net_.window; ++k) {
      hidden_ += view{theta_ + net_.slot_at(k, position, end), width};
    }
    // tanh(z) = 1 - 2 / (exp(2 z) + 1): one exponential, which comes in vectors, and exact at both ends,
    // where the exponential is 0 or overflows.
    hidden_ = 1.0 - 2.0 / ((2.0 * hidden_.array()).exp() + 1.0);
    Eigen::Index const choices = size(net_.choices(position));
    auto result = logits_.head(choices);
    result = view{theta_ + net_.bias_at(), choices};
    result.noalias() += output().topRows(choices) * hidden_;
    return result;
  }

  /// The same as log-probabilities.
  Eigen::Ref<Eigen::VectorXd> log_probabilities(std::size_t position, token const* end) {
    Eigen::Ref<Eigen::VectorXd> result = logits(position, end);
    double const largest = result.maxCoeff();
    result.array() -= largest + std::log((result.array() - largest).exp().sum());
    return result;
  }

  /// Adds `weight` times the gradient of log pi(answer) to `gradient`. With q the distribution of a position
  /// and a the choice made there, the derivative by the logits is e_a - q; through u_v' h it reaches h, and
  /// through tanh' = 1 - h^2 the rows that were added up in z.
  void backward(tokens const& answer, double weight, double* gradient) {
    Eigen::Index const width = size(net_.width);
    Eigen::VectorXd prompt_slope = Eigen::VectorXd::Zero(width);
    for (std::size_t position = 0; position < scored_tokens(answer, net_.max_length); ++position) {
      token const* const end = answer.data() + position;
      auto by_logits = log_probabilities(position, end);
      by_logits = -weight * by_logits.array().exp();
      by_logits[size(position < answer.size() ? answer[position] : net_.vocabulary)] += weight;
      Eigen::Index const choices = by_logits.size();
      vector{gradient + net_.bias_at(), choices} += by_logits;
      matrix{gradient + net_.output_at(), size(net_.vocabulary + 1), width}.topRows(choices).noalias() +=
          by_logits * hidden_.transpose();
      slope_.noalias() = output().topRows(choices).transpose() * by_logits;
      slope_.array() *= 1.0 - hidden_.array().square();
      prompt_slope += slope_;
      vector{gradient + net_.position_at() + position * net_.width, width} += slope_;
      for (std::size_t k = 0; k < net_.window; ++k) {
        vector{gradient + net_.slot_at(k, position, end), width} += slope_;
      }
    }
    matrix{gradient + net_.prompt_at(), width, size(net_.dimension)}.noalias() +=
        prompt_slope * view{features_, size(net_.dimension)}.transpose();
  }

  /// An index drawn with probabilities proportional to exp(logit / temperature), by its uniform number: the
  /// first at which the cumulative share exceeds it.
  std::size_t choose(Eigen::Ref<Eigen::VectorXd const> const& logits, double temperature, double uniform) {
    auto weights = weights_.head(logits.size());
    weights = ((logits.array() - logits.maxCoeff()) / temperature).exp();
    double mark = uniform * weights.sum();
    std::size_t chosen = 0;
    for (Eigen::Index v = 0; v < weights.size(); ++v) {
      if (!(weights[v] > 0.0)) continue;
      chosen = static_cast<std::size_t>(v);
      mark -= weights[v];
      if (mark < 0.0) break;  // without it, rounding has used up the mark: the last that is possible
    }
    return chosen;
  }

 private:
  static Eigen::Index size(std::size_t n) noexcept { return static_cast<Eigen::Index>(n); }

  [[nodiscard]] matrix_view output() const noexcept {
    return {theta_ + net_.output_at(), size(net_.vocabulary + 1), size(net_.width)};
  }

  token_network net_;
  double const* theta_;
  double const* features_;
  Eigen::VectorXd prompt_;
  Eigen::VectorXd hidden_;
  Eigen::VectorXd slope_;
  Eigen::VectorXd logits_;
  Eigen::VectorXd weights_;
};

}  // namespace joust::detail
