// SPDX-License-Identifier: MIT
#include <joust/device/evaluate.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/loss/clipped.hpp>
#include <joust/loss/smoothed.hpp>
#include <joust/loss/with_divergence.hpp>
#include <joust/loss/with_supervised_term.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
#include <omp.h>
#endif

namespace joust_test {

// A batch loss that evaluate cannot send anywhere.
struct foreign_batch_loss {
  double evaluate_batch(std::span<joust::scored_pair const>, std::span<double const>, std::span<double const>,
                        double, std::span<joust::pair_slopes>) const {
    return 0.0;
  }
};

}  // namespace joust_test

namespace {

using joust::mean_over;
using joust::pair_slopes;
using joust::scored_pair;
using joust::device::buffer;
using joust::device::evaluation_space;
using joust::device::queue;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

enum class mix { hard_and_equal, hard_and_dyadic, soft_and_any };

struct host_batch {
  std::vector<scored_pair> duels;
  std::vector<double> outcomes;
  std::vector<double> weights;

  host_batch(std::size_t n, std::uint64_t seed, mix how) : duels(n), outcomes(n), weights(n) {
    joust::stream random{seed};
    auto const score = [&] { return -12.0 * joust::draw_uniform(random); };
    auto const length = [&] { return 1.0 + static_cast<double>(joust::draw_index(9, random)); };
    for (std::size_t i = 0; i < n; ++i) {
      duels[i] = {score(), score(), score(), score(), length(), length()};
      double const u = joust::draw_uniform(random);
      std::size_t const k = joust::draw_index(5, random);
      outcomes[i] = how == mix::soft_and_any ? (k == 0 ? 0.5 : u) : (u < 0.5 ? 0.0 : 1.0);
      weights[i] = how == mix::hard_and_equal    ? 1.0
                   : how == mix::hard_and_dyadic ? 0.25 * static_cast<double>(k)
                   : k == 1                      ? 0.0
                                                 : 0.1 + u;
    }
  }
};

struct evaluated {
  double value = 0.0;
  std::vector<pair_slopes> slopes;
};

template <class Loss>
evaluated on_host(Loss const& loss, host_batch const& batch, mean_over by = mean_over::active_weight) {
  evaluated result{0.0, std::vector<pair_slopes>(batch.duels.size(), {9.0, 9.0})};
  result.value = joust::evaluate(loss, batch.duels, batch.outcomes, batch.weights, result.slopes, by);
  return result;
}

template <class T>
std::span<T> all_of(buffer<T>& memory) {
  return {memory.data(), memory.size()};
}

template <class Loss>
evaluated on_device(Loss const& loss, host_batch const& batch, evaluation_space& space,
                    mean_over by = mean_over::active_weight) {
  queue order;
  buffer<scored_pair> duels{batch.duels};
  buffer<double> outcomes{batch.outcomes};
  buffer<double> weights{batch.weights};
  buffer<pair_slopes> slopes{std::vector<pair_slopes>(batch.duels.size(), {no_number, 7.0})};
  evaluated result;
  result.value = joust::device::evaluate(order, loss, all_of(duels), all_of(outcomes), all_of(weights),
                                         all_of(slopes), space, by);
  result.slopes = slopes.download(order);

  // The form that leaves the total where it is says the same.
  buffer<double> total{std::vector<double>{no_number}};
  joust::device::evaluate(order, loss, all_of(duels), all_of(outcomes), all_of(weights), all_of(slopes),
                          all_of(total), space, by);
  double const stored = total.download(order)[0];
  CHECK((stored == result.value || (std::isnan(stored) && std::isnan(result.value))));
  return result;
}

void check_close(evaluated const& device, evaluated const& host, double tolerance) {
  REQUIRE(device.slopes.size() == host.slopes.size());
  double scale = 0.0;
  for (pair_slopes const& at : host.slopes) {
    scale = std::fmax(scale, std::fmax(std::fabs(at.chosen), std::fabs(at.rejected)));
  }
  CHECK(device.value == Approx(host.value).epsilon(tolerance).margin(1e-300));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < host.slopes.size(); ++i) {
    wrong += !(std::fabs(device.slopes[i].chosen - host.slopes[i].chosen) <= tolerance * scale);
    wrong += !(std::fabs(device.slopes[i].rejected - host.slopes[i].rejected) <= tolerance * scale);
  }
  CHECK(wrong == 0);
}

