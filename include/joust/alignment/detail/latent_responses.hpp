// SPDX-License-Identifier: MIT
//
// How a world of responses is made: normal latents, random views of them, and rewards that are centred within
// each prompt.
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <Eigen/QR>

#include <boost/random/normal_distribution.hpp>

namespace joust::detail {

/// A matrix of independent standard normal numbers, drawn column by column.
template <class Stream>
[[nodiscard]] Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index columns, Stream stream) {
  boost::random::normal_distribution<double> normal;
  Eigen::MatrixXd result(rows, columns);
  for (Eigen::Index j = 0; j < columns; ++j) {
    for (Eigen::Index i = 0; i < rows; ++i) result(i, j) = normal(stream);
  }
  return result;
}

/// A linear map from `from` to `to` numbers that keeps what it can. With to >= from it is a random rotation
/// into the larger space and loses nothing; otherwise it is a random projection. Either way, independent
/// numbers of variance 1 become numbers whose variances are 1 on average.
template <class Stream>
[[nodiscard]] Eigen::MatrixXd random_view(Eigen::Index to, Eigen::Index from, Stream const& stream) {
  Eigen::Index const most = std::max(to, from);
  Eigen::Index const least = std::min(to, from);
  Eigen::HouseholderQR<Eigen::MatrixXd> const decomposition{normal_matrix(most, least, stream)};
  Eigen::MatrixXd const columns = decomposition.householderQ() * Eigen::MatrixXd::Identity(most, least);
  if (to < from) return columns.transpose();
  return std::sqrt(static_cast<double>(to) / static_cast<double>(from)) * columns;
}

/// Centres each column and scales all of them together, so that the root mean square of all numbers is
/// `spread`. Columns that do not vary at all stay 0.
inline void standardise(Eigen::Ref<Eigen::MatrixXd> columns, double spread) {
  columns.rowwise() -= columns.colwise().mean().eval();
  double const deviation = std::sqrt(columns.squaredNorm() / static_cast<double>(columns.size()));
  if (deviation > 0.0) columns *= spread / deviation;
}

}  // namespace joust::detail
