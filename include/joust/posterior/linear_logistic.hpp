// SPDX-License-Identifier: MIT
//
// Preferences that a linear reward explains: the first is preferred with probability
// sigmoid(theta' (phi_first - phi_second)). The belief about theta is the Gaussian that touches the true
// posterior at its peak (Laplace), kept up to date in O(d^2) per duel and refitted exactly now and then.
//
//   needs   Eigen, Boost.Random
//   cost    O(d^2) per duel, refits included, and O(d) memory per distinct pair of features
//   repeat  same duels in the same order give the same state
//   source  MacKay, "The evidence framework applied to classification networks", Neural Computation 4(5),
//           1992; Chapelle & Li, "An empirical evaluation of Thompson sampling", NIPS 2011, algorithm 3
//
// The Gaussian is N(theta_hat, H^-1), theta_hat the peak of the log posterior and H minus its second
// derivative:
//
//   F(theta) = lambda/2 |theta|^2 + sum_k w_k [log(1 + exp(m_k)) - y_k m_k],     m_k = z_k' theta
//   theta_hat = argmin F,    H = lambda I + sum_k w_k sigmoid'(m_k) z_k z_k',    z = phi_first - phi_second
//
// The logistic likelihood is skewed: beside a Gaussian the true posterior has the longer tail on the side of
// larger margins, so for few duels theta_hat lies nearer to 0 than the posterior mean, and H^-1 understates
// the variance. Both errors vanish as duels accumulate.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/posterior/detail/cholesky.hpp>
#include <joust/posterior/detail/contrast_store.hpp>
#include <joust/posterior/linear_belief.hpp>

namespace joust {

struct linear_logistic_options {
  std::size_t dimension = 0;     ///< length d of a feature vector; 0: a prototype, to be sized by fresh()
  double prior_precision = 1.0;  ///< lambda: theta ~ N(0, I / lambda) before the first duel
  double refit_growth = 1.2;  ///< refit when the duels have grown by this factor; infinity: only when asked
  double newton_tolerance = 1e-9;  ///< a refit stops this close to the peak, in posterior standard deviations
  std::size_t newton_steps = 50;   ///< or after this many steps
  std::size_t reserve = 0;         ///< distinct pairs of features to make room for in advance
  bool fixed_candidates =
      false;  ///< the same candidates every round: what is known about them is carried along

  friend bool operator==(linear_logistic_options const&, linear_logistic_options const&) = default;
};

/// Laplace posterior of linear Bradley-Terry rewards.
class linear_logistic {
 public:
  /// The prior. Throws std::invalid_argument for a precision or tolerance that is not a finite number above
  /// 0, a growth factor of 1 or less, or no Newton steps.
  explicit linear_logistic(linear_logistic_options options = {}) : options_{options} {
    detail::require_positive("prior_precision", options.prior_precision);
    detail::require_positive("newton_tolerance", options.newton_tolerance);
    if (!(options.refit_growth > 1.0)) {
      detail::reject("refit_growth", detail::text(options.refit_growth), "a number above 1");
    }
    if (options.newton_steps == 0) detail::reject("newton_steps", "0", "at least 1");
    auto const d = static_cast<Eigen::Index>(options.dimension);
    mean_ = Eigen::VectorXd::Zero(d);
    factor_ = std::sqrt(options.prior_precision) * Eigen::MatrixXd::Identity(d, d);
    for (std::vector<double>* buffer : {&contrast_, &direction_, &gradient_, &trial_}) {
      buffer->resize(options.dimension);
    }
    turns_.resize(options.dimension);
    contrasts_ = detail::contrast_store{options.dimension};
    if (options.dimension != 0) make_room(options.reserve);
    schedule_refit();
  }

  /// The same options for features of the given length, nothing learnt. Throws std::invalid_argument for 0.
  [[nodiscard]] linear_logistic fresh(std::size_t dimension) const {
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    linear_logistic_options options = options_;
    options.dimension = dimension;
    return linear_logistic{options};
  }

  /// The same for a setting: features of length `s.dimension`, and fixed candidates where the arms are.
  [[nodiscard]] linear_logistic fresh(setting const& s) const {
    if (s.dimension == 0) {
      detail::reject("setting.dimension", "0", "the length of a candidate's features, at least 1");
    }
    linear_logistic_options options = options_;
    options.dimension = s.dimension;
    options.fixed_candidates = s.fixed_arms;
    return linear_logistic{options};
  }

