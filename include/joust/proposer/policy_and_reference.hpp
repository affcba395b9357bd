// SPDX-License-Identifier: MIT
//
// One candidate from the policy, the others from its reference: what has been learnt duels what was there
// before, so that the reference's favourites stay in sight.
//
//   needs   a policy and a reference that sample at a temperature (core/concepts.hpp)
//   cost    one sample and one sample_batch
//   repeat  same policies, context and stream, same candidates
//   source  Xie et al., "Exploratory preference optimization", ICLR 2025, algorithm 1: a pair
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/proposer/detail/samples.hpp>

namespace joust {

struct policy_and_reference_options {
  std::size_t count = 2;     ///< candidates: the first from the policy, the others from the reference
  double temperature = 1.0;  ///< of all samples; 1 is what the method's analysis is about

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (count < 2) detail::reject("count", detail::text(count), "at least 2, one from either");
    detail::require_positive("temperature", temperature);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count, "candidates: the first from the policy, the others from the reference");
    visit("temperature", self.temperature, "of all samples");
  }
  friend bool operator==(policy_and_reference_options const&, policy_and_reference_options const&) = default;
};

/// A view of a policy and of its reference, both of which must outlive it.
template <class Policy, class Reference = Policy>
class policy_and_reference {
 public:
  /// Throws std::invalid_argument for options out of range.
  policy_and_reference(Policy const& policy, Reference const& reference,
                       policy_and_reference_options options = {})
      : policy_{&policy}, reference_{&reference}, options_{options} {
    options_.check();
  }
  // Views of temporaries would outlive them.
  policy_and_reference(Policy const&&, Reference const&, policy_and_reference_options = {}) = delete;
  policy_and_reference(Policy const&, Reference const&&, policy_and_reference_options = {}) = delete;
  policy_and_reference(Policy const&&, Reference const&&, policy_and_reference_options = {}) = delete;

  /// The policy's sample, then `options().count - 1` of the reference. They may be equal.
  template <class Context, random_stream Stream>
  [[nodiscard]] auto propose(Context const& context, Stream& stream) const {
    auto found = detail::samples(*policy_, context, 1, stream, options_.temperature);
    auto others = detail::samples(*reference_, context, options_.count - 1, stream, options_.temperature);
    for (auto& other : others) found.push_back(std::move(other));
    return found;
  }

  [[nodiscard]] policy_and_reference_options const& options() const noexcept { return options_; }

 private:
  Policy const* policy_;
  Reference const* reference_;
  policy_and_reference_options options_;
};

}  // namespace joust
