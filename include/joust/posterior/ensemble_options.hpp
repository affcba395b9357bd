// SPDX-License-Identifier: MIT
//
// What an ensemble is made of and how it learns: the shape of its members, where they start, what holds them
// there, and which duels each of them gets to see. The defaults are the paper's wherever it gives a number.
//
//   source  Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493; where that
//           is silent, the released code at github.com/sail-sg/oat
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/posterior/ensemble_belief.hpp>

namespace joust {

/// How strongly a member is held at its starting point, per training step on the mean loss of a pair.
enum class anchor_scale : unsigned char {
  prior,      ///< |phi - phi_0|^2 / (2 s^2 sigma^2 N): a Gaussian prior, which the data outweigh as N grows
  published,  ///< strength (B / N) mean (phi - phi_0)^2: the released code's, negligible for large members
  none,       ///< not at all
};

/// The names of the scales, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(anchor_scale) noexcept {
  return {"prior", "published", "none"};
}

/// How the weights of a member start, with n units below; biases start at 0.
enum class weight_start : unsigned char {
  he,  ///< normal, deviation sqrt(2 / n) below a rectifier and sqrt(1 / n) at the output: keeps the scale
  published,  ///< normal, deviation 1 / (2 sqrt(n)), cut off at two deviations: the released code's
};

/// The names of the starts, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(weight_start) noexcept {
  return {"he", "published"};
}

/// How often each member counts each pair; on average once.
enum class bootstrap_weights : unsigned char {
  none,               ///< exactly once: members differ by where they start alone
  poisson,            ///< Poisson(1) times: a bootstrap whose size need not be known in advance
  double_or_nothing,  ///< twice or not at all, with equal chances
};

/// The names of the weights, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(bootstrap_weights) noexcept {
  return {"none", "poisson", "double-or-nothing"};
}

struct ensemble_options {
  std::size_t dimension = 0;      ///< length d of a feature vector; 0: a prototype, to be sized by fresh()
  std::size_t members = 20;       ///< K
  std::size_t width = 128;        ///< units of a hidden layer
  std::size_t depth = 2;          ///< hidden layers; 0: linear rewards
  optimiser_options optimiser{};  ///< Adam at 1e-3 and no decay to 0, which would compete with the anchor
  std::size_t steps = 5;          ///< minibatches of a call of train()
  std::size_t batch = 128;        ///< B, pairs of a minibatch
  bool full_batches_only =
      false;  ///< with fewer than B pairs: wait for more, rather than train on those there are
  std::size_t buffer = 50'000;  ///< pairs kept for training, the newest
  std::uint64_t cadence = 0;    ///< train() by itself after this many observations; 0: only when asked
  anchor_scale anchor = anchor_scale::prior;
  double prior_deviation =
      1.0;  ///< s: of the Gaussian prior, in units of the deviation of the starting weights
  double published_strength = 0.5;  ///< of the published anchor, its lambda
  weight_start start = weight_start::he;
  double start_scale = 1.0;                               ///< factor on the starting weights of every layer
  bootstrap_weights bootstrap = bootstrap_weights::none;  ///< the paper has none
  double prior_scale = 0.0;  ///< factor of the fixed random network added to each member; 0: without
  double optimism = 0.0;  ///< mu: value of the best candidate in the loss, see train(set_sizes); 0: without
  variance_divisor divisor = variance_divisor::members_less_one;  ///< of the belief's variances
  std::uint64_t seed = 1;  ///< of starting points, minibatches and bootstrap

  /// Throws std::invalid_argument that names the option.
  void check() const {
    auto const from_one = [](std::string_view name, std::size_t value) {
      if (value == 0) detail::reject(name, "0", "at least 1");
    };
    auto const from_zero = [](std::string_view name, double value) {
      if (!(value >= 0.0 && value <= 1e6)) detail::reject(name, detail::text(value), "a number in [0, 1e6]");
    };
    from_one("members", members);
    if (depth != 0) from_one("width", width);
    if (depth > 64) detail::reject("depth", detail::text(depth), "at most 64");
    optimiser.check();
    if (optimiser.max_norm != 0.0) {
      detail::reject("optimiser.max_norm", detail::text(optimiser.max_norm),
                     "0: a length over all members would let one slow down the others");
    }
    from_one("batch", batch);
    from_one("buffer", buffer);
    if (!(prior_deviation >= 1e-6 && prior_deviation <= 1e6)) {
      detail::reject("prior_deviation", detail::text(prior_deviation), "a number in [1e-6, 1e6]");
    }
    if (!(start_scale >= 1e-6 && start_scale <= 1e6)) {
      detail::reject("start_scale", detail::text(start_scale), "a number in [1e-6, 1e6]");
    }
    from_zero("published_strength", published_strength);
    from_zero("prior_scale", prior_scale);
    from_zero("optimism", optimism);
  }

  friend bool operator==(ensemble_options const&, ensemble_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dimension", self.dimension, "length of a feature vector");
    visit("members", self.members, "networks");
    visit("width", self.width, "units of a hidden layer");
    visit("depth", self.depth, "hidden layers; 0: linear rewards");
    visit("optimiser", self.optimiser, "how members follow their gradients");
    visit("steps", self.steps, "minibatches of a training");
    visit("batch", self.batch, "pairs of a minibatch");
    visit("full_batches_only", self.full_batches_only, "wait until there are so many pairs");
    visit("buffer", self.buffer, "pairs kept for training");
    visit("cadence", self.cadence, "train after this many observations; 0: when asked");
    visit("anchor", self.anchor, "prior, published or none");
    visit("prior_deviation", self.prior_deviation, "of the prior, in units of the starting weights'");
    visit("published_strength", self.published_strength, "of the published anchor");
    visit("start", self.start, "he or published");
    visit("start_scale", self.start_scale, "factor on the starting weights");
    visit("bootstrap", self.bootstrap, "none, poisson or double-or-nothing");
    visit("prior_scale", self.prior_scale, "factor of the fixed random network; 0: without");
    visit("optimism", self.optimism, "value of the best candidate in the loss; 0: without");
    visit("divisor", self.divisor, "of variances: members-less-one or members");
    visit("seed", self.seed, "of starting points, minibatches and bootstrap");
  }
};

}  // namespace joust
