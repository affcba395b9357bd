// SPDX-License-Identifier: MIT
#include <joust/device/ensemble.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>

// Code for a GPU throws nothing, and nvcc takes an operator new to be such code.
#if !defined(__CUDACC__)
#include "../arms/allocations.hpp"
#endif

namespace {

using joust::ensemble_options;
using joust::device::buffer;
using joust::device::queue;
template <class Scalar>
using on_host = joust::ensemble<Scalar>;
template <class Scalar>
using on_device = joust::device::ensemble<Scalar>;

static_assert(!std::is_copy_constructible_v<on_device<float>>);
static_assert(std::is_nothrow_move_constructible_v<buffer<float>> &&
              std::is_move_constructible_v<on_device<float>>);

template <class T>
std::span<T const> all(buffer<T> const& values) {
  return {values.data(), values.size()};
}
template <class T>
std::span<T> all(buffer<T>& values) {
  return {values.data(), values.size()};
}

// Numbers in [-1, 1).
template <class Scalar>
std::vector<Scalar> random_numbers(std::size_t count, std::uint64_t seed) {
  joust::stream random{seed};
  std::vector<Scalar> result(count);
  for (Scalar& value : result) value = static_cast<Scalar>(2.0 * joust::draw_uniform(random) - 1.0);
  return result;
}

template <class Scalar>
using rows_by_d = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Scalar>
Eigen::Map<rows_by_d<Scalar> const> as_rows(std::vector<Scalar> const& features, std::size_t d) {
  return {features.data(), static_cast<Eigen::Index>(features.size() / d), static_cast<Eigen::Index>(d)};
}

// Members that are not as they start: biases too are not 0.
template <class Scalar>
on_host<Scalar> shaken(ensemble_options const& options) {
  on_host<Scalar> result{options};
  std::vector<Scalar> values{result.parameters().begin(), result.parameters().end()};
  joust::stream random{options.seed + 99};
  for (Scalar& value : values) value += static_cast<Scalar>(0.2 * joust::draw_uniform(random) - 0.1);
  result.set_parameters(values);
  return result;
}

// The largest difference, against the size of the numbers.
template <class A, class B>
double distance(A const& a, B const& b) {
  double apart = 0.0;
  double size = 1.0;
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const x = static_cast<double>(a[i]);
    double const y = static_cast<double>(b[i]);
    if (!(std::fabs(x - y) <= 1e300)) return std::numeric_limits<double>::infinity();
    apart = std::max(apart, std::fabs(x - y));
    size = std::max(size, std::fabs(x));
  }
  return apart / size;
}

// Answered duels in host and in device memory.
template <class Scalar>
struct duels {
  std::size_t dimension;
  std::vector<Scalar> first, second;
  std::vector<double> outcomes, weights;
  buffer<Scalar> device_first, device_second;
  buffer<double> device_outcomes, device_weights;

  duels(std::size_t d, std::size_t count, std::uint64_t seed)
      : dimension{d},
        first{random_numbers<Scalar>(count * d, seed)},
        second{random_numbers<Scalar>(count * d, seed + 1)} {
    joust::stream random{seed + 2};
    for (std::size_t n = 0; n < count; ++n) {
      double const kind = joust::draw_uniform(random);
      outcomes.push_back(kind < 0.4 ? 1.0 : kind < 0.8 ? 0.0 : kind < 0.9 ? 0.5 : 0.25);
      weights.push_back(n % 5 == 3 ? 0.0 : 0.5 + joust::draw_uniform(random));
      // Some that teach nothing, and some whose first element does not tell them apart.
      auto const at = static_cast<std::ptrdiff_t>(n * d);
      if (n % 7 == 2) std::copy_n(first.begin() + at, d, second.begin() + at);
      if (n % 7 == 4) second[n * d] = first[n * d];
    }
    device_first = buffer<Scalar>{first};
    device_second = buffer<Scalar>{second};
    device_outcomes = buffer<double>{outcomes};
    device_weights = buffer<double>{weights};
  }

  void teach(on_host<Scalar>& host) const {
    for (std::size_t n = 0; n < outcomes.size(); ++n) {
      auto const row = static_cast<Eigen::Index>(n);
      host.observe(as_rows(first, dimension).row(row), as_rows(second, dimension).row(row), outcomes[n],
                   weights[n]);
    }
  }
  void teach(queue const& order, on_device<Scalar>& device) const {
    device.observe(order, all(device_first), all(device_second), all(device_outcomes), all(device_weights));
  }
};