// Bit for bit where the arithmetic is the host's; a GPU has its own exponentials, and fused operations may be
// fused here and not there.
void check_same(evaluated const& device, evaluated const& host) {
#if defined(__FMA__)
  constexpr bool same_arithmetic = false;
#else
  constexpr bool same_arithmetic = !joust::device::on_gpu;
#endif
  if constexpr (same_arithmetic) CHECK((device.slopes == host.slopes));
  check_close(device, host, 1e-12);
}

// A caller's own, of the margin.
struct squared_hinge {
  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const {
    return margin < 1.0 ? (1.0 - margin) * (1.0 - margin) : 0.0;
  }
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const {
    return margin < 1.0 ? 2.0 * (margin - 1.0) : 0.0;
  }
};

static_assert(joust::device::device_loss<joust::any_loss> && joust::device::device_loss<joust::aot>);
static_assert(joust::device::device_loss<squared_hinge> && joust::device::device_loss<joust::nash_md>);
static_assert(joust::evaluable_loss<joust_test::foreign_batch_loss> &&
              !joust::device::device_loss<joust_test::foreign_batch_loss>);

template <class Loss>
void check_loss(Loss const& loss, std::uint64_t seed) {
  evaluation_space space;
  for (std::size_t const n : std::vector<std::size_t>{1, 2, 255, 256, 257, 1025, 3001}) {
    for (auto const by : {mean_over::active_weight, mean_over::all_duels}) {
      CAPTURE(n, by);
      host_batch const even{n, seed + n, mix::hard_and_equal};
      check_same(on_device(loss, even, space, by), on_host(loss, even, by));
      host_batch const dyadic{n, seed + 2 * n, mix::hard_and_dyadic};
      check_same(on_device(loss, dyadic, space, by), on_host(loss, dyadic, by));
    }
    host_batch const any{n, seed + 3 * n, mix::soft_and_any};
    check_close(on_device(loss, any, space), on_host(loss, any), 1e-12);
    check_same(on_device(loss, any, space, mean_over::all_duels), on_host(loss, any, mean_over::all_duels));
  }
}

}  // namespace

TEST_CASE("every loss by name is on the device what it is on the host") {
  for (std::string_view const name : names_of(joust::loss_kind{})) {
    if (name.substr(0, 3) == "aot") continue;  // its sums are not the host's: below
    CAPTURE(std::string{name});
    check_loss(joust::any_loss::named(name), 10);
  }
}

TEST_CASE("losses of known type, decorated and of one's own, run on the device") {
  check_loss(joust::dpo{{.beta = 0.3, .likelihood = joust::log_likelihood::mean}}, 20);
  check_loss(joust::nash_md{}, 21);
  check_loss(squared_hinge{}, 22);
  check_loss(joust::smoothed{joust::nca{}, {.smoothing = 0.2}}, 23);
  check_loss(joust::clipped{joust::slic{}, {.limit = 2.0}}, 24);
  for (auto const kind : {joust::divergence::reverse_kl, joust::divergence::forward_kl,
                          joust::divergence::jensen_shannon, joust::divergence::alpha}) {
    check_loss(joust::with_divergence{joust::exo{}, {.kind = kind}}, 25);
  }
  check_loss(joust::with_supervised_term{joust::smoothed{joust::clipped{squared_hinge{}}}, {.weight = 0.3}},
             26);
}

TEST_CASE("aot matches on the device what it matches on the host") {
  evaluation_space space;
  for (auto const sides : {joust::aot_sides::paired, joust::aot_sides::unpaired}) {
    for (auto const likelihood : {joust::log_likelihood::sum, joust::log_likelihood::mean}) {
      joust::aot const loss{{.beta = 0.4, .sides = sides, .likelihood = likelihood}};
      for (std::size_t const n : std::vector<std::size_t>{1, 2, 3, 100, 257, 1025, 3001}) {
        for (auto const how : {mix::hard_and_equal, mix::hard_and_dyadic, mix::soft_and_any}) {
          for (auto const by : {mean_over::active_weight, mean_over::all_duels}) {
            CAPTURE(n, how, by, sides, likelihood);
            host_batch const batch{n, 30 + n, how};
            evaluated const host = on_host(loss, batch, by);
            check_close(on_device(loss, batch, space, by), host, 1e-11);
            check_close(on_device(joust::any_loss{loss}, batch, space, by), host, 1e-11);
          }
        }
      }
    }
  }
}

