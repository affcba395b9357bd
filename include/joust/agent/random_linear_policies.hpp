// SPDX-License-Identifier: MIT
//
// Policies that score candidates linearly, each by weights of its own, and name their favourite. The weights
// are drawn at random, uniformly over all directions, or given.
//
//   cost    O(M d) per policy and call for M candidates; `count` * d doubles
//   repeat  the same stream draws the same policies
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/agent/detail/feature_rows.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

class random_linear_policies {
 public:
  /// `count` policies, to be drawn when they are first needed. Throws std::invalid_argument for none.
  explicit random_linear_policies(std::size_t count = 128) : count_{count} {
    if (count == 0 || count > most) {
      detail::reject("count", detail::text(count), "a number from 1 to " + detail::text(most));
    }
  }

  /// Policies with the given weights: `weights` holds `dimension` numbers for each. Throws
  /// std::invalid_argument for weights that are none, not finite, or no multiple of the dimension.
  random_linear_policies(std::size_t dimension, std::vector<double> weights)
      : count_{dimension == 0 ? 0 : weights.size() / dimension},
        dimension_{dimension},
        given_{true},
        weights_{static_cast<std::vector<double>&&>(weights)} {
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    if (weights_.empty() || weights_.size() % dimension != 0 || count_ > most) {
      detail::reject("weights", detail::text(weights_.size()) + " numbers",
                     "as many as " + detail::text(dimension) + " for each policy");
    }
    if (!finite()) detail::reject("weights", "not finite everywhere", "finite numbers of at most 1e100");
  }

  /// As many policies, to be drawn anew; those whose weights were given stay.
  [[nodiscard]] random_linear_policies fresh(setting const& s) const {
    if (s.dimension == 0) {
      detail::reject("setting.dimension", "0", "the length of a candidate's features, at least 1");
    }
    return given_ ? *this : random_linear_policies{count_};
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// Throws std::invalid_argument for features of another length than before, or not finite.
  template <detail::feature_rows Features>
  void check(Features const& phi) const {
    detail::require_features(phi, dimension_ == 0 ? static_cast<std::size_t>(phi.cols()) : dimension_);
  }

  /// Draws the weights, unless they are there. Returns whether it did.
  template <detail::feature_rows Features, class Stream>
  bool prepare(Features const& phi, Stream& stream) {
    if (dimension_ != 0) return false;
    auto const d = static_cast<std::size_t>(phi.cols());
    std::vector<double> drawn(count_ * d);
    boost::random::normal_distribution<double> normal;
    for (double& weight : drawn) weight = normal(stream);
    weights_ = static_cast<std::vector<double>&&>(drawn);
    dimension_ = d;
    return true;
  }

  /// The candidate with the largest score under policy n, the lowest one among equals.
  template <detail::feature_rows Features>
  [[nodiscard]] std::size_t operator()(Features const& phi, std::size_t n) const noexcept {
    std::size_t best = 0;
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < static_cast<std::size_t>(phi.rows()); ++i) {
      double score = 0.0;
      for (std::size_t k = 0; k < dimension_; ++k) {
        score += weights_[n * dimension_ + k] * detail::feature(phi, i, k);
      }
      if (score > largest) {
        best = i;
        largest = score;
      }
    }
    return best;
  }

  /// The weights, policy after policy; empty until they are drawn.
  [[nodiscard]] std::vector<double> const& weights() const noexcept { return weights_; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count_);
    visit("dimension", self.dimension_);
    visit("given", self.given_);
    visit.list("weights", self.weights_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool const fits = dimension_ == 0
                          ? weights_.empty()
                          : weights_.size() % dimension_ == 0 && weights_.size() / dimension_ == count_;
    return fits && count_ != 0 && count_ <= most && finite();
  }

  friend bool operator==(random_linear_policies const&, random_linear_policies const&) = default;

 private:
  static constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] bool finite() const noexcept {
    for (double const weight : weights_) {
      if (!(std::abs(weight) <= 1e100)) return false;
    }
    return true;
  }

  std::size_t count_;
  std::size_t dimension_ = 0;  // 0 until they are drawn
  bool given_ = false;
  std::vector<double> weights_;
};

}  // namespace joust
