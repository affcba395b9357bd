// SPDX-License-Identifier: MIT
//
// What an ensemble takes from its options and from chance, wherever its members are computed: where weights
// start, how hard they are held there, which pairs make a minibatch and how often each member counts them.
// All of it is a function of the options, of the number of the step and of the numbers of the pairs.
//
//   cost    a normal draw per starting weight; a draw per pair of a minibatch, and K more with a bootstrap
//   source  as posterior/ensemble.hpp
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/posterior/detail/mlp_heads.hpp>
#include <joust/posterior/ensemble_options.hpp>

namespace joust::detail {

// A prototype has no parameters.
[[nodiscard]] inline mlp_shape shape_of(ensemble_options const& options) noexcept {
  if (options.dimension == 0) return {};
  return {options.dimension, options.members, options.width, options.depth};
}

[[nodiscard]] inline stream chance_of(ensemble_options const& options) noexcept {
  return stream{options.seed}.child("ensemble");
}

// The deviation with which the weights of a layer start.
[[nodiscard]] inline double start_deviation(ensemble_options const& options, std::size_t layer) noexcept {
  auto const fan_in = static_cast<double>(shape_of(options).fan_in(layer));
  double const unit = options.start == weight_start::published ? 0.25 : layer < options.depth ? 2.0 : 1.0;
  return options.start_scale * std::sqrt(unit / fan_in);
}

// Fresh parameters. A member's own are a function of the seed, of `who` and of its index alone.
template <class Scalar>
[[nodiscard]] aligned_vector<Scalar> starting_point(ensemble_options const& options, std::string_view who) {
  mlp_shape const shape = shape_of(options);
  aligned_vector<Scalar> result(shape.parameters(), Scalar{0});
  for (std::size_t k = 0; k < shape.members; ++k) {
    stream random = chance_of(options).child(who, k);
    boost::random::normal_distribution<double> normal;
    for (std::size_t layer = 0; layer <= shape.depth; ++layer) {
      std::size_t const count = shape.fan_in(layer) * shape.units(layer);
      Scalar* const weight = result.data() + shape.weights_at(layer) + k * count;
      double const scale = start_deviation(options, layer);
      for (std::size_t i = 0; i < count; ++i) {
        double z = normal(random);
        while (options.start == weight_start::published && std::fabs(z) > 2.0) z = normal(random);
        weight[i] = static_cast<Scalar>(scale * z);
      }
    }
  }
  return result;
}

// Where the members started, and nothing where no anchor asks for it; the parameters of the prior functions,
// and nothing where there are none.
template <class Scalar>
[[nodiscard]] aligned_vector<Scalar> anchor_of(ensemble_options const& options) {
  if (options.anchor == anchor_scale::none) return {};
  return starting_point<Scalar>(options, "member");
}
template <class Scalar>
[[nodiscard]] aligned_vector<Scalar> prior_functions_of(ensemble_options const& options) {
  if (!(options.prior_scale > 0.0)) return {};
  return starting_point<Scalar>(options, "prior function");
}

// What the distance of a weight of the layer from its start is multiplied with in the gradient, when
// `observed` pairs have ever been stored.
[[nodiscard]] inline double anchor_strength(ensemble_options const& options, std::uint64_t observed,
                                            std::size_t layer) noexcept {
  auto const count = static_cast<double>(observed);
  if (options.anchor == anchor_scale::none) return 0.0;
  if (options.anchor == anchor_scale::prior) {
    double const s = options.prior_deviation * start_deviation(options, layer);
    return 1.0 / (s * s * count);
  }
  // The published term is a mean over the parameters of all members, beside a mean over members of the
  // loss: one member's share of either is K times smaller, so its own p parameters count.
  return 2.0 * options.published_strength * static_cast<double>(options.batch) /
         (count * static_cast<double>(shape_of(options).parameters_per_member()));
}

// Chooses the slots of minibatches: uniform subsets of what is stored, by Floyd's algorithm (Bentley & Floyd,
// "A sample of brilliance", CACM 30(9), 1987), with a mark per slot in the place of a search.
class minibatch_choice {
 public:
  // After this, choices among `stored` pairs allocate nothing, nor do they as another half is stored.
  void make_room(std::size_t stored) {
    if (drawn_.size() < stored) drawn_.resize(stored + stored / 2, 0);
  }

  // slots := those of training step `step`; at most `stored`, for which there is room.
  void operator()(ensemble_options const& options, std::uint64_t step, std::size_t stored,
                  std::span<std::size_t> slots) {
    std::size_t const count = slots.size();
    if (count == stored) {
      for (std::size_t i = 0; i < count; ++i) slots[i] = i;
      return;
    }
    stream random = chance_of(options).child("minibatch", step);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t const newest = stored - count + i;
      std::size_t const candidate = draw_index(newest + 1, random);
      slots[i] = drawn_[candidate] != 0 ? newest : candidate;
      drawn_[slots[i]] = 1;
    }
    for (std::size_t const slot : slots) drawn_[slot] = 0;
  }

 private:
  std::vector<unsigned char> drawn_;  // one per stored pair, all 0 between calls
};

// counts := how often each member counts the pair of that number, a function of seed, number and member.
inline void draw_bootstrap(ensemble_options const& options, std::uint64_t number, std::span<double> counts) {
  stream random = chance_of(options).child("bootstrap", number);
  for (double& counted : counts) {
    double const u = draw_uniform(random);
    double count = 0.0;
    if (options.bootstrap == bootstrap_weights::double_or_nothing) {
      count = u < 0.5 ? 0.0 : 2.0;
    } else {  // the quantile of Poisson(1)
      double term = 0.36787944117144233;
      for (double below = term; u >= below && term > 0.0; below += term) term /= ++count;
    }
    counted = count;
  }
}

}  // namespace joust::detail
