// SPDX-License-Identifier: MIT
#include <joust/posterior/ensemble_options.hpp>

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string_view>

#include <catch2/catch.hpp>

#include <joust/core/state.hpp>

namespace {

template <class Change>
bool refused(Change change) {
  joust::ensemble_options options;
  change(options);
  try {
    options.check();
  } catch (std::invalid_argument const&) { return true; }
  return false;
}

}  // namespace

TEST_CASE("ensemble options: the defaults are the paper's and pass", "[posterior][ensemble]") {
  joust::ensemble_options const options;
  CHECK_NOTHROW(options.check());
  CHECK(options.members == 20);
  CHECK(options.width == 128);
  CHECK(options.depth == 2);
  CHECK(options.steps == 5);
  CHECK(options.batch == 128);
  CHECK(options.buffer == 50'000);
  CHECK(options.optimiser.weight_decay == 0.0);
}

TEST_CASE("ensemble options: what makes no sense is refused by name", "[posterior][ensemble]") {
  using options = joust::ensemble_options;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused([](options& o) { o.members = 0; }));
  CHECK(refused([](options& o) { o.width = 0; }));
  CHECK(!refused([](options& o) {
    o.width = 0;
    o.depth = 0;
  }));
  CHECK(refused([](options& o) { o.depth = 65; }));
  CHECK(refused([](options& o) { o.optimiser.beta1 = 1.0; }));
  CHECK(refused([](options& o) { o.optimiser.max_norm = 1.0; }));
  CHECK(refused([](options& o) { o.batch = 0; }));
  CHECK(refused([](options& o) { o.buffer = 0; }));
  for (double const bad : {0.0, -1.0, nan, std::numeric_limits<double>::infinity()}) {
    CHECK(refused([&](options& o) { o.prior_deviation = bad; }));
    CHECK(refused([&](options& o) { o.start_scale = bad; }));
  }
  for (double const bad : {-1.0, nan, std::numeric_limits<double>::infinity()}) {
    CHECK(refused([&](options& o) { o.published_strength = bad; }));
    CHECK(refused([&](options& o) { o.prior_scale = bad; }));
    CHECK(refused([&](options& o) { o.optimism = bad; }));
  }
  CHECK_THROWS_WITH((options{.batch = 0}.check()), "batch: is 0; expected at least 1");
}

TEST_CASE("ensemble options: their fields are all of them", "[posterior][ensemble]") {
  joust::ensemble_options const written{.dimension = 3,
                                        .members = 2,
                                        .width = 4,
                                        .depth = 1,
                                        .optimiser = {.learning_rate = 0.5},
                                        .steps = 7,
                                        .batch = 8,
                                        .full_batches_only = true,
                                        .buffer = 9,
                                        .cadence = 10,
                                        .anchor = joust::anchor_scale::published,
                                        .prior_deviation = 0.25,
                                        .published_strength = 0.75,
                                        .start = joust::weight_start::published,
                                        .start_scale = 2.0,
                                        .bootstrap = joust::bootstrap_weights::double_or_nothing,
                                        .prior_scale = 3.0,
                                        .optimism = 4.0,
                                        .divisor = joust::variance_divisor::members,
                                        .seed = 11};
  joust::state_writer writer{"options", 1};
  writer("options", written);
  std::string const text = std::move(writer).finish();
  joust::ensemble_options read;
  joust::state_reader reader{text, "options", 1};
  reader("options", read);
  reader.finish();
  CHECK(read == written);
  CHECK(!(read == joust::ensemble_options{}));
}