  /// The belief about the rewards of candidates.
  ///
  /// `phi` is any M x d Eigen expression, M >= 1, all entries finite; else std::invalid_argument, and nothing
  /// has changed. A named column-major matrix of doubles is referred to, anything else copied into the
  /// posterior. The belief is valid until the next at(), observe() or refit(), and while a named matrix stays
  /// as it is. O(M d), no allocation once M has been met before.
  ///
  /// With the option fixed_candidates the features are copied and kept whitened: pair variances then cost
  /// O(d) at once, and each duel O(M d) more. Other candidates are still welcome; they are whitened afresh.
  template <class Features>
    requires std::derived_from<std::remove_cvref_t<Features>,
                               Eigen::MatrixBase<std::remove_cvref_t<Features>>>
  [[nodiscard]] linear_belief at(Features&& phi) {
    require_sized();
    if (phi.rows() == 0) detail::reject("phi", "without rows", "one row per candidate, at least one");
    if (phi.cols() != mean_.size()) {
      detail::reject("phi", detail::text(phi.cols()) + " columns wide",
                     detail::text(mean_.size()) + ", the dimension of the posterior");
    }
    if (options_.fixed_candidates) {
      keep(phi);
      return {{features_.data(), phi.rows(), phi.cols(), Eigen::OuterStride<>{phi.rows()}},
              mean_,
              factor_,
              work_,
              linear_belief::candidates::stay};
    }
    work_.is_whitened = false;
    linear_belief const rewards{look_at(std::forward<Features>(phi)), mean_, factor_, work_};
    if (!rewards.finite()) detail::reject("phi", "not finite everywhere", "finite features");
    return rewards;
  }

  /// Learns from one duel: `share` is the outcome, the first's share in [0, 1], `weight` >= 0 how much it
  /// counts (an integer weight is that many repetitions).
  ///
  /// The features are Eigen row or column vectors of length d. Throws std::invalid_argument for another
  /// length, for features or numbers that are not finite or too large to square, and std::bad_alloc; nothing
  /// has been learnt then. Weight 0 and equal features change nothing. O(d^2) amortised; no allocation while
  /// the pair of features is one seen before.
  template <class First, class Second>
    requires(bool(First::IsVectorAtCompileTime) && bool(Second::IsVectorAtCompileTime))
  void observe(Eigen::MatrixBase<First> const& phi_first, Eigen::MatrixBase<Second> const& phi_second,
               double share, double weight = 1.0) {
    require_sized();
    require_length("phi_first", phi_first.size());
    require_length("phi_second", phi_second.size());
    detail::vector_view z{contrast_.data(), mean_.size()};
    z.noalias() = as_column(phi_first.derived());
    z.noalias() -= as_column(phi_second.derived());
    learn(share, weight);
  }

  /// Moves to the exact peak of the posterior and the curvature there. O(n d^2 + d^3) for n distinct pairs of
  /// features; no allocation once something has been learnt. observe() does this by itself whenever the
  /// number of duels has grown by `refit_growth`.
  void refit() {
    require_sized();
    make_room(contrasts_.size());
    refit_in_place();
  }

  /// theta_hat, of length d.
  [[nodiscard]] Eigen::VectorXd const& mean() const noexcept { return mean_; }

  /// The lower Cholesky factor L of the precision H = L L'; the upper triangle has no meaning.
  [[nodiscard]] Eigen::MatrixXd const& precision_factor() const noexcept { return factor_; }

  /// The length of a feature vector; 0 for a prototype.
  [[nodiscard]] std::size_t dimension() const noexcept { return options_.dimension; }

  /// The number of duels that taught something: positive weight, different features.
  [[nodiscard]] std::uint64_t observations() const noexcept { return observations_; }

  /// The options it was made with.
  [[nodiscard]] linear_logistic_options const& options() const noexcept { return options_; }

  /// The same options, experience and estimate; work space is not compared.
  friend bool operator==(linear_logistic const& a, linear_logistic const& b) {
    return a.options_ == b.options_ && a.observations_ == b.observations_ && a.next_refit_ == b.next_refit_ &&
           a.mean_ == b.mean_ && a.contrasts_ == b.contrasts_ &&
           Eigen::MatrixXd{a.factor_.triangularView<Eigen::Lower>()} ==
               Eigen::MatrixXd{b.factor_.triangularView<Eigen::Lower>()};
  }

