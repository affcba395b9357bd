// SPDX-License-Identifier: MIT
//
// Linear beliefs and candidates to test batches with, fresh for every seed, and what the host says of them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/linear_posterior.hpp>
#include <joust/device/queue.hpp>
#include <joust/posterior/linear_belief.hpp>

namespace joust_test {

/// N(mean, (L L')^-1) with a precision far from a multiple of the identity, and candidates, one per column.
struct random_belief {
  Eigen::MatrixXd candidates;
  Eigen::VectorXd parameter_mean;
  Eigen::MatrixXd factor;
  Eigen::MatrixXd covariance;
  Eigen::MatrixXd rows;
  joust::linear_belief::workspace work;

  random_belief(std::size_t dimension, std::size_t count, std::uint64_t seed) {
    joust::stream random{seed};
    auto const number = [&] { return 2.0 * joust::draw_uniform(random) - 1.0; };
    auto const d = static_cast<Eigen::Index>(dimension);
    candidates = Eigen::MatrixXd::NullaryExpr(d, static_cast<Eigen::Index>(count), number);
    parameter_mean = Eigen::VectorXd::NullaryExpr(d, number);
    Eigen::MatrixXd const root = Eigen::MatrixXd::NullaryExpr(d, d, number);
    Eigen::MatrixXd const precision = 0.5 * Eigen::MatrixXd::Identity(d, d) + root * root.transpose();
    Eigen::LLT<Eigen::MatrixXd> const decomposed{precision};
    factor = decomposed.matrixL();
    covariance = decomposed.solve(Eigen::MatrixXd::Identity(d, d));
  }

  [[nodiscard]] Eigen::VectorXd const& mean() const { return parameter_mean; }
  [[nodiscard]] Eigen::MatrixXd const& precision_factor() const { return factor; }

  /// The host's belief about the candidates first .. first + count - 1.
  [[nodiscard]] joust::linear_belief at(std::size_t first, std::size_t count) {
    rows =
        candidates.middleCols(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)).transpose();
    work.is_whitened = false;
    return {{rows.data(), rows.rows(), rows.cols(), Eigen::OuterStride<>{rows.rows()}},
            parameter_mean,
            factor,
            work};
  }

  template <class T>
  [[nodiscard]] std::vector<T> features() const {
    std::vector<T> values;
    values.reserve(static_cast<std::size_t>(candidates.size()));
    for (double const x : candidates.reshaped()) values.push_back(static_cast<T>(x));
    return values;
  }
};

/// What is allowed between two ways to compute the same number, both of size about `scale`.
template <class T>
[[nodiscard]] double tolerance(double scale) {
  return (sizeof(T) == 4 ? 2e-5 : 1e-12) * (1.0 + scale);
}

}  // namespace joust_test
