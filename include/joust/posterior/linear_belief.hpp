// SPDX-License-Identifier: MIT
//
// Rewards of M candidates that share one Gaussian parameter: candidate i earns phi_i' theta with theta
// normal. What is learnt about one candidate carries over to all that resemble it, and the variance of a
// difference is that of the joint belief: nothing for two candidates with the same features, however
// uncertain both are.
//
//   needs   Eigen, Boost.Random
//   cost    O(d^2 + M d) per draw; O(M d) for the mean; the first pair variance O(M d^2), each further one
//           O(d)
//   repeat  same posterior, features and stream give the same draws
//   source  Rasmussen & Williams, "Gaussian Processes for Machine Learning", 2006, section 2.1
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/error.hpp>
#include <joust/posterior/detail/cholesky.hpp>

namespace joust {

/// A belief over the rewards Phi theta, theta ~ N(mean, (L L')^-1).
///
/// It is a view: it refers to the features, to the posterior's mean and factor and to the posterior's work
/// space, and is valid until the posterior is next conditioned, taught, assigned or destroyed. Copies share
/// the work space.
class linear_belief {
 public:
  /// The candidates' features, one row each.
  using features = Eigen::Map<Eigen::MatrixXd const, Eigen::Unaligned, Eigen::OuterStride<>>;

  /// Memory that outlives the belief, so that a round needs none of its own. It only grows.
  struct workspace {
    std::vector<double> parameter;  // d
    std::vector<double> mean;       // M
    std::vector<double> rewards;    // M
    std::vector<double> whitened;   // d x M, one column per candidate; sized when first asked for
    std::vector<double> lengths;    // M, squared lengths of those columns
  };

  /// Features M x d with M >= 1, finite; `mean` of length d; `factor` the lower Cholesky factor of the d x d
  /// precision (its upper triangle is not read). All unchecked: a posterior has seen to it. Throws
  /// std::bad_alloc if the work space cannot grow.
  linear_belief(features phi, Eigen::VectorXd const& mean, Eigen::MatrixXd const& factor, workspace& work)
      : phi_{phi}, parameter_mean_{&mean}, factor_{&factor}, work_{&work} {
    grow(work.parameter, static_cast<std::size_t>(mean.size()));
    grow(work.mean, size());
    grow(work.rewards, size());
  }

  /// The number of candidates.
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(phi_.rows()); }

  /// Whether all features are finite numbers. O(M d).
  ///
  /// Row sums as a matrix-vector product cost less than looking at every entry. They are finite only if all
  /// entries are; they may overflow when all are, so the verdict is allFinite's.
  [[nodiscard]] bool finite() const noexcept {
    detail::vector_view ones{work_->parameter.data(), phi_.cols()};
    detail::vector_view sums{work_->rewards.data(), phi_.rows()};
    ones.setOnes();
    sums.noalias() = phi_ * ones;
    return std::isfinite(sums.sum()) || phi_.allFinite();
  }

  /// The expected rewards, up to the constant that no duel can reveal. O(M d) the first time, then free;
  /// stays in place for as long as the belief.
  [[nodiscard]] std::span<double const> mean() noexcept {
    detail::vector_view rewards{work_->mean.data(), phi_.rows()};
    if (!averaged_) {
      rewards.noalias() = phi_ * *parameter_mean_;
      averaged_ = true;
    }
    return {work_->mean.data(), size()};
  }

  /// One joint draw of all rewards; the next draw overwrites it. O(d^2 + M d), no allocation.
  ///
  /// With xi standard normal, L^-T xi has covariance L^-T L^-1 = (L L')^-1: one triangular solve. A Cholesky
  /// factor is unique, so the same xi gives the same draw everywhere, which a spectral root does not promise.
  template <class Stream>
  [[nodiscard]] std::span<double const> draw(Stream& stream) {
    detail::vector_view parameter{work_->parameter.data(), phi_.cols()};
    boost::random::normal_distribution<double> standard_normal;
    for (double& coordinate : parameter) coordinate = standard_normal(stream);
    detail::solve_lower_transposed(*factor_, parameter);
    parameter += *parameter_mean_;
    detail::vector_view rewards{work_->rewards.data(), phi_.rows()};
    rewards.noalias() = phi_ * parameter;
    return {work_->rewards.data(), size()};
  }

  /// The variance of reward_i - reward_j, (phi_i - phi_j)' H^-1 (phi_i - phi_j) = |L^-1 (phi_i - phi_j)|^2.
  /// Exactly symmetric, exactly 0 for equal features. Throws std::invalid_argument for an index that names no
  /// candidate and std::bad_alloc if the work space cannot grow.
  [[nodiscard]] double pair_variance(std::size_t i, std::size_t j) {
    detail::require_index("i", i, size());
    detail::require_index("j", j, size());
    if (!whitened_) whiten();
    Eigen::Index const dimension = phi_.cols();
    detail::const_matrix_view const points{work_->whitened.data(), dimension, phi_.rows()};
    double const squared =
        (points.col(static_cast<Eigen::Index>(i)) - points.col(static_cast<Eigen::Index>(j))).squaredNorm();
    // Equal columns may be solved by different kernels and differ in their last bits. A distance of that
    // order is rounding, not uncertainty: rules that look for a positive variance must not be led by it.
    constexpr double rounding = 1e-28;
    return squared > rounding * (work_->lengths[i] + work_->lengths[j]) ? squared : 0.0;
  }

 private:
  static void grow(std::vector<double>& buffer, std::size_t length) {
    if (buffer.size() < length) buffer.resize(length);
  }

  // Distances between whitened candidates are standard deviations, so all pairs cost one solve per candidate.
  // The first candidate is the origin: a constant offset of all features is then gone before it can cost
  // digits.
  void whiten() {
    grow(work_->whitened, static_cast<std::size_t>(phi_.size()));
    grow(work_->lengths, size());
    detail::matrix_view points{work_->whitened.data(), phi_.cols(), phi_.rows()};
    points = phi_.transpose().colwise() - phi_.row(0).transpose();
    detail::whiten(*factor_, points);
    detail::vector_view{work_->lengths.data(), phi_.rows()} = points.colwise().squaredNorm();
    whitened_ = true;
  }

  features phi_;
  Eigen::VectorXd const* parameter_mean_;
  Eigen::MatrixXd const* factor_;
  workspace* work_;
  bool averaged_ = false;
  bool whitened_ = false;
};

}  // namespace joust
