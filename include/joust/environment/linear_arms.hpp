// SPDX-License-Identifier: MIT
//
// Fixed arms with feature vectors and a linear utility: u(arm) = theta' x(arm), preferences logistic in the
// difference. Two families from the literature; arms and theta are drawn anew for each instance.
//
//   cost    O(K^2 + K d) for an instance
//   repeat  same stream, same problem
//   source  Di, Jin, Wu, Zhao, Farnoud & Gu, "Variance-aware regret bounds for stochastic contextual dueling
//           bandits", ICLR 2024 (vacdb); Ben Yahmed et al., 2026 (ginop)
#pragma once

#include <Eigen/Core>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/utility_link.hpp>

namespace joust {

enum class linear_family : unsigned char {
  vacdb,  ///< corners of {-1, 1}^d, each coordinate moved by up to 0.1; theta on 2 coordinates, norm `scale`
  ginop,  ///< corners of {-1/sqrt(d), 1/sqrt(d)}^d; theta uniform in the ball of radius `scale`
};

/// A family of problems: linear_arms{.scale = 4} or linear_arms::ginop(15). Arms are different corners.
struct linear_arms {
  linear_family family = linear_family::vacdb;
  std::size_t dimension = 5;
  std::size_t arms = 32;
  double scale = 1.0;

  /// The published size of the second family: 30 arms, |theta| at most 2, dimension 10 to 20.
  [[nodiscard]] static constexpr linear_arms ginop(std::size_t dimension = 10) noexcept {
    return {.family = linear_family::ginop, .dimension = dimension, .arms = 30, .scale = 2.0};
  }

  /// A problem drawn from the stream: features, utilities and preferences. Throws std::invalid_argument for
  /// a dimension below 2 or above 62, fewer than 2 arms or more than there are corners, or a scale that is
  /// not positive and finite.
  template <random_stream Stream>
  [[nodiscard]] fixed_arms instance(Stream& stream) const {
    check();
    auto const d = static_cast<Eigen::Index>(dimension);
    Eigen::MatrixXd features(static_cast<Eigen::Index>(arms), d);
    double const side =
        family == linear_family::vacdb ? 1.0 : 1.0 / std::sqrt(static_cast<double>(dimension));
    Eigen::Index row = 0;
    for (std::uint64_t const corner : draw_corners(stream)) {
      for (Eigen::Index k = 0; k < d; ++k) {
        features(row, k) = (corner >> static_cast<unsigned>(k) & 1U) != 0 ? side : -side;
        if (family == linear_family::vacdb) features(row, k) += 0.2 * draw_uniform(stream) - 0.1;
      }
      ++row;
    }
    Eigen::VectorXd const theta = draw_theta(stream);
    Eigen::VectorXd const utilities = features * theta;
    return fixed_arms{std::vector<double>(utilities.data(), utilities.data() + utilities.size()),
                      utility_link::logistic, std::move(features)};
  }

  friend bool operator==(linear_arms const&, linear_arms const&) = default;

 private:
  void check() const {
    if (dimension < 2 || dimension > 62) {
      detail::reject("dimension", detail::text(dimension), "a number from 2 to 62");
    }
    if (arms < 2 || arms > corners()) {
      detail::reject("arms", detail::text(arms), "from 2 to " + detail::text(corners()) + ", the corners");
    }
    detail::require_positive("scale", scale);
  }

  [[nodiscard]] std::uint64_t corners() const noexcept { return std::uint64_t{1} << dimension; }

  // Different corners, coordinate k the sign of bit k: all of them in order, or a uniform choice.
  template <class Stream>
  [[nodiscard]] std::vector<std::uint64_t> draw_corners(Stream& stream) const {
    std::vector<std::uint64_t> chosen(arms);
    if (arms == corners()) {
      for (std::size_t i = 0; i < arms; ++i) chosen[i] = i;
      return chosen;
    }
    // Floyd's sampling without replacement: one draw for each arm, however crowded the cube.
    std::set<std::uint64_t> taken;
    for (std::size_t i = 0; i < arms; ++i) {
      std::uint64_t const newest = corners() - arms + i;
      std::uint64_t const drawn = draw_index(newest + 1, stream);
      chosen[i] = taken.insert(drawn).second ? drawn : newest;
      taken.insert(chosen[i]);
    }
    return chosen;
  }

  template <class Stream>
  [[nodiscard]] Eigen::VectorXd draw_theta(Stream& stream) const {
    boost::random::normal_distribution<double> normal;
    auto const d = static_cast<Eigen::Index>(dimension);
    Eigen::VectorXd theta = Eigen::VectorXd::Zero(d);
    if (family == linear_family::vacdb) {
      std::size_t const one = draw_index(dimension, stream);
      std::size_t const step = 1 + draw_index(dimension - 1, stream);
      theta[static_cast<Eigen::Index>(one)] = normal(stream);
      theta[static_cast<Eigen::Index>((one + step) % dimension)] = normal(stream);
      return scale / theta.norm() * theta;
    }
    for (double& coordinate : theta) coordinate = normal(stream);
    // The ball of radius r holds a share r^d of the unit ball, hence the root.
    double const radius = scale * std::pow(draw_uniform(stream), 1.0 / static_cast<double>(dimension));
    return radius / theta.norm() * theta;
  }
};

}  // namespace joust
