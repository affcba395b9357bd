// SPDX-License-Identifier: MIT
//
// New candidates every round: M feature vectors drawn afresh, a hidden theta that values them all, and
// preferences logistic in the difference. What a contextual agent meets when an index means nothing beyond
// its round.
//
//   cost    a round draws M d normal numbers; no allocation once made
//   repeat  same streams, same problem and same rounds
//   source  Saha, "Optimal algorithms for stochastic contextual preference bandits", NeurIPS 2021; Bengs,
//           Saha & Huellermeier, "Stochastic contextual dueling bandits under linear stochastic transitivity
//           models", ICML 2022
#pragma once

#include <Eigen/Core>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/environment/regret.hpp>

namespace joust {

/// Where candidates are drawn.
enum class candidate_spread : unsigned char {
  gaussian,  ///< every feature standard normal
  sphere,    ///< uniform on the unit sphere
};

/// A family of problems: random_candidates{.candidates = 20, .dimension = 10}.
struct random_candidates {
  std::size_t candidates = 16;
  std::size_t dimension = 8;
  double scale = 1.0;  ///< the norm of theta, whose direction is uniform
  candidate_spread spread = candidate_spread::gaussian;

  class problem;

  /// A problem drawn from the stream: its theta, and the candidates of a first round. Throws
  /// std::invalid_argument for fewer than two candidates, a dimension of 0, or a scale outside (0, 1e100].
  template <random_stream Stream>
  [[nodiscard]] problem instance(Stream& stream) const;

  friend bool operator==(random_candidates const&, random_candidates const&) = default;
};

/// One problem of the family. Models `environment`; everything it says of candidates is about this round's.
class random_candidates::problem {
 public:
  /// Draws theta and the candidates of a first round. Throws as random_candidates::instance.
  template <random_stream Stream>
  problem(random_candidates const& family, Stream& stream)
      : spread_{checked(family).spread},
        features_(static_cast<Eigen::Index>(family.candidates), static_cast<Eigen::Index>(family.dimension)),
        theta_(static_cast<Eigen::Index>(family.dimension)),
        utilities_(static_cast<Eigen::Index>(family.candidates)) {
    boost::random::normal_distribution<double> normal;
    for (double& coordinate : theta_) coordinate = normal(stream);
    theta_ *= family.scale / theta_.norm();
    advance(stream);
  }

  // The round

  [[nodiscard]] setting shape() const noexcept {
    return {.arms = static_cast<std::size_t>(features_.rows()),
            .dimension = static_cast<std::size_t>(features_.cols()),
            .fixed_arms = false};
  }

  /// Draws the next round's candidates.
  template <random_stream Stream>
  void advance(Stream& stream) {
    boost::random::normal_distribution<double> normal;
    for (Eigen::Index i = 0; i < features_.rows(); ++i) {
      for (Eigen::Index k = 0; k < features_.cols(); ++k) features_(i, k) = normal(stream);
      if (spread_ == candidate_spread::sphere) features_.row(i) /= features_.row(i).norm();
    }
    utilities_.noalias() = features_ * theta_;
    Eigen::Index best = 0;
    utilities_.maxCoeff(&best);
    best_ = static_cast<std::size_t>(best);
  }

  /// This round's candidates, a row for each; valid until the next advance.
  [[nodiscard]] Eigen::MatrixXd const& features() const noexcept { return features_; }

  /// 1 if the first wins, else 0. Throws std::invalid_argument for a candidate out of range.
  template <random_stream Stream>
  [[nodiscard]] outcome compare(std::size_t first, std::size_t second, Stream& stream) const {
    return draw_bernoulli(probability(first, second), stream);
  }

  // The truth, for metrics only

  /// P(first beats second) = sigmoid(u(first) - u(second)). Throws std::invalid_argument for a candidate out
  /// of range.
  [[nodiscard]] double probability(std::size_t first, std::size_t second) const {
    detail::require_index("first", first, utilities().size());
    detail::require_index("second", second, utilities().size());
    return sigmoid(utility(first) - utility(second));
  }

