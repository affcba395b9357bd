// SPDX-License-Identifier: MIT
//
// Rewards of M candidates as K opinions: each member of an ensemble has scored every candidate, and a draw of
// the belief is the opinion of a member taken at random. What is uncertain is what the members disagree
// about, so two candidates that every member keeps apart by the same distance have no uncertainty between
// them, however far the members are from each other.
//
//   needs   nothing
//   cost    O(1) per draw; O(K) per pair variance, with K exponentials for a preference; O(M K) for all pair
//           variances with one candidate; no allocation
//   repeat  same rewards and stream give the same draws
//   source  Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493; ensembles in the
//           place of a posterior: Lu & Van Roy, "Ensemble sampling", NIPS 2017
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <joust/core/detail/moments.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>

namespace joust {

/// What a variance over K members is divided by.
enum class variance_divisor : unsigned char {
  members_less_one,  ///< K - 1: unbiased if the members are draws of a posterior
  members,           ///< K: exactly the variance of draw()
};

/// The names of the divisors, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(variance_divisor) noexcept {
  return {"members-less-one", "members"};
}

/// A belief whose draws are the rewards of a uniformly drawn member.
///
/// It is a view of rewards that an ensemble has computed, valid until the ensemble next scores candidates, is
/// assigned or destroyed; training leaves it as it is. Views of separate rows do not disturb each other;
/// copies and overlapping views share the memory behind pair_variances.
class ensemble_belief {
 public:
  /// Where the numbers lie: `rewards` holds member k's reward of candidate i at [k * stride + i]; `mean`, the
  /// mean over members, and the work spaces `variances` and `centres` have one element per candidate.
  struct numbers {
    double const* rewards = nullptr;
    std::size_t stride = 0;
    double const* mean = nullptr;
    double* variances = nullptr;
    double* centres = nullptr;
  };

  /// `size` candidates, at least 1, and `members`, at least 1 (both unchecked, as is all that `of` points
  /// to).
  ensemble_belief(numbers const& of, std::size_t size, std::size_t members, variance_divisor divisor) noexcept
      : of_{of}, size_{size}, members_{members} {
    // A single member doubts nothing, whatever the divisor.
    std::size_t const degrees = divisor == variance_divisor::members ? members : members - 1;
    share_ = degrees == 0 ? 0.0 : 1.0 / static_cast<double>(degrees);
  }

  /// The number of candidates.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The number K of members.
  [[nodiscard]] std::size_t members() const noexcept { return members_; }

  /// The rewards as member `k` sees them. Throws std::invalid_argument if there is no such member.
  [[nodiscard]] std::span<double const> member(std::size_t k) const {
    detail::require_index("k", k, members_);
    return {of_.rewards + k * of_.stride, size_};
  }

  /// The mean of the members' rewards.
  [[nodiscard]] std::span<double const> mean() const noexcept { return {of_.mean, size_}; }

  /// The rewards as seen by a member drawn uniformly.
  template <class Stream>
  [[nodiscard]] std::span<double const> draw(Stream& stream) const {
    return {of_.rewards + draw_index(members_, stream) * of_.stride, size_};
  }

  /// The variance over members of reward_i - reward_j. Exactly symmetric, exactly 0 for candidates with equal
  /// rewards and for a single member. O(K). Throws std::invalid_argument for an index that names no
  /// candidate.
  ///
  /// Taken from differences and not from marginal variances, so a constant that a member adds to all its
  /// rewards costs no digits but its own.
  [[nodiscard]] double pair_variance(std::size_t i, std::size_t j) const {
    return spread(i, j, [](double lead) { return lead; });
  }

  /// The variance over members of sigmoid(reward_i - reward_j), the probability that i is preferred: the
  /// criterion of SEA's rule for best-arm identification. Otherwise like pair_variance.
  [[nodiscard]] double preference_variance(std::size_t i, std::size_t j) const {
    // sigmoid(-x) = 1 - sigmoid(x) up to rounding only: one order of the pair serves both.
    return spread((std::max)(i, j), (std::min)(i, j), [](double lead) { return sigmoid(lead); });
  }

  /// All pair variances with candidate i at once; the span is valid until the next call. O(M K). Throws like
  /// pair_variance.
  [[nodiscard]] std::span<double const> pair_variances(std::size_t i) const {
    detail::require_index("i", i, size_);
    double* const centre = of_.centres;
    double* const sum = of_.variances;
    std::fill_n(centre, size_, 0.0);
    std::fill_n(sum, size_, 0.0);
    for (std::size_t k = 0; k < members_; ++k) {
      double const* const reward = of_.rewards + k * of_.stride;
      double const part = 1.0 / static_cast<double>(k + 1);
      for (std::size_t j = 0; j < size_; ++j) {
        detail::add_to_moments(centre[j], sum[j], reward[i] - reward[j], part);
      }
    }
    for (std::size_t j = 0; j < size_; ++j) sum[j] *= share_;
    return {sum, size_};
  }

 private:
  template <class Quantity>
  [[nodiscard]] double spread(std::size_t i, std::size_t j, Quantity of_lead) const {
    detail::require_index("i", i, size_);
    detail::require_index("j", j, size_);
    if (i == j || share_ == 0.0) return 0.0;
    // Moments one member at a time: the quantity, an exponential perhaps, is computed once, and members of
    // one opinion have a variance of exactly 0.
    double centre = 0.0;
    double sum = 0.0;
    for (std::size_t k = 0; k < members_; ++k) {
      double const* const reward = of_.rewards + k * of_.stride;
      detail::add_to_moments(centre, sum, of_lead(reward[i] - reward[j]), 1.0 / static_cast<double>(k + 1));
    }
    return sum * share_;
  }

  numbers of_;
  std::size_t size_;
  std::size_t members_;
  double share_;  // one over the divisor
};

}  // namespace joust
