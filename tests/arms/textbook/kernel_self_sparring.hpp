// SPDX-License-Identifier: MIT
//
// Kernel self-sparring (Sui, Zhuang, Burdick & Yue, UAI 2017, algorithm 3) with the posterior formed anew in
// every round: the precision is the inverse of the prior covariance by Gauss and Jordan, plus the numbers of
// duels over the noise; its Cholesky factor is computed from scratch. From the stream: for each of the two
// sides a standard normal number per arm, by index, which the inverse of the upper factor correlates.
#pragma once

#include "../textbook.hpp"

#include <boost/random/normal_distribution.hpp>

namespace textbook {

class kernel_self_sparring {
 public:
  kernel_self_sparring(table const& covariance, double noise)
      : arms_{covariance.arms},
        inverse_{inverse(covariance)},
        noise_{noise},
        duels_(arms_, 0.0),
        sum_(arms_, 0.0) {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    table a = inverse_;
    for (std::size_t i = 0; i < arms_; ++i) a(i, i) += duels_[i] / noise_;
    table lower{arms_};  // A = L L'
    for (std::size_t j = 0; j < arms_; ++j) {
      for (std::size_t i = j; i < arms_; ++i) {
        double rest = a(i, j);
        for (std::size_t k = 0; k < j; ++k) rest -= lower(i, k) * lower(j, k);
        lower(i, j) = i == j ? std::sqrt(rest) : rest / lower(j, j);
      }
    }
    table const covariance = inverse(a);
    std::size_t side[2] = {};
    for (std::size_t& arm : side) {
      std::vector<double> f(arms_);
      for (double& z : f) z = boost::random::normal_distribution<double>{}(g);
      for (std::size_t i = arms_; i-- > 0;) {  // L' f = z
        for (std::size_t k = i + 1; k < arms_; ++k) f[i] -= lower(k, i) * f[k];
        f[i] /= lower(i, i);
      }
      for (std::size_t i = 0; i < arms_; ++i) {
        for (std::size_t j = 0; j < arms_; ++j) f[i] += covariance(i, j) * sum_[j] / noise_;
      }
      arm = static_cast<std::size_t>(std::max_element(f.begin(), f.end()) - f.begin());
    }
    return {side[0], side[1]};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    duels_[i] += 1.0;
    duels_[j] += 1.0;
    sum_[i] += y - 0.5;
    sum_[j] += (1.0 - y) - 0.5;
  }

  [[nodiscard]] static table inverse(table m) {
    std::size_t const n = m.arms;
    table result{n};
    for (std::size_t i = 0; i < n; ++i) result(i, i) = 1.0;
    for (std::size_t i = 0; i < n; ++i) {
      double const pivot = m(i, i);
      for (std::size_t k = 0; k < n; ++k) {
        m(i, k) /= pivot;
        result(i, k) /= pivot;
      }
      for (std::size_t j = 0; j < n; ++j) {
        double const factor = m(j, i);
        if (j == i) continue;
        for (std::size_t k = 0; k < n; ++k) {
          m(j, k) -= factor * m(i, k);
          result(j, k) -= factor * result(i, k);
        }
      }
    }
    return result;
  }

 private:
  std::size_t arms_;
  table inverse_;
  double noise_;
  std::vector<double> duels_;
  std::vector<double> sum_;
};

}  // namespace textbook
