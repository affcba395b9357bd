// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/samples_at_temperature.hpp>

#include "../core/archetypes.hpp"

using joust::no_context;
using joust::stream;
namespace laws = joust::laws;

namespace {

using base = archetype::samples_at_temperature;
std::vector<std::size_t> const actions{0, 1, 2};

struct hotter : base {  // takes the temperature for its inverse
  template <class Stream>
  std::size_t sample(no_context x, Stream& g, double t = 1.0) const {
    return base::sample(x, g, 1.0 / t);
  }
  template <class Stream>
  std::vector<std::size_t> sample_batch(no_context x, std::size_t n, Stream& g, double t = 1.0) const {
    return base::sample_batch(x, n, g, 1.0 / t);
  }
};
struct deaf : base {  // to the temperature, in batches
  template <class Stream>
  std::vector<std::size_t> sample_batch(no_context x, std::size_t n, Stream& g, double = 1.0) const {
    return base::sample_batch(x, n, g);
  }
};
struct cold_by_default : base {
  template <class Stream>
  std::size_t sample(no_context x, Stream& g, double t = 0.1) const {
    return base::sample(x, g, t);
  }
};
struct stingy : base {
  template <class Stream>
  std::vector<std::size_t> sample_batch(no_context x, std::size_t n, Stream& g, double t = 1.0) const {
    return base::sample_batch(x, n / 2, g, t);
  }
};

template <class Policy>
laws::law_report report_on(Policy model, laws::samples_at_temperature_options options = {}) {
  return laws::samples_at_temperature(model, no_context{}, actions, stream{1}, options);
}

}  // namespace

TEST_CASE("a policy that samples at a temperature keeps the laws", "[laws][samples_at_temperature]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CHECK_KEEPS_LAWS(laws::samples_at_temperature(base{}, no_context{}, actions, stream{seed}));
  }
  CHECK_KEEPS_LAWS(report_on(hotter{}, {.whole = false}));
}

TEST_CASE("planted faults of temperatures are found", "[laws][samples_at_temperature]") {
  CHECK_BREAKS("in proportion to exp(log_probability / temperature)", report_on(hotter{}));
  CHECK_BREAKS("sample_batch is what as many calls", report_on(deaf{}));
  CHECK_BREAKS("temperature 1 is the policy itself", report_on(cold_by_default{}));
  CHECK_BREAKS("as many samples as were asked for", report_on(stingy{}));
}
