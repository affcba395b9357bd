// SPDX-License-Identifier: MIT
//
// One candidate from the policy, the others from a mixture of the policy with its reference: the opponent
// that Nash mirror descent improves against. With share 0 it is the policy itself, with share 1 the
// reference.
//
//   needs   a policy that samples at a temperature (core/concepts.hpp) and from its mixture with a reference
//   cost    one sample and one sample_mixture
//   repeat  same policies, context and stream, same candidates
//   source  Munos et al., "Nash learning from human feedback", ICML 2024 (Nash-MD)
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/proposer/detail/samples.hpp>

namespace joust {

struct policy_and_mixture_options {
  std::size_t count = 2;     ///< candidates: the first from the policy, the others from the mixture
  double share = 0.5;        ///< of the reference in the mixture, in [0, 1]; half way
  double temperature = 1.0;  ///< of all samples

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (count < 2) detail::reject("count", detail::text(count), "at least 2, one from either");
    detail::require_unit_interval("share", share);
    detail::require_positive("temperature", temperature);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count, "candidates: the first from the policy, the others from the mixture");
    visit("share", self.share, "of the reference in the mixture");
    visit("temperature", self.temperature, "of all samples");
  }
  friend bool operator==(policy_and_mixture_options const&, policy_and_mixture_options const&) = default;
};

/// A view of a policy and of its reference, both of which must outlive it. The mixture is the normalised
/// geometric one, pi^(1 - share) ref^share; of sequences, part by part.
template <class Policy, class Reference = Policy>
class policy_and_mixture {
 public:
  /// Throws std::invalid_argument for options out of range.
  policy_and_mixture(Policy const& policy, Reference const& reference,
                     policy_and_mixture_options options = {})
      : policy_{&policy}, reference_{&reference}, options_{options} {
    options_.check();
  }
  // Views of temporaries would outlive them.
  policy_and_mixture(Policy const&&, Reference const&, policy_and_mixture_options = {}) = delete;
  policy_and_mixture(Policy const&, Reference const&&, policy_and_mixture_options = {}) = delete;
  policy_and_mixture(Policy const&&, Reference const&&, policy_and_mixture_options = {}) = delete;

  /// The policy's sample, then `options().count - 1` of the mixture. They may be equal.
  template <class Context, random_stream Stream>
  [[nodiscard]] auto propose(Context const& context, Stream& stream) const {
    auto found = detail::samples(*policy_, context, 1, stream, options_.temperature);
    auto others = policy_->sample_mixture(*reference_, options_.share, context, options_.count - 1, stream,
                                          options_.temperature);
    for (auto& other : others) found.push_back(std::move(other));
    return found;
  }

  [[nodiscard]] policy_and_mixture_options const& options() const noexcept { return options_; }

 private:
  Policy const* policy_;
  Reference const* reference_;
  policy_and_mixture_options options_;
};

}  // namespace joust
