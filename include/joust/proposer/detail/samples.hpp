// SPDX-License-Identifier: MIT
//
// Several samples of a policy: through its sample_batch where it has one, since a finite softmax then
// computes its normaliser once and a language model generates in parallel; else one by one.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

namespace joust::detail {

// `count` independent samples at a temperature.
template <class Policy, class Context, class Stream>
[[nodiscard]] auto samples(Policy const& policy, Context const& x, std::size_t count, Stream& stream,
                           double temperature) {
  if constexpr (requires { policy.sample_batch(x, count, stream, temperature); }) {
    return policy.sample_batch(x, count, stream, temperature);
  } else {
    std::vector<std::remove_cvref_t<decltype(policy.sample(x, stream, temperature))>> result;
    result.reserve(count);
    for (std::size_t n = 0; n < count; ++n) result.push_back(policy.sample(x, stream, temperature));
    return result;
  }
}

}  // namespace joust::detail
