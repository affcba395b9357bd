// SPDX-License-Identifier: MIT
//
// Features and a posterior make a reward model. The candidates of all contexts of a round become the rows of
// one matrix, computed once: the posterior scores them together if it can, and learns from the same rows
// later.
//
//   needs   a feature_map and a posterior (core/concepts.hpp)
//   cost    the feature map's for every candidate, once; the posterior's; memory for rows x d numbers
//   repeat  as the posterior
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/alignment/detail/settle.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>

namespace joust {

namespace detail {

// A posterior that scores many rows at once and hands out beliefs about blocks of them.
template <class Posterior>
concept scores_blocks = requires(Posterior& posterior, Eigen::MatrixXd const& phi, std::size_t row) {
  posterior.score(phi);
  posterior.belief(row, row);
};

}  // namespace detail

/// A reward model that sees candidates as rows of features:
///
///     joust::featured model{features, joust::ensemble{{.dimension = features.dimension()}}};
template <class Features, class Posterior>
class featured {
 public:
  featured(Features features, Posterior posterior)
      : features_{std::move(features)}, posterior_{std::move(posterior)} {}

  /// Computes the features of all candidates, and lets the posterior score them if it scores many at once.
  /// Throws std::invalid_argument for features of another dimension than the map's own, and what the
  /// posterior throws.
  template <class Contexts, class Sets, class Policy, class Reference>
  void consider(Contexts const& xs, Sets const& sets, Policy const&, Reference const&) {
    begins_.assign(1, 0);
    for (auto const& candidates : sets) begins_.push_back(begins_.back() + candidates.size());
    sizes_.clear();
    for (auto const& candidates : sets) sizes_.push_back(candidates.size());
    auto const dimension = static_cast<Eigen::Index>(features_.dimension());
    phi_.resize(static_cast<Eigen::Index>(begins_.back()), dimension);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      auto&& block = features_(xs[i], sets[i]);
      if (static_cast<std::size_t>(block.rows()) != sets[i].size() || block.cols() != dimension) {
        detail::reject("features",
                       detail::text(static_cast<std::size_t>(block.rows())) + " x " +
                           detail::text(static_cast<std::size_t>(block.cols())),
                       detail::text(sets[i].size()) + " x " + detail::text(features_.dimension()));
      }
      phi_.middleRows(row(begins_[i]), block.rows()) = block;
    }
    score();
  }

  /// What the posterior believes of the i-th set. `i` is below the number of sets considered (unchecked).
  [[nodiscard]] auto belief(std::size_t i) {
    if constexpr (detail::scores_blocks<Posterior>) {
      if (displaced_ && phi_.rows() != 0) score();
      return posterior_.belief(begins_[i], begins_[i + 1] - begins_[i]);
    } else {
      block_ = phi_.middleRows(row(begins_[i]), row(begins_[i + 1] - begins_[i]));
      return posterior_.at(block_);
    }
  }

  /// Hands an answered duel of the i-th set to the posterior. Throws what that throws.
  void observe(std::size_t i, std::size_t first, std::size_t second, double share, double weight) {
    posterior_.observe(phi_.row(row(begins_[i] + first)), phi_.row(row(begins_[i] + second)), share, weight);
  }

  /// Lets the posterior learn, if it learns in rounds of its own: its train(sizes of the candidate sets
  /// considered last), or its train().
  void train() {
    if constexpr (requires { posterior_.train(std::span<std::size_t const>{sizes_}); }) {
      if (displaced_ && phi_.rows() != 0) score();
      posterior_.train(std::span<std::size_t const>{sizes_});
    } else if constexpr (requires { posterior_.train(); }) {
      posterior_.train();
    }
  }

  /// The posterior's mean rewards.
  template <class Context, class Action, class Policy, class Reference>
  [[nodiscard]] std::vector<double> expected(Context const& x, std::vector<Action> const& candidates,
                                             Policy const&, Reference const&) {
    Eigen::MatrixXd const phi = features_(x, candidates);
    displaced_ = true;
    auto rewards = posterior_.at(phi);
    std::span<double const> const mean = rewards.mean();
    return {mean.begin(), mean.end()};
  }

  [[nodiscard]] Features const& features() const noexcept { return features_; }
  [[nodiscard]] Posterior const& posterior() const noexcept { return posterior_; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("posterior", self.posterior_);
  }

  /// To be called when the fields have been read back. Throws std::invalid_argument for a posterior that
  /// makes no sense.
  void settle(state_reader const& reader) {
    detail::settle(reader, posterior_);
    displaced_ = true;
  }

 private:
  static Eigen::Index row(std::size_t i) noexcept { return static_cast<Eigen::Index>(i); }

  void score() {
    if constexpr (detail::scores_blocks<Posterior>) posterior_.score(phi_);
    displaced_ = false;
  }

  Features features_;
  Posterior posterior_;
  Eigen::MatrixXd phi_;    // all candidates of the round
  Eigen::MatrixXd block_;  // those of one context, for posteriors that look at one set at a time
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> sizes_;
  bool displaced_ = false;  // the posterior has scored other rows since
};

}  // namespace joust