// Scores of rows as the host gives them: member after member.
template <class Scalar>
std::vector<double> host_scores(on_host<Scalar>& host, std::vector<Scalar> const& features) {
  auto const rewards = host.at(as_rows(features, host.dimension()));
  std::vector<double> result;
  for (std::size_t k = 0; k < host.members(); ++k) {
    result.insert(result.end(), rewards.member(k).begin(), rewards.member(k).end());
  }
  return result;
}

template <class Scalar, class Reward = double>
std::vector<Reward> device_scores(queue const& order, on_device<Scalar>& device,
                                  std::vector<Scalar> const& features) {
  buffer<Scalar> const phi{features};
  std::size_t const rows = features.size() / device.dimension();
  buffer<Reward> rewards{
      std::vector<Reward>(rows * device.members(), std::numeric_limits<Reward>::quiet_NaN())};
  device.score(order, all(phi), all(rewards));
  return rewards.download(order);
}

}  // namespace

TEST_CASE("device ensemble: scores are the host's", "[device][ensemble]") {
  queue order;
  struct shape {
    std::size_t d, members, width;
  };
  for (std::size_t depth = 0; depth <= 3; ++depth) {
    for (shape const& s : {shape{1, 1, 1}, shape{5, 3, 7}, shape{17, 2, 33}}) {
      ensemble_options o{.dimension = s.d, .members = s.members, .width = s.width, .depth = depth};
      o.prior_scale = s.members == 3 ? 0.7 : 0.0;
      on_host<double> host = shaken<double>(o);
      on_device<double> device{order, host};
      on_host<float> short_host = shaken<float>(o);
      on_device<float> short_device{order, short_host};
      for (std::size_t const rows : {1U, 64U, 65U, 300U}) {
        INFO("depth " << depth << ", dimension " << s.d << ", rows " << rows);
        auto const features = random_numbers<double>(rows * s.d, rows + depth);
        std::vector<double> const expected = host_scores(host, features);
        CHECK(distance(expected, device_scores(order, device, features)) < 1e-13);
        if (rows > 64) continue;
        CHECK(distance(expected, device_scores<double, float>(order, device, features)) < 1e-6);
        std::vector<float> const short_features{features.begin(), features.end()};
        std::vector<double> const about = host_scores(short_host, short_features);
        CHECK(distance(about, device_scores(order, short_device, short_features)) < 1e-5);
      }
    }
  }
}

TEST_CASE("device ensemble: more rows than are scored at once, apart from each other", "[device][ensemble]") {
  queue order;
  std::size_t const rows = 8192 + 1025;
  std::size_t const stride = rows + 3;
  on_host<float> host = shaken<float>({.dimension = 3, .members = 2, .width = 4, .prior_scale = 0.5});
  on_device<float> device{order, host};
  auto const features = random_numbers<float>(rows * 3, 5);
  std::vector<double> const expected = host_scores(host, features);
  buffer<float> const phi{features};
  buffer<double> rewards{std::vector<double>(stride + rows, -7.0)};
  device.score(order, all(phi), all(rewards), stride);
  std::vector<double> const got = rewards.download(order);
  for (std::size_t k = 0; k < 2; ++k) {
    std::span<double const> const member{expected.data() + k * rows, rows};
    CHECK(distance(member, std::span<double const>{got.data() + k * stride, rows}) < 1e-5);
  }
  for (std::size_t i = rows; i < stride; ++i) CHECK(got[i] == -7.0);
}

