// SPDX-License-Identifier: MIT
#include <joust/experiment/alignment_trace.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/state.hpp>

using joust::alignment_metric;
using joust::alignment_trace;

namespace {

alignment_trace example() {
  alignment_trace trace;
  trace.record({alignment_metric::win_rate, 0.5, 0.01}, 0, 0, 0);
  trace.record({alignment_metric::kl, 0.0, std::numeric_limits<double>::infinity()}, 0, 0, 0);
  trace.record({alignment_metric::win_rate, 0.1 + 0.2, 0.02}, 512, 16, 16);
  trace.record({alignment_metric::kl, 1e-300, 0.0}, 512, 16, 16);
  return trace;
}

std::string written(alignment_trace const& trace) {
  joust::state_writer writer{"trace", 1};
  writer("rows", trace);
  return std::move(writer).finish();
}

alignment_trace read(std::string const& text) {
  joust::state_reader reader{text, "trace", 1};
  alignment_trace trace;
  reader("rows", trace);
  reader.finish();
  return trace;
}

// The text with a part exchanged and a checksum that fits.
std::string forged(std::string text, std::string_view part, std::string_view other) {
  auto const at = text.find(part);
  REQUIRE(at != text.npos);
  text.replace(at, part.size(), other);
  std::string const body = text.substr(0, text.rfind("checksum "));
  return body + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(body)) + '\n';
}

}  // namespace

TEST_CASE("alignment_trace: rows stay as they were recorded", "[alignment_trace]") {
  auto const trace = example();
  REQUIRE(trace.rows().size() == 4);
  CHECK(trace.rows()[2] == joust::alignment_row{alignment_metric::win_rate, 512, 16, 16, 0.1 + 0.2, 0.02});
  CHECK(trace.last(alignment_metric::win_rate)->value == 0.1 + 0.2);
  CHECK(trace.last(alignment_metric::kl)->queries == 512);
  CHECK_FALSE(trace.last(alignment_metric::reward).has_value());
  CHECK(trace == example());
}

TEST_CASE("alignment_trace: what is no measurement is refused", "[alignment_trace]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  auto trace = example();
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, nan, 0.0}, 600, 20, 20), std::invalid_argument);
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, 0.0, nan}, 600, 20, 20), std::invalid_argument);
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, 0.0, -0.1}, 600, 20, 20), std::invalid_argument);
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, 0.0, 0.0}, 511, 20, 20), std::invalid_argument);
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, 0.0, 0.0}, 512, 15, 20), std::invalid_argument);
  CHECK_THROWS_AS(trace.record({alignment_metric::kl, 0.0, 0.0}, 512, 16, 15), std::invalid_argument);
  CHECK(trace == example());
}

TEST_CASE("alignment_trace: is saved and read", "[alignment_trace]") {
  auto const trace = example();
  CHECK(read(written(trace)) == trace);
  CHECK(read(written(trace)).sound());
  CHECK(read(written({})) == alignment_trace{});
  CHECK(written(trace).find("rows.metric 4: win_rate kl win_rate kl\n") != std::string::npos);

  std::string const text = written(trace);
  CHECK_THROWS_AS(read(forged(text, "4: 0 0 512 512", "3: 0 0 512")), std::invalid_argument);
  CHECK_THROWS_AS(read(forged(text, "win_rate kl win_rate kl", "win_rate kl win_rate no")),
                  std::invalid_argument);
  CHECK_FALSE(read(forged(text, "4: 0 0 512 512", "4: 0 0 512 511")).sound());
  CHECK_FALSE(read(forged(text, "rows.error 4: 0.01", "rows.error 4: -1")).sound());
}