 private:
  void require_sized() const {
    if (options_.dimension == 0) {
      detail::reject("dimension", "0", "a posterior made with its dimension, or by fresh(dimension)");
    }
  }
  void require_length(std::string_view argument, Eigen::Index length) const {
    if (length != mean_.size()) {
      detail::reject(argument, "of length " + detail::text(length), "length " + detail::text(mean_.size()));
    }
  }

  template <class Vector>
  static auto as_column(Vector const& v) {
    if constexpr (Vector::RowsAtCompileTime == 1 && Vector::ColsAtCompileTime != 1) {
      return v.transpose().template cast<double>();
    } else {
      return v.template cast<double>();
    }
  }

  // Refers to a named matrix whose columns are contiguous, copies everything else: a temporary would be gone
  // before the belief is used.
  template <class Features>
  linear_belief::features look_at(Features&& phi) {
    using plain = std::remove_cvref_t<Features>;
    if constexpr (std::is_lvalue_reference_v<Features> && lies_in_columns<plain>) {
      if (phi.innerStride() == 1) {
        return {phi.data(), phi.rows(), phi.cols(), Eigen::OuterStride<>{phi.outerStride()}};
      }
    }
    copy(phi);
    return {features_.data(), phi.rows(), phi.cols(), Eigen::OuterStride<>{phi.rows()}};
  }

  // Fixed candidates: usually those of the last time, whose whitened form is then up to date.
  template <class Features>
  void keep(Features const& phi) {
    if (are_the_last(phi)) return;
    if (!phi.allFinite()) detail::reject("phi", "not finite everywhere", "finite features");
    copy(phi);
    candidates_ = phi.rows();
    work_.is_whitened = false;
  }

  template <class Features>
  void copy(Features const& phi) {
    auto const size = static_cast<std::size_t>(phi.size());
    if (features_.size() < size) features_.resize(size);
    detail::matrix_view{features_.data(), phi.rows(), phi.cols()} = phi.template cast<double>();
  }

  template <class Features>
  static constexpr bool lies_in_columns = std::same_as<typename Features::Scalar, double> &&
                                          (Features::Flags & Eigen::DirectAccessBit) != 0 &&
                                          (Features::Flags & Eigen::RowMajorBit) == 0;

  // Whether these are the kept candidates, bit by bit: a comparison of memory where the features allow it.
  template <class Features>
  bool are_the_last(Features const& phi) const {
    if (phi.rows() != candidates_) return false;
    if constexpr (lies_in_columns<Features>) {
      if (phi.innerStride() == 1) {
        for (Eigen::Index k = 0; k < phi.cols(); ++k) {
          if (std::memcmp(phi.data() + k * phi.outerStride(), features_.data() + k * candidates_,
                          static_cast<std::size_t>(candidates_) * sizeof(double)) != 0) {
            return false;
          }
        }
        return true;
      }
    }
    return phi.template cast<double>() == detail::const_matrix_view{features_.data(), phi.rows(), phi.cols()};
  }