  /// This round's utilities, theta' x for each candidate.
  [[nodiscard]] std::span<double const> utilities() const noexcept {
    return {utilities_.data(), static_cast<std::size_t>(utilities_.size())};
  }

  /// The hidden vector behind all utilities.
  [[nodiscard]] Eigen::VectorXd const& theta() const noexcept { return theta_; }

  /// This round's candidate of largest utility.
  [[nodiscard]] std::size_t best_arm() const noexcept { return best_; }

  /// `utility`, `utility_weak`, `preference`, `simple` and the binary ones. The others are kept for problems
  /// whose arms stay: here `average` and `von_neumann` would equal `preference`.
  [[nodiscard]] bool knows(regret_kind kind) const noexcept {
    return kind == regret_kind::utility || kind == regret_kind::utility_weak ||
           kind == regret_kind::preference || kind == regret_kind::strong_binary ||
           kind == regret_kind::weak_binary || kind == regret_kind::simple;
  }

  /// The regret of one round against its best candidate. Throws std::invalid_argument for a candidate out of
  /// range, a kind that is not known here, and `simple`, which belongs to a recommendation.
  [[nodiscard]] double regret(regret_kind kind, pairing round) const {
    detail::require_index("first", round.first, utilities().size());
    detail::require_index("second", round.second, utilities().size());
    if (!knows(kind) || kind == regret_kind::simple) {
      detail::reject("kind", std::string{regret_name(kind)},
                     "utility, utility_weak, preference, strong_binary or weak_binary; a recommendation has "
                     "simple_regret(arm)");
    }
    std::array<double, regret_kind_count> all{};
    add_regrets(round, all);
    return all[slot(kind)];
  }

  /// Adds the round's regret of every kind to its slot; the slot of `simple` is left alone, and the slots of
  /// kinds that are not known here become NaN. Candidates in range and regret_kind_count totals, unchecked.
  void add_regrets(pairing round, std::span<double> totals) const noexcept {
    double const best = utility(best_);
    double const a = best - utility(round.first);
    double const b = best - utility(round.second);
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    for (regret_kind const kind : {regret_kind::average, regret_kind::strong, regret_kind::weak,
                                   regret_kind::copeland, regret_kind::borda, regret_kind::von_neumann}) {
      totals[slot(kind)] = unknown;
    }
    totals[slot(regret_kind::strong_binary)] += a > 0.0 || b > 0.0 ? 1.0 : 0.0;
    totals[slot(regret_kind::weak_binary)] += a > 0.0 && b > 0.0 ? 1.0 : 0.0;
    totals[slot(regret_kind::utility)] += 0.5 * (a + b);
    totals[slot(regret_kind::utility_weak)] += a < b ? a : b;
    // sigmoid(gap) - 1/2 = tanh(gap / 2) / 2, which loses no digits for small gaps
    totals[slot(regret_kind::preference)] += 0.25 * (std::tanh(0.5 * a) + std::tanh(0.5 * b));
  }

  /// The regret of recommending a candidate for this round, in utility. Throws std::invalid_argument for a
  /// candidate out of range.
  [[nodiscard]] double simple_regret(std::size_t arm) const {
    detail::require_index("arm", arm, utilities().size());
    return utility(best_) - utility(arm);
  }

 private:
  [[nodiscard]] static random_candidates const& checked(random_candidates const& family) {
    if (family.candidates < 2) detail::reject("candidates", detail::text(family.candidates), "at least 2");
    if (family.dimension < 1) detail::reject("dimension", "0", "at least 1");
    if (!(family.scale > 0.0 && family.scale <= 1e100)) {  // utilities must stay finite
      detail::reject("scale", detail::text(family.scale), "a number above 0, at most 1e100");
    }
    return family;
  }

  [[nodiscard]] double utility(std::size_t candidate) const noexcept {
    return utilities_[static_cast<Eigen::Index>(candidate)];
  }

  candidate_spread spread_;
  Eigen::MatrixXd features_;
  Eigen::VectorXd theta_;
  Eigen::VectorXd utilities_;
  std::size_t best_ = 0;
};

template <random_stream Stream>
random_candidates::problem random_candidates::instance(Stream& stream) const {
  return problem{*this, stream};
}

}  // namespace joust
