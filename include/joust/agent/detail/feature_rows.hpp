// SPDX-License-Identifier: MIT
//
// Candidates as rows of a matrix, for agents that read features without Eigen: checks at the edge, linear
// scores, and fingerprints by which an answer finds the duel it belongs to.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <joust/core/error.hpp>

namespace joust::detail {

/// A matrix with a row per candidate: an Eigen matrix, or anything of that face.
template <class T>
concept feature_rows = requires(T const& phi) {
  { phi.rows() } -> std::integral;
  { phi.cols() } -> std::integral;
  { phi(phi.rows(), phi.cols()) } -> std::convertible_to<double>;
};

template <class Features>
[[nodiscard]] double feature(Features const& phi, std::size_t row, std::size_t column) {
  using index = std::remove_cvref_t<decltype(phi.rows())>;
  return static_cast<double>(phi(static_cast<index>(row), static_cast<index>(column)));
}

template <class Features>
void require_width(Features const& phi, std::size_t dimension) {
  if (dimension == 0) reject("dimension", "0", "at least 1, at construction or by fresh(setting)");
  if (static_cast<std::size_t>(phi.cols()) != dimension) {
    reject("phi", text(phi.cols()) + " columns wide", text(dimension) + ", the dimension of the agent");
  }
}

/// At least one row, the right width, all features finite.
template <class Features>
void require_features(Features const& phi, std::size_t dimension) {
  require_width(phi, dimension);
  auto const rows = static_cast<std::size_t>(phi.rows());
  if (rows == 0) reject("phi", "without rows", "one row per candidate, at least one");
  for (std::size_t k = 0; k < dimension; ++k) {
    for (std::size_t i = 0; i < rows; ++i) {
      // Beyond, a score might be no number.
      if (!(std::abs(feature(phi, i, k)) <= 1e100)) {
        reject("phi", "not finite everywhere, or larger than 1e100", "finite features");
      }
    }
  }
}

/// A duel of two rows and an outcome.
template <class Features>
void require_duel(Features const& phi, std::size_t dimension, std::size_t first, std::size_t second,
                  double share) {
  require_width(phi, dimension);
  require_index("first", first, static_cast<std::size_t>(phi.rows()));
  require_index("second", second, static_cast<std::size_t>(phi.rows()));
  require_unit_interval("outcome", share);
}

/// scores_i = weights' x_i, column by column as matrices are usually stored.
template <class Features>
void linear_scores(Features const& phi, std::span<double const> weights, std::vector<double>& scores) {
  scores.assign(static_cast<std::size_t>(phi.rows()), 0.0);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights[k] * feature(phi, i, k);
  }
}

/// A row's features as one number: equal for equal features, and different for others but for a chance of
/// 2^-64 or so. (splitmix64's mixing, after each feature.)
template <class Features>
[[nodiscard]] std::uint64_t fingerprint(Features const& phi, std::size_t row) {
  std::uint64_t hash = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(phi.cols()); ++k) {
    hash += std::bit_cast<std::uint64_t>(feature(phi, row, k) + 0.0) + 0x9e3779b97f4a7c15U;  // -0 becomes 0
    hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
    hash ^= hash >> 31U;
  }
  return hash;
}

}  // namespace joust::detail
