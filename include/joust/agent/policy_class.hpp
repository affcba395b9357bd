// SPDX-License-Identifier: MIT
//
// Several ways to choose at once: a class of policies, each of which names a candidate in every context. What
// it costs to try them all is the agent's affair (sparring_exp4).
//
//   source  Dudik, Hofmann, Schapire, Slivkins & Zoghi, "Contextual Dueling Bandits", COLT 2015
#pragma once

#include <concepts>
#include <cstddef>

#include <joust/agent/detail/feature_rows.hpp>

namespace joust {

/// Policies that can be followed in contexts of a type: size() of them, of which policies(x, n) names the
/// candidate that policy n picks in context x. A matrix with a row per candidate says itself how many there
/// are; for other contexts, which must be integers (a user's segment, say), policies.arms(x) does. A class
/// may also offer check(x), which throws for a context it refuses; prepare(x, stream), called in every
/// selection, which returns whether it changed the policies; fresh(setting); and fields and sound
/// (core/state.hpp), by which it is saved. In the same context the policies must name the same candidates.
template <class P, class Context>
concept policy_class = requires(P const& policies, Context const& x, std::size_t n) {
  { policies.size() } -> std::convertible_to<std::size_t>;
  { policies(x, n) } -> std::convertible_to<std::size_t>;
}
&&(detail::feature_rows<Context> || (std::integral<Context> && requires(P const& policies, Context const& x) {
     { policies.arms(x) } -> std::convertible_to<std::size_t>;
   }));

}  // namespace joust
