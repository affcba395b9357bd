// SPDX-License-Identifier: MIT
//
// The features of every response to every prompt: what policies over finite response sets share, and what
// none of them changes. One block of R x d numbers per prompt, built once and then only read.
//
//   needs   Eigen
//   cost    prompts x responses x dimension numbers of 8 bytes; a block is a view, O(1)
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/core/error.hpp>

namespace joust {

/// Features phi(x, a) of finitely many prompts x and responses a, both by index.
class feature_table {
 public:
  /// One row per response; row-major, so that a response's features lie together.
  using block = Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const>;
  using row = Eigen::Map<Eigen::RowVectorXd const>;

  /// `values[(x * responses + a) * dimension + k]` is feature k of response a to prompt x. Throws
  /// std::invalid_argument for a size of 0, values of another length and values that are not finite.
  feature_table(std::size_t prompts, std::size_t responses, std::size_t dimension, std::vector<double> values)
      : prompts_{prompts}, responses_{responses}, dimension_{dimension}, values_{std::move(values)} {
    if (prompts == 0) detail::reject("prompts", "0", "at least 1");
    if (responses == 0) detail::reject("responses", "0", "at least 1");
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    // The division tells a product that has wrapped around.
    if (values_.size() / prompts / responses != dimension ||
        values_.size() != prompts * responses * dimension) {
      detail::reject("values", "of length " + detail::text(values_.size()),
                     "prompts x responses x dimension = " + detail::text(prompts * responses * dimension));
    }
    for (double const value : values_) detail::require_finite("values", value);
  }

  [[nodiscard]] std::size_t prompts() const noexcept { return prompts_; }
  [[nodiscard]] std::size_t responses() const noexcept { return responses_; }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }

  /// All responses to one prompt, R x d. The prompt is below prompts() (unchecked, as are all indices here).
  [[nodiscard]] block of(std::size_t prompt) const noexcept {
    return {values_.data() + prompt * responses_ * dimension_, static_cast<Eigen::Index>(responses_),
            static_cast<Eigen::Index>(dimension_)};
  }

  /// One response to one prompt, 1 x d.
  [[nodiscard]] row of(std::size_t prompt, std::size_t response) const noexcept {
    return {values_.data() + (prompt * responses_ + response) * dimension_,
            static_cast<Eigen::Index>(dimension_)};
  }

 private:
  std::size_t prompts_;
  std::size_t responses_;
  std::size_t dimension_;
  std::vector<double> values_;
};

/// A feature table that policies, their copies and their references look at together.
using shared_features = std::shared_ptr<feature_table const>;

}  // namespace joust