TEST_CASE("device ensemble: training goes the host's way", "[device][ensemble]") {
  using joust::anchor_scale;
  using joust::bootstrap_weights;
  struct variant {
    std::size_t depth;
    anchor_scale anchor;
    bootstrap_weights bootstrap;
    double prior_scale, optimism;
    joust::optimiser_options optimiser;
  };
  joust::optimiser_options const adam{.learning_rate = joust::schedule::cosine(1e-2, 1e-3, 12, 3)};
  joust::optimiser_options const plain{.method = joust::descent::sgd, .learning_rate = 0.05};
  joust::optimiser_options const heavy{.method = joust::descent::sgd,
                                       .learning_rate = joust::schedule::linear(0.05, 0.01, 10),
                                       .momentum = 0.8,
                                       .weight_decay = 0.01};
  variant const variants[] = {
      {2, anchor_scale::prior, bootstrap_weights::none, 0.0, 0.0, adam},
      {0, anchor_scale::prior, bootstrap_weights::poisson, 0.0, 0.0, adam},
      {1, anchor_scale::published, bootstrap_weights::double_or_nothing, 0.0, 0.0, adam},
      {3, anchor_scale::none, bootstrap_weights::poisson, 0.6, 0.0, adam},
      {2, anchor_scale::prior, bootstrap_weights::none, 0.6, 0.3, plain},
      {1, anchor_scale::none, bootstrap_weights::none, 0.0, 0.0, heavy},
      {0, anchor_scale::published, bootstrap_weights::none, 0.4, 0.2, heavy},
      {2, anchor_scale::none, bootstrap_weights::double_or_nothing, 0.0, 0.1, adam},
  };
  queue order;
  std::size_t const d = 6;
  for (variant const& v : variants) {
    INFO("depth " << v.depth << ", prior " << v.prior_scale << ", optimism " << v.optimism);
    ensemble_options const o{.dimension = d,
                             .members = 3,
                             .width = 9,
                             .depth = v.depth,
                             .optimiser = v.optimiser,
                             .steps = 3,
                             .batch = 16,
                             .buffer = 40,
                             .anchor = v.anchor,
                             .prior_deviation = 0.8,
                             .bootstrap = v.bootstrap,
                             .prior_scale = v.prior_scale,
                             .optimism = v.optimism,
                             .seed = 7 + v.depth};
    on_host<double> host = shaken<double>(o);
    on_device<double> device{order, host};
    std::vector<double> const start = device.parameters(order);
    std::vector<std::size_t> const sets{5, 1, 70, 4};
    auto const candidates = random_numbers<double>(80 * d, 3);
    buffer<double> const phi{candidates};
    // The last of these rounds let the newest pairs take the places of the oldest.
    for (std::size_t const count : {4U, 30U, 1U, 25U, 90U}) {
      duels<double> const asked{d, count, 100 + count};
      asked.teach(host);
      asked.teach(order, device);
      REQUIRE(device.observed() == host.observed());
      REQUIRE(device.stored() == host.stored());
      host.score(as_rows(candidates, d));
      host.train(sets);
      device.train(order, all(phi), sets);
      CHECK(device.updates() == host.updates());
      CHECK(device.loss(order) == Approx(host.loss()).epsilon(1e-9));
      CHECK(distance(host.parameters(), device.parameters(order)) < 1e-9);
    }
    CHECK(distance(start, device.parameters(order)) > 1e-3);  // it did move
  }
}

TEST_CASE("device ensemble: training in floats stays near the host's", "[device][ensemble]") {
  queue order;
  ensemble_options const o{.dimension = 40, .members = 4, .width = 24, .steps = 70, .batch = 32};
  on_host<float> host{o};
  on_device<float> device{order, host};
  duels<float> const asked{40, 150, 5};
  asked.teach(host);
  asked.teach(order, device);
  host.train();
  device.train(order);
  CHECK(device.updates() == 70);
  CHECK(distance(host.parameters(), device.parameters(order)) < 1e-3);
  CHECK(distance(on_host<float>{o}.parameters(), device.parameters(order)) > 1e-2);
}

TEST_CASE("device ensemble: there and back again", "[device][ensemble]") {
  queue order;
  ensemble_options const o{.dimension = 4,
                           .members = 3,
                           .width = 5,
                           .batch = 8,
                           .buffer = 30,
                           .bootstrap = joust::bootstrap_weights::poisson,
                           .prior_scale = 0.5};
  on_host<double> host = shaken<double>(o);
  CHECK((on_device<double>{order, host}.to_host(order) == host));
  duels<double>{4, 50, 1}.teach(host);
  host.train();
  on_device<double> device{order, host};
  CHECK((device.to_host(order) == host));  // to the last bit

  // From there on both go the same way, and what comes back goes on alike.
  duels<double> const more{4, 20, 2};
  more.teach(host);
  more.teach(order, device);
  host.train();
  device.train(order);
  on_host<double> back = device.to_host(order);
  CHECK(distance(host.parameters(), back.parameters()) < 1e-11);
  host.train();
  back.train();
  CHECK(distance(host.parameters(), back.parameters()) < 1e-11);

  // Parameters alone.
  auto const values = random_numbers<double>(host.parameters().size(), 8);
  device.set_parameters(order, values);
  CHECK(device.parameters(order) == values);
  host.set_parameters(device.parameters(order));
  CHECK(distance(host_scores(host, {0.1, 0.2, 0.3, 0.4}),
                 device_scores(order, device, {0.1, 0.2, 0.3, 0.4})) < 1e-13);

  // A device that moves keeps what it has.
  on_device<double> moved{std::move(device)};
  CHECK(moved.parameters(order) == values);
}

