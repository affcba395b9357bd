// SPDX-License-Identifier: MIT
//
// Self-sparring for arms that resemble each other. The quality of all arms is one Gaussian vector, whose
// covariance says how much they have in common; a win is a reward of 1, a loss one of 0. Twice per round the
// agent draws the vector, and each time its largest entry goes to the duel.
//
//   needs   the same arms every round, whose preferences follow a common scale of quality; a covariance that
//           tells which arms are alike, or else unrelated arms
//   cost    O(K^2) per round and per observation: two triangular solves and 2K normal numbers a round, two
//           rank-one updates of the Cholesky factor and two solves an observation; O(K^3) once. Two tables of
//           K^2 doubles; no allocation after construction
//   delay   every choice is a fresh draw: a batch is spread over the arms that may be best
//   repeat  the same answers and the same stream give the same pairs
//   source  Sui, Zhuang, Burdick & Yue, "Multi-dueling Bandits with Dependent Arms", UAI 2017, algorithm 3
//           (KernelSelfSparring), two arms at a time
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// What kernel self-sparring believes before the first duel. With the defaults and unrelated arms, a quality
/// has mean and variance of nearly Beta(wins + 1, losses + 1).
struct kernel_self_sparring_options {
  double prior_variance = 1.0 / 12.0;  ///< of a quality, above 0; unused where a covariance is given
  double noise_variance = 0.25;        ///< of an answer, above 0: that of a fair coin
  /// 0: arms are unrelated. Else arms i and j have the correlation exp(-(i - j)^2 / (2 length_scale^2)):
  /// neighbours in index are alike. Unused where a covariance is given.
  double length_scale = 0.0;

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::require_positive("prior_variance", prior_variance);
    detail::require_positive("noise_variance", noise_variance);
    if (!(length_scale >= 0.0 && std::isfinite(length_scale))) {
      detail::reject("length_scale", detail::text(length_scale), "a finite number of at least 0");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("prior_variance", self.prior_variance, "variance of a quality");
    visit("noise_variance", self.noise_variance, "variance of an answer");
    visit("length_scale", self.length_scale, "distance in index at which arms are alike, 0: unrelated arms");
  }
  friend bool operator==(kernel_self_sparring_options const&, kernel_self_sparring_options const&) = default;
};

/// The kernel self-sparring agent. With C the prior covariance of the qualities around 1/2, N the diagonal
/// matrix of the arms' numbers of duels and s_i the sum of (outcome - 1/2) over those of arm i, the posterior
/// is normal with
///
///     precision A = C^-1 + N / noise,     mean 1/2 + A^-1 s / noise.
///
/// It recommends the arm with the largest mean (ties: lower index).
class kernel_self_sparring : public detail::k_armed<kernel_self_sparring, kernel_self_sparring_options> {
 public:
  static constexpr std::string_view name = "kernel_self_sparring";
  using k_armed::k_armed;

  /// An agent for arms whose qualities have this prior covariance, K x K, row by row. Throws
  /// std::invalid_argument if it is not square, symmetric, finite and positive semidefinite, with entries
  /// above 0 on its diagonal.
  [[nodiscard]] static kernel_self_sparring with_covariance(std::span<double const> covariance,
                                                            kernel_self_sparring_options options = {}) {
    std::size_t arms = 0;
    while (arms * arms < covariance.size()) ++arms;
    if (arms == 0 || arms * arms != covariance.size()) {
      detail::reject("covariance", detail::text(covariance.size()) + " numbers", "K * K of them, for K arms");
    }
    kernel_self_sparring agent{arms, options};
    agent.covariance_.assign(covariance.begin(), covariance.end());
    agent.factor_ = agent.prior_factor();
    return agent;
  }

  /// A new agent of the same options and, if one was given, the same covariance, without experience. Throws
  /// std::invalid_argument if the setting's arms change, or are not as many as the covariance has.
  [[nodiscard]] kernel_self_sparring fresh(setting const& s) const {
    kernel_self_sparring agent = k_armed::fresh(s);
    if (covariance_.empty()) return agent;
    if (s.arms != size()) {
      detail::reject("setting.arms", detail::text(s.arms), detail::text(size()) + ", as the covariance has");
    }
    return with_covariance(covariance_, options());
  }

