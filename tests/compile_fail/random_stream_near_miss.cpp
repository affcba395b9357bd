// SPDX-License-Identifier: MIT
//
// Signed bits and a child of another type; the rest is fine and not complained about.
//
// expect: joust::random_stream: give your stream a member type result_type, an unsigned integer
// expect: joust::random_stream: give your stream a const member child(std::uint64_t tag) that returns a stream of the same type
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::random_stream;
#else
struct model {
  using result_type = std::int64_t;
  static constexpr result_type min();
  static constexpr result_type max();
  result_type operator()();
  archetype::random_stream child(std::uint64_t) const;
};
#endif

int main() { joust::explain_random_stream<model>(); }