TEST_CASE("aot sorts equal heights by their place, zeros of both signs among them, and light masses last") {
  evaluation_space space;
  host_batch batch{600, 40, mix::soft_and_any};
  for (std::size_t i = 0; i < 600; ++i) {
    scored_pair& duel = batch.duels[i];
    double const level = i % 3 == 0 ? 0.0 : i % 3 == 1 ? -0.0 : -1.0;
    duel = {level, i % 2 == 0 ? 0.0 : -0.0, 0.0, -1.0, 1.0 + static_cast<double>(i % 4), 2.0};
    batch.weights[i] = std::ldexp(1.0, -static_cast<int>(i % 7) * 4);
  }
  batch.weights[11] = 1e-25;  // lighter than what masses are counted in
  for (auto const sides : {joust::aot_sides::paired, joust::aot_sides::unpaired}) {
    joust::aot const loss{{.beta = 0.4, .sides = sides, .likelihood = joust::log_likelihood::mean}};
    check_close(on_device(loss, batch, space), on_host(loss, batch), 1e-11);
  }
}

TEST_CASE("an empty batch, and one without weight, have loss and slopes zero on the device") {
  evaluation_space space;
  for (auto const name : {"dpo", "aot_paired", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    for (auto const by : {mean_over::active_weight, mean_over::all_duels}) {
      CHECK(on_device(loss, host_batch{0, 1, mix::soft_and_any}, space, by).value == 0.0);
      host_batch idle{300, 2, mix::soft_and_any};
      idle.weights.assign(300, 0.0);
      evaluated const result = on_device(loss, idle, space, by);
      CHECK(result.value == 0.0);
      CHECK((result.slopes == std::vector<pair_slopes>(300, {0.0, 0.0})));
    }
  }
}

TEST_CASE("a duel that the host would refuse is NaN on the device, and the others are what they were") {
  constexpr std::size_t n = 700;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  evaluation_space space;
  for (auto const name : {"dpo", "slic", "nash_md", "sppo"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    for (int fault = 0; fault < 6; ++fault) {
      CAPTURE(name, fault);
      host_batch batch{n, 50, mix::hard_and_equal};
      evaluated const sound = on_device(loss, batch, space, mean_over::all_duels);
      switch (fault) {
        case 0:
          batch.duels[300].chosen = no_number;
          break;
        case 1:
          batch.duels[300].rejected_reference = -infinity;
          break;
        case 2:
          batch.duels[300].chosen_length = 0.0;
          break;
        case 3:
          batch.outcomes[300] = 1.5;
          break;
        case 4:
          batch.outcomes[300] = no_number;
          break;
        default:
          batch.weights[300] = -1.0;
      }
      evaluated const result = on_device(loss, batch, space, mean_over::all_duels);
      CHECK(std::isnan(result.value));
      for (std::size_t i = 0; i < n; ++i) {
        bool const as_expected =
            i == 300 ? std::isnan(result.slopes[i].chosen) && std::isnan(result.slopes[i].rejected)
                     : result.slopes[i] == sound.slopes[i];
        if (!as_expected) FAIL_CHECK("the slopes of duel " << i);
      }
    }
  }
}

TEST_CASE("aot matches the sound duels of a batch among themselves") {
  evaluation_space space;
  host_batch batch{400, 60, mix::soft_and_any};
  batch.weights[7] = 0.75;
  host_batch without = batch;
  without.weights[7] = 0.0;
  batch.duels[7].chosen = no_number;
  for (auto const name : {"aot_paired", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    evaluated const result = on_device(loss, batch, space, mean_over::all_duels);
    evaluated const expected = on_host(loss, without, mean_over::all_duels);
    CHECK(std::isnan(result.value));
    CHECK(std::isnan(result.slopes[7].chosen));
    CHECK(std::isnan(result.slopes[7].rejected));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < 400; ++i) {
      if (i == 7) continue;
      wrong += !(std::fabs(result.slopes[i].chosen - expected.slopes[i].chosen) < 1e-13);
      wrong += !(std::fabs(result.slopes[i].rejected - expected.slopes[i].rejected) < 1e-13);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("weights that have no finite sum leave no slope that could be taken for one") {
  evaluation_space space;
  host_batch batch{5, 70, mix::hard_and_equal};
  batch.weights[1] = 0.0;
  batch.weights[3] = batch.weights[4] = std::numeric_limits<double>::max();
  for (auto const name : {"dpo", "aot_paired"}) {
    evaluated const result = on_device(joust::any_loss::named(name), batch, space);
    CHECK(std::isnan(result.value));
    CHECK(std::isnan(result.slopes[0].chosen));
    CHECK((result.slopes[1] == pair_slopes{0.0, 0.0}));
  }
}

TEST_CASE("a duel of weight zero is as if absent on the device, whatever it holds") {
  evaluation_space space;
  for (auto const name : {"dpo", "apo_down", "aot_paired", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    host_batch batch{300, 80, mix::hard_and_equal};
    batch.weights[17] = 0.0;
    evaluated const expected = on_host(loss, batch);
    batch.duels[17] = {no_number, no_number, no_number, no_number, no_number, no_number};
    batch.outcomes[17] = no_number;
    check_close(on_device(loss, batch, space), expected, 1e-11);
  }
}

TEST_CASE("the same batch gives the same bits again, in memory used before or new") {
  host_batch const batch{5000, 90, mix::soft_and_any};
  for (auto const name : {"dpo", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    evaluation_space used;
    on_device(loss, host_batch{7001, 91, mix::soft_and_any}, used);
    evaluation_space fresh;
    evaluated const first = on_device(loss, batch, used);
    evaluated const second = on_device(loss, batch, fresh);
    CHECK(first.value == second.value);
    CHECK((first.slopes == second.slopes));
  }
}

TEST_CASE("a batch of many portions, and sums of sums of sums") {
  evaluation_space space;
  host_batch const even{70'001, 95, mix::hard_and_dyadic};
  check_same(on_device(joust::dpo{}, even, space), on_host(joust::dpo{}, even));
  host_batch const any{70'001, 96, mix::soft_and_any};
  check_close(on_device(joust::aot{}, any, space), on_host(joust::aot{}, any), 1e-11);

  queue order;
  for (std::size_t const count : std::vector<std::size_t>{0, 1, 63, 64, 65, 4096, 4097, 300'001}) {
    std::vector<double> numbers(count);
    double expected = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      numbers[i] = static_cast<double>(i % 1000);  // whole: exact in any order
      expected += numbers[i];
    }
    buffer<double> sums{joust::device::detail::room_to_sum(count)};
    numbers.resize(sums.size(), no_number);
    sums.copy_from(order, numbers);
    buffer<double> total{std::vector<double>{no_number}};
    joust::device::detail::sum_in_order(order, sums.data(), count, total.data());
    CHECK(total.download(order)[0] == expected);
  }
}

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
TEST_CASE("the number of threads changes no bit") {
  int const usual = omp_get_max_threads();
  evaluation_space space;
  host_batch const batch{20'001, 97, mix::soft_and_any};
  for (auto const name : {"dpo", "aot_paired", "aot_unpaired"}) {
    joust::any_loss const loss = joust::any_loss::named(name);
    omp_set_num_threads(1);
    evaluated const one = on_device(loss, batch, space);
    for (int const threads : {2, 3, 7}) {
      omp_set_num_threads(threads);
      evaluated const many = on_device(loss, batch, space);
      CHECK(many.value == one.value);
      CHECK((many.slopes == one.slopes));
    }
  }
  omp_set_num_threads(usual);
}
#endif

TEST_CASE("spans of unequal lengths are refused on the device, and nothing is written") {
  queue order;
  evaluation_space space;
  host_batch const batch{4, 100, mix::hard_and_equal};
  buffer<scored_pair> duels{batch.duels};
  buffer<double> four{batch.weights};
  buffer<double> three{3};
  buffer<pair_slopes> slopes{std::vector<pair_slopes>(4, {5.0, 6.0})};
  buffer<pair_slopes> few{3};
  joust::dpo const loss;
  CHECK_THROWS_WITH(
      joust::device::evaluate(order, loss, all_of(duels), all_of(three), all_of(four), all_of(slopes), space),
      "outcomes: is of length 3; expected one for each of 4 duels");
  CHECK_THROWS_WITH(
      joust::device::evaluate(order, loss, all_of(duels), all_of(four), all_of(three), all_of(slopes), space),
      "weights: is of length 3; expected one for each of 4 duels");
  CHECK_THROWS_WITH(
      joust::device::evaluate(order, loss, all_of(duels), all_of(four), all_of(four), all_of(few), space),
      "slopes: is of length 3; expected one for each of 4 duels");
  CHECK_THROWS_WITH(joust::device::evaluate(order, loss, all_of(duels), all_of(four), all_of(four),
                                            all_of(slopes), all_of(three), space),
                    "total: is of length 3; expected a single number");
  CHECK((slopes.download(order) == std::vector<pair_slopes>(4, {5.0, 6.0})));
}
