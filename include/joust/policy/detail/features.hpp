// SPDX-License-Identifier: MIT
//
// What policies over shared features ask of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <joust/core/error.hpp>
#include <joust/policy/detail/finite_softmax.hpp>
#include <joust/policy/feature_table.hpp>

namespace joust::detail {

// The features exist and are about these prompts and responses. Returns them.
inline shared_features const& require_features(shared_features const& features, std::size_t prompts,
                                               std::size_t responses) {
  if (features == nullptr) reject("features", "null", "a table of features");
  if (features->prompts() != prompts || features->responses() != responses) {
    reject("features", "about " + text(features->prompts()) + " prompts x " + text(features->responses()),
           text(prompts) + " prompts x " + text(responses) + " responses, as the base has");
  }
  return features;
}

// Tells tables apart, and a table from a base that holds the same numbers.
[[nodiscard]] inline std::uint64_t digest_of(feature_table const& features) noexcept {
  std::size_t const numbers = features.prompts() * features.responses() * features.dimension();
  return (digest_of(std::span{features.of(0).data(), numbers}) ^ features.dimension()) * 0x9E3779B97F4A7C15;
}

[[nodiscard]] inline bool same_features(shared_features const& a, shared_features const& b) {
  return a == b || (a->prompts() == b->prompts() && a->responses() == b->responses() &&
                    a->dimension() == b->dimension() && digest_of(*a) == digest_of(*b));
}

}  // namespace joust::detail