TEST_CASE("device ensemble: what is not a number stays in its row", "[device][ensemble]") {
  queue order;
  on_host<float> host = shaken<float>({.dimension = 3, .members = 2, .width = 70});
  on_device<float> device{order, host};
  auto features = random_numbers<float>(130 * 3, 5);
  std::vector<double> const clean = device_scores(order, device, features);
  features[77 * 3 + 1] = std::numeric_limits<float>::quiet_NaN();
  std::vector<double> const got = device_scores(order, device, features);
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t row = 0; row < 130; ++row) {
      if (row == 77) {
        CHECK(std::isnan(got[k * 130 + row]));
      } else {
        CHECK(got[k * 130 + row] == clean[k * 130 + row]);
      }
    }
  }
}

TEST_CASE("device ensemble: a step that is not finite is left out", "[device][ensemble]") {
  queue order;
  for (joust::descent const method : {joust::descent::adam, joust::descent::sgd}) {
    ensemble_options const o{
        .dimension = 3, .members = 2, .width = 4, .optimiser = {.method = method}, .steps = 2};
    on_host<double> host{o};
    duels<double>{3, 9, 4}.teach(host);
    std::vector<double> values(host.parameters().size(), 1e200);
    host.set_parameters(values);
    on_device<double> device{order, host};
    host.train();
    device.train(order);
    CHECK(host.updates() == 2);
    CHECK(device.updates() == 2);
    CHECK(device.parameters(order) == values);
    CHECK((device.to_host(order) == host));
    // The next finite one is the optimiser's first.
    auto const small_values = random_numbers<double>(values.size(), 3);
    host.set_parameters(small_values);
    device.set_parameters(order, small_values);
    host.train();
    device.train(order);
    CHECK(distance(host.parameters(), device.parameters(order)) < 1e-11);
    CHECK(distance(small_values, device.parameters(order)) > 1e-4);
  }
}

TEST_CASE("device ensemble: nothing to do", "[device][ensemble]") {
  queue order;
  on_host<double> host{{.dimension = 3, .members = 2, .width = 4, .batch = 8, .full_batches_only = true}};
  on_device<double> device{order, host};
  device.score(order, {}, std::span<double>{});
  device.observe(order, {}, {}, {});
  device.train(order);  // nothing stored
  CHECK(device.observed() == 0);
  duels<double> const few{3, 5, 1};
  few.teach(order, device);
  device.train(order);  // too little stored
  CHECK(device.updates() == 0);
  CHECK(device.loss(order) == 0.0);
  CHECK(distance(host.parameters(), device.parameters(order)) == 0.0);
}

