// SPDX-License-Identifier: MIT
//
// An engine of the standard library has everything but children.
//
// expect: joust::random_stream: give your stream a const member child(std::uint64_t tag) that returns a stream of the same type
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::random_stream;
#else
struct model {  // std::mt19937_64 in outline
  using result_type = std::uint64_t;
  static constexpr result_type min();
  static constexpr result_type max();
  result_type operator()();
};
#endif

int main() { joust::explain_random_stream<model>(); }