  // One duel, its contrast z in contrast_. The past is summed up by its quadratic, the new term is exact:
  //
  //   minimise 1/2 (theta - theta_hat)' H (theta - theta_hat) + w [log(1 + exp(z'theta)) - y z'theta]
  //
  // Its gradient is zero at theta = theta_hat + alpha H^-1 z with alpha = w (y - sigmoid(m + alpha q)), where
  // m = z'theta_hat and q = z' H^-1 z: one equation in one unknown. The curvature of the new term, taken
  // there, joins H by a rank-one update of its factor.
  void learn(double share, double weight) {
    detail::require_unit_interval("outcome", share);
    if (!(weight >= 0.0) || !std::isfinite(weight)) {
      detail::reject("weight", detail::text(weight), "a finite number of at least 0");
    }
    detail::vector_view z{contrast_.data(), mean_.size()};
    double const length = z.squaredNorm();
    constexpr double largest = 1e100;  // leaves room for products and sums of any number of these
    if (!(length <= largest) || !(weight * length <= largest)) {
      detail::reject("phi_first - phi_second",
                     "of squared length " + detail::text(length) + " at weight " + detail::text(weight),
                     "a finite difference, at most 1e100 squared and weighted");
    }
    if (weight == 0.0 || length == 0.0) return;
    if (detail::orient(contrast_)) share = 1.0 - share;  // a duel and its mirror image teach the same

    detail::vector_view u{direction_.data(), mean_.size()};
    u = z;
    detail::solve_lower(factor_, u);
    double const variance = u.squaredNorm();
    double const margin = z.dot(mean_);
    if (!std::isfinite(variance) || !std::isfinite(margin)) {
      detail::reject("phi_first - phi_second", "of squared length " + detail::text(length),
                     "a difference whose variance under the posterior is finite");
    }
    make_room(contrasts_.size() + 1);  // the last statement that may throw

    double const alpha = proximal_step(margin, variance, share, weight);
    detail::solve_lower_transposed(factor_, u);
    mean_ += alpha * u;
    contrasts_.add(contrast_, weight, weight * share);
    z *= std::sqrt(weight * sigmoid_slope(margin + alpha * variance));
    detail::update_lower(factor_, contrast_.data(), turns_.data());
    if (work_.is_whitened && options_.fixed_candidates) {
      work_.follow(turns_.data(), candidates_, mean_.size());
    } else {
      work_.is_whitened = false;
    }
    ++observations_;
    if (observations_ >= next_refit_) refit_in_place();
  }

  // With weights beyond 1e16 lambda, rounding may leave H indefinite: the running factor is kept then.
  void refit_in_place() noexcept {
    climb();
    if (curvature_at(mean_)) factor_.swap(candidate_);
    work_.is_whitened = false;
    schedule_refit();
  }

  // The root of f(alpha) = alpha + w (sigmoid(m + alpha q) - y): f' >= 1, and f changes sign on
  // [w (y - 1), w y]. Newton's method, kept inside the shrinking bracket.
  static double proximal_step(double margin, double variance, double share, double weight) noexcept {
    double low = weight * (share - 1.0);
    double high = weight * share;
    double alpha = 0.0;
    for (int step = 0; step < 100; ++step) {
      double const p = sigmoid(margin + alpha * variance);
      double const excess = alpha + weight * (p - share);
      (excess > 0.0 ? high : low) = alpha;
      double next = alpha - excess / (1.0 + weight * variance * p * (1.0 - p));
      if (!(next > low && next < high)) next = 0.5 * (low + high);
      bool const settled = std::fabs(next - alpha) <= 1e-14 * weight;
      alpha = next;
      if (settled) break;
    }
    return alpha;
  }

  void make_room(std::size_t contrasts) {
    contrasts_.make_room(contrasts);
    std::size_t const n = contrasts_.capacity();
    if (margins_.size() < n) margins_.resize(n);
    // A tile of scaled contrasts and a second d x d matrix serve the refits.
    if (scaled_.empty()) scaled_.resize(options_.dimension * tile);
    if (candidate_.size() == 0) candidate_.resize(factor_.rows(), factor_.cols());
  }