TEST_CASE("device ensemble: refuses what does not fit", "[device][ensemble]") {
  using Catch::Contains;
  queue order;
  on_host<double> const host{{.dimension = 3, .members = 2, .width = 4, .optimism = 1.0}};
  on_device<double> device{order, host};
  buffer<double> const phi{random_numbers<double>(12, 1)};
  buffer<double> rewards{std::vector<double>(8, -7.0)};
  auto const score = [&](std::size_t features, std::size_t room, std::size_t stride) {
    device.score(order, all(phi).first(features), all(rewards).first(room), stride);
  };
  CHECK_THROWS_WITH(score(11, 8, 0), Contains("features: is of length 11"));
  CHECK_THROWS_WITH(score(12, 7, 0), Contains("rewards: is of length 7"));
  CHECK_THROWS_WITH(score(12, 8, 5), Contains("rewards: is of length 8"));
  CHECK_THROWS_WITH(score(12, 8, 3), Contains("stride: is 3; expected at least 4"));
  CHECK(rewards.download(order) == std::vector<double>(8, -7.0));

  using options = ensemble_options;
  CHECK_THROWS_WITH((on_device<double>{order, on_host<double>{}}), Contains("dimension: is 0"));
  CHECK_THROWS_WITH((on_device<double>{order, on_host<double>{options{.dimension = 2, .cadence = 5}}}),
                    Contains("cadence: is 5"));
  CHECK_THROWS_WITH((on_device<double>{order, host, joust::device::math::bf16}),
                    Contains("products: is bf16; expected full"));

  duels<double> const good{3, 4, 1};
  auto const observe = [&](duels<double> const& asked, std::size_t seconds, std::size_t weights) {
    device.observe(order, all(asked.device_first), all(asked.device_second).first(seconds),
                   all(asked.device_outcomes), all(asked.device_weights).first(weights));
  };
  CHECK_THROWS_WITH(observe(good, 9, 4), Contains("second: is of length 9; expected 3 for each of 4"));
  CHECK_THROWS_WITH(observe(good, 11, 4), Contains("second: is of length 11"));
  CHECK_THROWS_WITH(observe(good, 12, 3), Contains("weights: is of length 3"));
  // One bad duel, and none is stored.
  double const nan = std::numeric_limits<double>::quiet_NaN();
  duels<double> bad{3, 4, 1};
  auto const refuse = [&](std::vector<double> duels<double>::*values, buffer<double> duels<double>::*memory,
                          std::size_t at, double value, std::string const& text) {
    double const was = std::exchange((bad.*values)[at], value);
    bad.*memory = buffer<double>{bad.*values};
    CHECK_THROWS_WITH(observe(bad, 12, 4), Contains(text));
    (bad.*values)[at] = was;
    bad.*memory = buffer<double>{bad.*values};
  };
  using d = duels<double>;
  refuse(&d::first, &d::device_first, 5, nan, "first[1]: is not finite everywhere");
  refuse(&d::second, &d::device_second, 11, 2e9, "second[3]: is not finite everywhere, or too large");
  refuse(&d::outcomes, &d::device_outcomes, 2, 1.5, "outcomes[2]: is outside; expected a number in [0, 1]");
  refuse(&d::weights, &d::device_weights, 0, -1.0, "weights[0]: is outside");
  CHECK(device.observed() == 0);

  observe(good, 12, 4);
  std::vector<std::size_t> const wrong[] = {{3}, {0, 4}, {2, 3}};
  for (auto const& sets : wrong) {
    CHECK_THROWS_WITH(device.train(order, all(phi), sets), Contains("set_sizes: "));
  }
  CHECK(device.updates() == 0);
  CHECK_THROWS_WITH(device.set_parameters(order, std::vector<double>(3)), Contains("values: is of length 3"));
  std::vector<double> values = device.parameters(order);
  values[1] = nan;
  CHECK_THROWS_AS(device.set_parameters(order, values), std::invalid_argument);
  CHECK(device.parameters(order)[1] == host.parameters()[1]);
}

TEST_CASE("device ensemble: the same calls give the same bits, and allocate once", "[device][ensemble]") {
  queue order;
  ensemble_options const o{.dimension = 12,
                           .members = 3,
                           .width = 10,
                           .batch = 16,
                           .bootstrap = joust::bootstrap_weights::poisson};
  duels<float> const asked{12, 60, 1};
  auto const features = random_numbers<float>(100 * 12, 2);
  buffer<float> const phi{features};
  buffer<float> rewards{300};
  std::vector<float> parameters[2], scores[2];
  for (std::size_t run = 0; run < 2; ++run) {
    on_device<float> device{order, on_host<float>{o}};
    for (int round = 0; round < 3; ++round) {
      asked.teach(order, device);
      device.train(order);
    }
    device.score(order, all(phi), all(rewards));
    order.wait();
#if !defined(__CUDACC__) && !defined(JOUST_PRETEND_GPU)
    std::size_t const before = allocation_count;
#endif
    device.train(order);
    device.score(order, all(phi), all(rewards));
    order.wait();
#if !defined(__CUDACC__) && !defined(JOUST_PRETEND_GPU)
    if (allocations_are_counted) CHECK(allocation_count == before);
#endif
    parameters[run] = device.parameters(order);
    scores[run] = rewards.download(order);
  }
  CHECK(parameters[0] == parameters[1]);
  CHECK(scores[0] == scores[1]);
}

TEST_CASE("device ensemble: what shorter numbers cost", "[device][ensemble]") {
  using joust::device::math;
  queue order;
  on_host<float> host{{.dimension = 256, .members = 4, .width = 32}};
  auto const features = random_numbers<float>(100 * 256, 2);
  std::vector<double> const exact = host_scores(host, features);
  double last = -1.0;
  // A product of two rounded factors is off by 2^-11 or 2^-8 of itself at most twice, and sums of random
  // errors grow like their roots.
  struct limits {
    math numbers;
    double most;
  };
  for (limits const& at : {limits{math::full, 1e-5}, limits{math::tf32, 4e-3}, limits{math::bf16, 3e-2}}) {
    on_device<float> device{order, host, at.numbers};
    CHECK(device.products() == at.numbers);
    double const off = distance(exact, device_scores(order, device, features));
    CHECK(off < at.most);
    if (!joust::device::on_gpu) CHECK(off > last);  // a GPU may multiply small matrices in full
    last = 2.0 * off;
  }
}
