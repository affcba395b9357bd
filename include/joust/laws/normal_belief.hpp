// SPDX-License-Identifier: MIT
//
// A belief that is known in full: reward i is mean_i + loading_i z + deviation_i z_i with independent
// standard normal z. It is what the kits show to a rule, and an honest belief for tests of your own.
//
//   cost    M + 1 normal numbers per draw; no allocation after construction
//   repeat  same arguments and same stream, same draws
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/error.hpp>

namespace joust::laws {

/// One candidate's reward under a normal_belief.
struct normal_reward {
  double mean = 0.0;
  double deviation = 1.0;  ///< of what is uncertain about this candidate alone
  double loading = 0.0;  ///< share in what is uncertain about all: equal loadings cancel in every difference
};

/// Jointly normal rewards; models joust::belief.
class normal_belief {
 public:
  /// Throws std::invalid_argument for an empty list, a number that is not finite or a negative deviation.
  explicit normal_belief(std::vector<normal_reward> rewards) : rewards_{std::move(rewards)} {
    if (rewards_.empty()) joust::detail::reject("rewards", "empty", "at least one candidate");
    for (normal_reward const& reward : rewards_) {
      joust::detail::require_finite("mean", reward.mean);
      joust::detail::require_finite("loading", reward.loading);
      if (!(reward.deviation >= 0.0)) {
        joust::detail::reject("deviation", joust::detail::text(reward.deviation), "a number of at least 0");
      }
      joust::detail::require_finite("deviation", reward.deviation);
      mean_.push_back(reward.mean);
    }
    draw_.resize(rewards_.size());
  }

  [[nodiscard]] std::size_t size() const noexcept { return rewards_.size(); }
  [[nodiscard]] std::span<double const> mean() const noexcept { return mean_; }

  /// One joint draw, valid until the next.
  template <class Stream>
  [[nodiscard]] std::span<double const> draw(Stream& stream) {
    boost::random::normal_distribution<double> normal;
    double const common = normal(stream);
    for (std::size_t i = 0; i < rewards_.size(); ++i) {
      normal_reward const& reward = rewards_[i];
      draw_[i] = reward.mean + reward.loading * common + reward.deviation * normal(stream);
    }
    return draw_;
  }

  /// The variance of reward i - reward j.
  [[nodiscard]] double pair_variance(std::size_t i, std::size_t j) const {
    if (i == j) return 0.0;
    normal_reward const& a = rewards_[i];
    normal_reward const& b = rewards_[j];
    double const shared = a.loading - b.loading;
    return shared * shared + a.deviation * a.deviation + b.deviation * b.deviation;
  }

 private:
  std::vector<normal_reward> rewards_;
  std::vector<double> mean_;
  std::vector<double> draw_;
};

}  // namespace joust::laws