  // A refit costs about n d^2 + d^3 for n <= t distinct contrasts after t duels. One for every
  // (growth - 1) max(t, d) duels makes that O(d^2) per duel.
  void schedule_refit() noexcept {
    double const scale = static_cast<double>(std::max<std::uint64_t>(observations_, options_.dimension));
    double const wait = std::ceil((options_.refit_growth - 1.0) * scale);
    next_refit_ = wait < 1e18 ? observations_ + std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wait))
                              : std::numeric_limits<std::uint64_t>::max();
  }

  // gradient_ := grad F(theta) = lambda theta + sum_k (w_k sigmoid(m_k) - s_k) z_k, s_k the weight won.
  void gradient_at(detail::vector_view theta) noexcept {
    auto const z = contrasts_.vectors();
    detail::vector_view residual{margins_.data(), z.cols()};
    residual.noalias() = z.transpose() * theta;
    std::span<double const> const weight = contrasts_.weights();
    std::span<double const> const won = contrasts_.won();
    for (std::size_t k = 0; k < weight.size(); ++k) margins_[k] = weight[k] * sigmoid(margins_[k]) - won[k];
    detail::vector_view gradient{gradient_.data(), theta.size()};
    gradient = options_.prior_precision * theta;
    gradient.noalias() += z * residual;
  }

  // candidate_ := the Cholesky factor of H(theta). False if rounding has made H(theta) indefinite.
  bool curvature_at(Eigen::VectorXd const& theta) noexcept {
    candidate_.setZero();
    candidate_.diagonal().setConstant(options_.prior_precision);
    auto const z = contrasts_.vectors();
    std::span<double const> const weight = contrasts_.weights();
    detail::vector_view margins{margins_.data(), z.cols()};
    margins.noalias() = z.transpose() * theta;
    for (Eigen::Index k = 0; k < z.cols(); k += tile) {
      Eigen::Index const count = std::min<Eigen::Index>(tile, z.cols() - k);
      detail::matrix_view scaled{scaled_.data(), z.rows(), count};
      for (Eigen::Index j = 0; j < count; ++j) {
        double const curvature = weight[static_cast<std::size_t>(k + j)] * sigmoid_slope(margins[k + j]);
        scaled.col(j) = std::sqrt(curvature) * z.col(k + j);
      }
      detail::add_outer_products(candidate_, detail::const_matrix_view{scaled_.data(), z.rows(), count});
    }
    return detail::factorise(candidate_);
  }

  // Newton's method from the running estimate. The kept factor is close to the curvature, so it serves as the
  // metric until a step no longer shrinks the distance by four: then the curvature is taken afresh. Distances
  // are Newton decrements sqrt(g' H^-1 g), posterior standard deviations up to the peak.
  void climb() noexcept {
    detail::vector_view theta{mean_.data(), mean_.size()};
    detail::vector_view trial{trial_.data(), mean_.size()};
    detail::vector_view step{direction_.data(), mean_.size()};
    detail::vector_view gradient{gradient_.data(), mean_.size()};
    Eigen::MatrixXd const* metric = &factor_;
    double previous = std::numeric_limits<double>::infinity();
    gradient_at(theta);
    for (std::size_t count = 0; count < options_.newton_steps; ++count) {
      double slope = step_under(*metric);
      if (!(std::sqrt(slope) <= 0.25 * previous)) {
        if (!curvature_at(mean_)) return;
        metric = &candidate_;
        slope = step_under(*metric);
      }
      double const decrement = std::sqrt(slope);
      if (!std::isfinite(decrement)) return;
      if (decrement <= options_.newton_tolerance) {
        theta -= step;
        return;
      }
      // F falls by `slope` per unit of this step at its start. A step at whose end F rises half as steeply
      // goes too far, and is halved.
      for (int halving = 0; halving < 60; ++halving) {
        trial = theta - step;
        gradient_at(trial);
        if (gradient.dot(step) >= -0.5 * slope) break;
        step *= 0.5;
        slope *= 0.5;
      }
      theta = trial;
      previous = decrement;
    }
  }

  // direction_ := H^-1 gradient_ for the metric's H; returns gradient' H^-1 gradient.
  double step_under(Eigen::MatrixXd const& metric) noexcept {
    detail::vector_view const gradient{gradient_.data(), mean_.size()};
    detail::vector_view step{direction_.data(), mean_.size()};
    step = gradient;
    detail::solve_lower(metric, step);
    double const squared = step.squaredNorm();
    detail::solve_lower_transposed(metric, step);
    return squared;
  }

  static constexpr Eigen::Index tile = detail::cholesky_tile;

  linear_logistic_options options_;
  std::uint64_t observations_ = 0;
  std::uint64_t next_refit_ = 0;
  Eigen::VectorXd mean_;    // theta_hat
  Eigen::MatrixXd factor_;  // L, lower
  detail::contrast_store contrasts_;

  // Work space. Its contents mean nothing between calls.
  Eigen::MatrixXd candidate_;                                    // the next factor
  std::vector<double> contrast_, direction_, gradient_, trial_;  // d
  std::vector<double> margins_;                                  // one per contrast there is room for
  std::vector<double> scaled_;                                   // d x tile
  std::vector<detail::rotation> turns_;                          // d
  std::vector<double> features_;                                 // M x d, for features that are copied
  Eigen::Index candidates_ = 0;                                  // M of fixed candidates; 0 before the first
  linear_belief::workspace work_;
};

}  // namespace joust
