// SPDX-License-Identifier: MIT
//
// ensemble_belief for kernels: the rewards of one context's candidates, as a slice of the rewards of all
// contexts. It gives the same numbers, bit for bit, throws nothing and reads members of either scalar.
//
//   needs   memory of the device: the rewards, their means, and for float members room for one opinion
//   cost    as ensemble_belief; a draw of float members copies M numbers
//   repeat  as ensemble_belief
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <joust/core/concepts.hpp>
#include <joust/core/detail/moments.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/device/system.hpp>
#include <joust/rule/variance_of.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

// Candidates that are worked on together: a thread of a GPU takes one and leaves its neighbours to its
// neighbours, a core takes a vector's worth and more.
inline constexpr std::size_t candidates_at_once = cut_for_gpu ? 1 : 64;

// The rewards of K members for all candidates of all contexts, as ensemble has them.
template <class Scalar>
struct member_rewards {
  Scalar const* rewards;  // member k's reward of candidate c at [k * stride + c]
  std::size_t stride;
  std::size_t members;
  double share;  // one over the divisor of variances; 0 where there is nothing to vary

  // means[c] for candidates first .. first + count: the sum over members in order, divided by their number.
  JOUST_HOST_DEVICE void take_means(std::size_t first, std::size_t count, double* means) const {
    for (std::size_t begin = first; begin < first + count; begin += candidates_at_once) {
      std::size_t const left = first + count - begin;
      std::size_t const width = left < candidates_at_once ? left : candidates_at_once;
      double sums[candidates_at_once] = {};
      for (std::size_t k = 0; k < members; ++k) {
        Scalar const* const reward = rewards + k * stride + begin;
        for (std::size_t i = 0; i < width; ++i) sums[i] += static_cast<double>(reward[i]);
      }
      for (std::size_t i = 0; i < width; ++i) means[begin + i] = sums[i] / static_cast<double>(members);
    }
  }

  // variances[c] for the same candidates: variance<OfPreference>(favourite, c).
  template <bool OfPreference>
  JOUST_HOST_DEVICE void take_variances(std::size_t favourite, std::size_t first, std::size_t count,
                                        double* variances) const {
    for (std::size_t begin = first; begin < first + count; begin += candidates_at_once) {
      std::size_t const left = first + count - begin;
      std::size_t const width = left < candidates_at_once ? left : candidates_at_once;
      double centres[candidates_at_once] = {};
      double sums[candidates_at_once] = {};
      for (std::size_t k = 0; k < members; ++k) {
        Scalar const* const reward = rewards + k * stride;
        double const of_favourite = static_cast<double>(reward[favourite]);
        double const part = 1.0 / static_cast<double>(k + 1);
        for (std::size_t i = 0; i < width; ++i) {
          double const lead = of_favourite - static_cast<double>(reward[begin + i]);
          double const value = OfPreference ? sigmoid(begin + i > favourite ? -lead : lead) : lead;
          joust::detail::add_to_moments(centres[i], sums[i], value, part);
        }
      }
      for (std::size_t i = 0; i < width; ++i) variances[begin + i] = share == 0.0 ? 0.0 : sums[i] * share;
    }
  }

  // The variance over members of reward_i - reward_j, or of sigmoid of it, in the order of ensemble_belief.
  template <bool OfPreference>
  [[nodiscard]] JOUST_HOST_DEVICE double variance(std::size_t i, std::size_t j) const {
    if (i == j || share == 0.0) return 0.0;
    std::size_t const first = !OfPreference || i > j ? i : j;
    std::size_t const second = first == i ? j : i;
    double centre = 0.0;
    double sum = 0.0;
    for (std::size_t k = 0; k < members; ++k) {
      Scalar const* const reward = rewards + k * stride;
      double const lead = static_cast<double>(reward[first]) - static_cast<double>(reward[second]);
      joust::detail::add_to_moments(centre, sum, OfPreference ? sigmoid(lead) : lead,
                                    1.0 / static_cast<double>(k + 1));
    }
    return sum * share;
  }
};