  /// The mean quality of an arm: its chance in a duel, as far as one number can tell.
  [[nodiscard]] double quality(std::size_t arm) const { return 0.5 + mean_[position(arm)]; }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    std::size_t const first = sampled_best(stream);
    return {first, sampled_best(stream)};
  }

  // With A = R'R, R upper triangular, and z standard normal, R^-1 (R'^-1 s / noise + z) has the posterior's
  // mean and its covariance R^-1 R'^-1.
  template <class Stream>
  std::size_t sampled_best(Stream& stream) {
    boost::random::normal_distribution<double> standard;
    for (std::size_t i = 0; i < size(); ++i) sample_[i] = half_solved_[i] + standard(stream);
    solve_upper(sample_);
    return largest(sample_);
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    double const won = (y - 0.5) / options().noise_variance;
    evidence_[i] += won;
    evidence_[j] -= won;
    add_duel(i < j ? i : j);  // in order of index, so that the sides do not matter to the last bit
    add_duel(i < j ? j : i);
    half_solved_ = evidence_;
    solve_lower(half_solved_);
    mean_ = half_solved_;
    solve_upper(mean_);
  }

  [[nodiscard]] std::size_t best() const noexcept { return largest(mean_); }

  [[nodiscard]] static std::size_t largest(std::vector<double> const& values) noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (values[i] > values[found]) found = i;
    }
    return found;
  }

  // A gains 1 / noise at [i, i], a rank-one update x x' of R'R: rotations that clear x, row by row. Precision
  // only grows, so that no step subtracts and none can fail.
  void add_duel(std::size_t i) noexcept {
    for (double& entry : sample_) entry = 0.0;
    std::vector<double>& x = sample_;
    x[i] = 1.0 / std::sqrt(options().noise_variance);
    for (std::size_t k = i; k < size(); ++k) {
      double* const r = factor_.data() + k * size();
      double const length = std::sqrt(r[k] * r[k] + x[k] * x[k]);
      double const c = length / r[k];
      double const s = x[k] / r[k];
      r[k] = length;
      for (std::size_t j = k + 1; j < size(); ++j) {
        r[j] = (r[j] + s * x[j]) / c;
        x[j] = c * x[j] - s * r[j];
      }
    }
  }

  // v := R'^-1 v and v := R^-1 v, both along the rows of R.
  void solve_lower(std::vector<double>& v) const noexcept {
    for (std::size_t k = 0; k < size(); ++k) {
      double const* const r = factor_.data() + k * size();
      v[k] /= r[k];
      for (std::size_t j = k + 1; j < size(); ++j) v[j] -= r[j] * v[k];
    }
  }
  void solve_upper(std::vector<double>& v) const noexcept {
    for (std::size_t k = size(); k-- > 0;) {
      double const* const r = factor_.data() + k * size();
      double rest = v[k];
      for (std::size_t j = k + 1; j < size(); ++j) rest -= r[j] * v[j];
      v[k] = rest / r[k];
    }
  }

  [[nodiscard]] double prior(std::size_t i, std::size_t j) const noexcept {
    if (!covariance_.empty()) return covariance_[i * size() + j];
    if (i == j) return options().prior_variance;
    if (options().length_scale == 0.0) return 0.0;
    double const distance = (static_cast<double>(i) - static_cast<double>(j)) / options().length_scale;
    return options().prior_variance * std::exp(-0.5 * distance * distance);
  }

  // R of C^-1 = R'R. With C = UU', U upper triangular, it is U^-1. A hundred-millionth is added to the
  // diagonal of C, since arms that are alike in everything would have no precision.
  [[nodiscard]] std::vector<double> prior_factor() const {
    std::size_t const n = size();
    std::vector<double> u(n * n, 0.0);
    for (std::size_t j = n; j-- > 0;) {
      double const variance = prior(j, j);
      double pivot = variance * (1.0 + 1e-8);
      for (std::size_t k = j + 1; k < n; ++k) pivot -= u[j * n + k] * u[j * n + k];
      if (!(variance > 0.0 && std::isfinite(variance) && pivot > 0.0)) refuse_covariance();
      u[j * n + j] = std::sqrt(pivot);
      for (std::size_t i = 0; i < j; ++i) {
        double rest = prior(i, j);
        if (!std::isfinite(rest) || rest != prior(j, i)) refuse_covariance();
        for (std::size_t k = j + 1; k < n; ++k) rest -= u[i * n + k] * u[j * n + k];
        u[i * n + j] = rest / u[j * n + j];
      }
    }
    for (std::size_t i = n; i-- > 0;) {  // row i of U^-1 from the rows below
      double const scale = 1.0 / u[i * n + i];
      std::vector<double> row(n, 0.0);
      row[i] = scale;
      for (std::size_t k = i + 1; k < n; ++k) {
        for (std::size_t j = k; j < n; ++j) row[j] -= scale * u[i * n + k] * u[k * n + j];
      }
      for (std::size_t j = i; j < n; ++j) u[i * n + j] = row[j];
    }
    return u;
  }

  [[noreturn]] static void refuse_covariance() {
    detail::reject("covariance", "no covariance",
                   "a symmetric, positive semidefinite matrix of finite numbers, above 0 on its diagonal");
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit.list("covariance", self.covariance_);
    visit("factor", self.factor_);
    visit("evidence", self.evidence_);
    visit("half_solved", self.half_solved_);
    visit("mean", self.mean_);
  }
  [[nodiscard]] bool sound() const noexcept {
    for (std::size_t i = 0; i < size(); ++i) {
      if (!(factor_[i * size() + i] > 0.0)) return false;
    }
    return covariance_.empty() || covariance_.size() == size() * size();
  }

  std::vector<double> covariance_;               // as given, else empty
  std::vector<double> factor_ = prior_factor();  // R, upper triangular, row by row
  std::vector<double> evidence_ = row(0.0);      // s / noise
  std::vector<double> half_solved_ = row(0.0);   // R'^-1 s / noise
  std::vector<double> mean_ = row(0.0);          // of quality - 1/2
  std::vector<double> sample_ = row(0.0);        // work space
};

}  // namespace joust
