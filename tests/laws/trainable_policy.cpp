// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/trainable_policy.hpp>

#include "../core/archetypes.hpp"

using joust::no_context;
using joust::stream;
namespace laws = joust::laws;

namespace {

using base = archetype::trainable_policy;
std::vector<std::size_t> const actions{0, 1, 2};

struct impatient : base {
  void accumulate(no_context x, std::size_t a, double w) {
    base::accumulate(x, a, w);
    base::step();
  }
};
struct downhill : base {
  void accumulate(no_context x, std::size_t a, double w) { base::accumulate(x, a, -w); }
};
struct one_sided : base {  // ignores the rejected
  void accumulate(no_context x, std::size_t a, double w) { base::accumulate(x, a, std::fabs(w)); }
};
struct unforgetting : base {
  void step() {
    for (std::size_t a = 0; a < 3; ++a) score[a] += pending[a];
  }
};
struct overwriting : base {
  void accumulate(no_context x, std::size_t a, double w) {
    pending = {};
    base::accumulate(x, a, w);
  }
};
struct weightless_matters : base {
  void accumulate(no_context x, std::size_t a, double w) { base::accumulate(x, a, w == 0.0 ? 1e-4 : w); }
};
struct no_baseline : base {  // forgets the expectation that the gradient of a log-probability subtracts
  void accumulate(no_context, std::size_t a, double w) { pending[a] += w; }
};
struct momentum : base {
  std::array<double, 3> velocity{};
  void step() {
    for (std::size_t a = 0; a < 3; ++a) {
      velocity[a] = 0.9 * velocity[a] + pending[a];
      score[a] += velocity[a];
    }
    pending = {};
  }
};
struct swapped : base {
  std::size_t sample(no_context x, stream& g) const { return 2 - base::sample(x, g); }
};

template <class Policy>
laws::law_report report_on(Policy model, laws::trainable_policy_options options = {}) {
  return laws::trainable_policy(model, no_context{}, actions, stream{1}, options);
}

}  // namespace

TEST_CASE("a correct trainable policy keeps the laws", "[laws][trainable_policy]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CHECK_KEEPS_LAWS(laws::trainable_policy(base{}, no_context{}, actions, stream{seed}));
  }
  CHECK_KEEPS_LAWS(report_on(momentum{}, {.plain_gradient = false}));
}

TEST_CASE("planted faults of trainable policies are found", "[laws][trainable_policy]") {
  CHECK_BREAKS("accumulate changes no probability", report_on(impatient{}));
  CHECK_BREAKS("a positive weight raises", report_on(downhill{}));
  CHECK_BREAKS("a negative weight lowers", report_on(one_sided{}));
  CHECK_BREAKS("step clears the pending gradient", report_on(unforgetting{}));
  CHECK_BREAKS("step clears the pending gradient", report_on(momentum{}));
  CHECK_BREAKS("accumulated weights add up", report_on(overwriting{}));
  CHECK_BREAKS("accumulate with weight 0", report_on(weightless_matters{}));
  CHECK_BREAKS("adds the gradient of the log-probability", report_on(no_baseline{}));
  CHECK_BREAKS("policy, the frequencies", report_on(swapped{}));
}