template <class Scalar>
class slice_belief {
 public:
  // Candidates first .. first + size of all. `means`, and `opinions` for float members, have an element for
  // each of all candidates.
  JOUST_HOST_DEVICE slice_belief(member_rewards<Scalar> const& of, double const* means, double* opinions,
                                 std::size_t first, std::size_t size)
      : of_{of}, means_{means}, opinions_{opinions}, first_{first}, size_{size} {}

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t size() const { return size_; }
  [[nodiscard]] JOUST_HOST_DEVICE std::size_t first() const { return first_; }

  [[nodiscard]] JOUST_HOST_DEVICE std::span<double const> mean() const { return {means_ + first_, size_}; }

  template <class Stream>
  [[nodiscard]] JOUST_HOST_DEVICE std::span<double const> draw(Stream& stream) const {
    Scalar const* const opinion = of_.rewards + draw_index(of_.members, stream) * of_.stride + first_;
    if constexpr (std::same_as<Scalar, double>) {
      return {opinion, size_};
    } else {
      double* const copy = opinions_ + first_;
      for (std::size_t i = 0; i < size_; ++i) copy[i] = static_cast<double>(opinion[i]);
      return {copy, size_};
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE double pair_variance(std::size_t i, std::size_t j) const {
    return of_.template variance<false>(first_ + i, first_ + j);
  }

  [[nodiscard]] JOUST_HOST_DEVICE double preference_variance(std::size_t i, std::size_t j) const {
    return of_.template variance<true>(first_ + i, first_ + j);
  }

 protected:
  member_rewards<Scalar> of_;
  double const* means_;
  double* opinions_;
  std::size_t first_;
  std::size_t size_;
};

// The same where the variances of all pairs that will be asked for have been found beforehand: those of every
// candidate with the favourite of its context, of the one kind that the rule compares.
template <class Scalar>
class foreseen_belief : public slice_belief<Scalar> {
 public:
  JOUST_HOST_DEVICE foreseen_belief(slice_belief<Scalar> const& belief, double const* variances)
      : slice_belief<Scalar>{belief}, variances_{variances} {}

  [[nodiscard]] JOUST_HOST_DEVICE double pair_variance(std::size_t, std::size_t j) const {
    return variances_[this->first_ + j];
  }
  [[nodiscard]] JOUST_HOST_DEVICE double preference_variance(std::size_t, std::size_t j) const {
    return variances_[this->first_ + j];
  }

 private:
  double const* variances_;
};

// The same for a rule that asks for the pairs (i, j) of every i with all j above it, one i after another: the
// variances of such a row are found together, so that a core works on several at once.
template <class Scalar>
class row_belief : public slice_belief<Scalar> {
 public:
  // `variances` has an element for each of all candidates.
  JOUST_HOST_DEVICE row_belief(slice_belief<Scalar> const& belief, double* variances)
      : slice_belief<Scalar>{belief}, variances_{variances} {}

  [[nodiscard]] JOUST_HOST_DEVICE double pair_variance(std::size_t i, std::size_t j) {
    return variance<false>(i, j);
  }
  [[nodiscard]] JOUST_HOST_DEVICE double preference_variance(std::size_t i, std::size_t j) {
    return variance<true>(i, j);
  }

 private:
  template <bool OfPreference>
  [[nodiscard]] JOUST_HOST_DEVICE double variance(std::size_t i, std::size_t j) {
    std::size_t const begin = this->first_;
    if (j <= i) return this->of_.template variance<OfPreference>(begin + i, begin + j);
    if (i != row_ || OfPreference != of_preference_) {
      this->of_.template take_variances<OfPreference>(begin + i, begin + i + 1, this->size_ - i - 1,
                                                      variances_);
      row_ = i;
      of_preference_ = OfPreference;
    }
    return variances_[begin + j];
  }

  double* variances_;
  std::size_t row_ = static_cast<std::size_t>(-1);
  bool of_preference_ = false;
};

static_assert(belief<slice_belief<float>> && belief<slice_belief<double>> &&
              belief<foreseen_belief<double>> && belief<row_belief<float>>);
static_assert(joust::detail::knows_preference_variance<slice_belief<float>> &&
              joust::detail::knows_preference_variance<row_belief<float>>);

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
