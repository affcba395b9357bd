// SPDX-License-Identifier: MIT
//
// Rewards of M candidates that share one Gaussian parameter: candidate i earns phi_i' theta with theta
// normal. What is learnt about one candidate carries over to all that resemble it, and the variance of a
// difference is that of the joint belief: nothing for two candidates with the same features, however
// uncertain both are.
//
//   needs   Eigen, Boost.Random
//   cost    O(d^2 + M d) per draw; O(M d) for the mean and for all pair variances with one candidate; O(M
//           d^2) once before the first pair variance, unless the posterior has kept the candidates whitened
//   repeat  same posterior, features and stream give the same draws
//   source  Rasmussen & Williams, "Gaussian Processes for Machine Learning", 2006, section 2.1; the mixture
//           of half-spaces in first_dissent: Karp & Luby, "Monte-Carlo algorithms for enumeration and reliability
//           problems", FOCS 1983
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/argmax.hpp>
#include <joust/core/draw.hpp>
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

  /// Whether the candidates are likely to be asked about again. Decides how first_dissent goes about it, and
  /// with it what it draws from the stream, so it is a matter of the posterior's options and not of its
  /// history.
  enum class candidates : bool { change, stay };

  /// Memory that outlives the belief, so that a round needs none of its own. It only grows.
  struct workspace {
    std::vector<double> parameter;  // d
    std::vector<double> mean;       // M
    std::vector<double> rewards;    // M
    std::vector<double> columns;    // d x M
    std::vector<double> whitened;   // M x d, one row per candidate
    std::vector<double> lengths;    // M, squared lengths of those rows
    std::vector<double> spill;      // M
    std::vector<double> variances;  // M, of the reward differences to one candidate
    std::vector<double> leads;      // M, of one candidate over the others in the mean
    bool is_whitened = false;       // the rows belong to the present candidates and factor
    Eigen::Index idle = 0;          // updates that the rows have followed since they were last looked at

    /// Lets the whitened rows of `count` candidates follow a rank-one update of the factor; see
    /// follow_update. Rows that nobody has looked at for so long that whitening anew would have been cheaper
    /// are given up.
    void follow(detail::rotation const* turns, Eigen::Index count, Eigen::Index dimension) noexcept {
      if (++idle > dimension / 4) {
        is_whitened = false;
        return;
      }
      detail::follow_update({whitened.data(), count, dimension}, turns, spill.data());
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) lengths[i] -= spill[i] * spill[i];
    }
  };

  /// Features M x d with M >= 1, finite; `mean` of length d; `factor` the lower Cholesky factor of the d x d
  /// precision (its upper triangle is not read). All unchecked: a posterior has seen to it, as it has to
  /// `work.is_whitened`. Throws std::bad_alloc if the work space cannot grow.
  linear_belief(features phi, Eigen::VectorXd const& mean, Eigen::MatrixXd const& factor, workspace& work,
                candidates these = candidates::change)
      : phi_{phi}, parameter_mean_{&mean}, factor_{&factor}, work_{&work}, these_{these} {
    grow(work.parameter, static_cast<std::size_t>(mean.size()));
    for (auto* buffer : {&work.mean, &work.lengths, &work.spill, &work.variances, &work.leads}) {
      grow(*buffer, size());
    }
    grow(work.rewards, size());
    for (auto* buffer : {&work.columns, &work.whitened}) grow(*buffer, static_cast<std::size_t>(phi.size()));
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
  /// Exactly symmetric, exactly 0 for equal features. O(d), O(1) after pair_variances(i). Throws
  /// std::invalid_argument for an index that names no candidate.
  [[nodiscard]] double pair_variance(std::size_t i, std::size_t j) {
    detail::require_index("i", i, size());
    detail::require_index("j", j, size());
    if (i == against_) return work_->variances[j];
    whiten();
    auto const points = rows();
    double squared = 0.0;
    for (Eigen::Index k = 0; k < points.cols(); ++k) {
      double const difference =
          points(static_cast<Eigen::Index>(i), k) - points(static_cast<Eigen::Index>(j), k);
      squared += difference * difference;
    }
    return unless_rounding(squared, i, j);
  }

  /// All pair variances with candidate i at once, in one sweep; the span is valid until the next call for
  /// another. O(M d). Throws like pair_variance.
  [[nodiscard]] std::span<double const> pair_variances(std::size_t i) {
    detail::require_index("i", i, size());
    if (i != against_) compare_with(i);
    return {work_->variances.data(), size()};
  }

  /// Of up to `draws` further draws, the favourite of the first that prefers another candidate to `first`;
  /// nothing if none does. Distributed as drawing and looking is, but when dissent is rare it costs about as
  /// much as one draw. O(M d) and, for each draw that may dissent, O(d^2 + M d).
  ///
  /// A draw is xi, standard normal in whitened coordinates, and dissents if it lies in one of the half-spaces
  /// E_j = {w_j' xi > g_j}, w_j = L^-1 (phi_j - phi_first), g_j the lead of `first` over j in the mean. Let U
  /// be the sum of P(E_j) = P(N > z_j), z_j = g_j / |w_j|. With probability 1 - U call the draw no dissent;
  /// else choose j in proportion to P(E_j), draw xi from E_j, and let it count with probability 1 / n where n
  /// is the number of half-spaces that hold it. Every xi in the union then has the density it should:
  /// sum over the n half-spaces of phi(xi) / n. The draws before the next such candidate are geometric, so
  /// they need not be made one by one.
  template <class Stream>
  [[nodiscard]] std::optional<std::size_t> first_dissent(std::size_t first, std::size_t draws,
                                                         Stream& stream) {
    // Whitening candidates that are never seen again costs as much as a number of draws: so many are tried
    // first.
    for (std::size_t trial = these_ == candidates::stay ? 0 : patience(); trial != 0 && draws != 0;
         --trial, --draws) {
      if (std::size_t const favourite = argmax(draw(stream), stream); favourite != first) return favourite;
    }
    if (draws == 0) return std::nullopt;
    std::span<double const> const variance = pair_variances(first);
    std::span<double const> const lead{work_->leads.data(), size()};
    double dissent = 0.0;
    for (std::size_t j = 0; j < size() && dissent < often; ++j) {
      if (j == first) continue;
      dissent += half_space(lead[j], variance[j]);
    }
    if (dissent >= often) {  // looking is cheaper, and the probabilities might not even fit into one
      for (; draws != 0; --draws) {
        if (std::size_t const favourite = argmax(draw(stream), stream); favourite != first) return favourite;
      }
      return std::nullopt;
    }
    if (dissent == 0.0) return std::nullopt;
    for (;;) {
      double const skipped = std::floor(std::log1p(-draw_uniform(stream)) / std::log1p(-dissent));
      if (!(skipped < static_cast<double>(draws))) return std::nullopt;
      draws -= static_cast<std::size_t>(skipped) + 1;
      if (auto const favourite = candidate_dissent(first, dissent, stream)) return favourite;
    }
  }

 private:
  static constexpr double often = 0.5;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::size_t patience() const noexcept {
    return static_cast<std::size_t>(phi_.cols()) / 8 + 1;
  }

  static void grow(std::vector<double>& buffer, std::size_t length) {
    if (buffer.size() < length) buffer.resize(length);
  }

  // P(N > z) for z = lead / sqrt(variance). Beyond 8.5 it is below 1e-17, less than a uniform number
  // resolves. Without variance the lead is certain; a twin has none, and every draw is a tie with it.
  static double half_space(double lead, double variance) noexcept {
    if (variance == 0.0) return lead > 0.0 ? 0.0 : 1.0;
    if (lead > 0.0 && lead * lead > 72.25 * variance) return 0.0;
    return 0.5 * std::erfc(lead / std::sqrt(2.0 * variance));
  }

  // One candidate for dissent, see above: its favourite if it counts.
  template <class Stream>
  std::optional<std::size_t> candidate_dissent(std::size_t first, double dissent, Stream& stream) {
    std::span<double const> const variance{work_->variances.data(), size()};
    std::span<double const> const lead{work_->leads.data(), size()};
    double mark = dissent * draw_uniform(stream);
    std::size_t chosen = none;
    for (std::size_t j = 0; j < size(); ++j) {
      if (j == first) continue;
      double const share = half_space(lead[j], variance[j]);
      if (share == 0.0) continue;
      chosen = j;
      mark -= share;
      if (mark < 0.0) break;
    }
    // The component of xi along w_j, normal beyond z > 0: an exponential proposal, accepted with probability
    // exp(-(x - rate)^2 / 2). Robert, "Simulation of truncated normal variables", 1995.
    double const deviation = std::sqrt(variance[chosen]);
    double const z = lead[chosen] / deviation;
    double const rate = 0.5 * (z + std::sqrt(z * z + 4.0));
    double along = 0.0;
    do {
      along = z - std::log1p(-draw_uniform(stream)) / rate;
    } while (draw_uniform(stream) >= std::exp(-0.5 * (along - rate) * (along - rate)));

    auto const points = rows();
    auto const j = static_cast<Eigen::Index>(chosen);
    auto const origin = static_cast<Eigen::Index>(first);
    detail::vector_view xi{work_->parameter.data(), phi_.cols()};
    boost::random::normal_distribution<double> standard_normal;
    double projection = 0.0;
    for (Eigen::Index k = 0; k < xi.size(); ++k) {
      xi[k] = standard_normal(stream);
      projection += xi[k] * (points(j, k) - points(origin, k)) / deviation;
    }
    for (Eigen::Index k = 0; k < xi.size(); ++k) {
      xi[k] += (along - projection) * (points(j, k) - points(origin, k)) / deviation;
    }
    detail::vector_view rewards{work_->rewards.data(), phi_.rows()};
    rewards = -detail::vector_view{work_->leads.data(), phi_.rows()};
    rewards.noalias() += points * xi;
    std::size_t favourite = chosen;
    std::size_t holding = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (i == first || !(work_->rewards[i] > work_->rewards[first])) continue;
      ++holding;
      if (work_->rewards[i] > work_->rewards[favourite]) favourite = i;
    }
    // At the very edge rounding may put xi outside the half-space it was drawn from; it is in that one then.
    if (holding > 1 && draw_uniform(stream) * static_cast<double>(holding) >= 1.0) return std::nullopt;
    return favourite;
  }

  // Variances of the differences to candidate i, and its leads in the mean: (phi_i - phi_j)' theta_hat is
  // (w_i - w_j)' L' theta_hat, so one sweep over the whitened candidates gives both.
  void compare_with(std::size_t i) {
    whiten();
    auto const points = rows();
    detail::vector_view{work_->variances.data(), phi_.rows()}.setZero();
    detail::vector_view{work_->leads.data(), phi_.rows()}.setZero();
    double* __restrict const sum = work_->variances.data();
    double* __restrict const lead = work_->leads.data();
    for (Eigen::Index k = 0; k < points.cols(); ++k) {
      double const* __restrict const coordinate = points.col(k).data();
      double const origin = coordinate[i];
      Eigen::Index const rest = points.cols() - k;
      double const slope = factor_->col(k).tail(rest).dot(parameter_mean_->tail(rest));  // (L' theta_hat)_k
      for (std::size_t j = 0; j < size(); ++j) {
        double const difference = origin - coordinate[j];
        sum[j] += difference * difference;
        lead[j] += slope * difference;
      }
    }
    for (std::size_t j = 0; j < size(); ++j) work_->variances[j] = unless_rounding(work_->variances[j], i, j);
    against_ = i;
  }

  // Distances between whitened candidates are standard deviations, so all pairs cost one solve per candidate.
  // The first candidate is the origin: a constant offset of all features is then gone before it can cost
  // digits.
  void whiten() {
    work_->idle = 0;
    if (work_->is_whitened) return;
    auto const entries = static_cast<std::size_t>(phi_.size());
    grow(work_->whitened, entries);
    grow(work_->columns, entries);
    for (std::vector<double>* buffer : {&work_->lengths, &work_->spill, &work_->variances})
      grow(*buffer, size());
    detail::matrix_view points{work_->columns.data(), phi_.cols(), phi_.rows()};
    points = phi_.transpose().colwise() - phi_.row(0).transpose();
    detail::whiten(*factor_, points);
    detail::vector_view{work_->lengths.data(), phi_.rows()} = points.colwise().squaredNorm();
    detail::matrix_view{work_->whitened.data(), phi_.rows(), phi_.cols()} = points.transpose();
    work_->is_whitened = true;
  }

  // One whitened candidate per row: a coordinate of all candidates is contiguous.
  [[nodiscard]] detail::const_matrix_view rows() const noexcept {
    return {work_->whitened.data(), phi_.rows(), phi_.cols()};
  }

  // Rows of equal features may be computed by different kernels and differ in their last bits. A distance of
  // that order is rounding, not uncertainty: rules that look for a positive variance must not be led by it.
  [[nodiscard]] double unless_rounding(double squared, std::size_t i, std::size_t j) const noexcept {
    constexpr double rounding = 1e-26;
    return squared > rounding * (work_->lengths[i] + work_->lengths[j]) ? squared : 0.0;
  }

  features phi_;
  Eigen::VectorXd const* parameter_mean_;
  Eigen::MatrixXd const* factor_;
  workspace* work_;
  candidates these_;
  bool averaged_ = false;
  std::size_t against_ = none;  // the candidate whose variances are at hand
};

}  // namespace joust
