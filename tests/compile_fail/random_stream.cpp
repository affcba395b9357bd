// SPDX-License-Identifier: MIT
//
// All that a stream needs, none of it there.
//
// expect: joust::random_stream: give your stream a member type result_type, an unsigned integer
// expect: joust::random_stream: make your stream copyable and assignable
// expect: joust::random_stream: give your stream a call operator() that returns a result_type
// expect: joust::random_stream: give your stream a static member min() that returns a result_type
// expect: joust::random_stream: give your stream a static member max() that returns a result_type
// expect: joust::random_stream: give your stream a const member child(std::uint64_t tag) that returns a stream of the same type
#include <joust/core/explain.hpp>

#include "../core/archetypes.hpp"

#if defined(JOUST_TEST_TWIN)
using model = archetype::random_stream;
#else
struct model {
  model(model const&) = delete;
};
#endif

int main() { joust::explain_random_stream<model>(); }
