// SPDX-License-Identifier: MIT
#include <joust/device/replicate.hpp>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <catch2/catch.hpp>

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rcs.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/self_sparring.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/environment/random_tournament.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/save.hpp>

using joust::named;
using joust::regret_kind;
using joust::study;
using joust::study_options;
using joust::device::queue;
namespace device = joust::device;

namespace {

// The agents whose numbers are the host's on every system.
study on_device(study_options const& options, joust::arena const& where) {
  queue order;
  return device::replicate(order, options, where, joust::rucb{}, named{"bold", joust::rucb{{.alpha = 0.3}}},
                           joust::uniform_arms{}, joust::winner_stays_weak{}, joust::winner_stays_strong{});
}
study on_host(study_options const& options, joust::arena const& where) {
  return joust::replicate(options, where, joust::rucb{}, named{"bold", joust::rucb{{.alpha = 0.3}}},
                          joust::uniform_arms{}, joust::winner_stays_weak{}, joust::winner_stays_strong{});
}

template <class Tensor>
bool same_numbers(Tensor const& a, Tensor const& b) {
  if (a.shape() != b.shape()) return false;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (!(*x == *y || (*x != *x && *y != *y))) return false;
  }
  return true;
}

void check_same(study const& a, study const& b) {
  CHECK(a.environment == b.environment);
  CHECK(a.agents == b.agents);
  CHECK(a.seed == b.seed);
  CHECK(a.rounds == b.rounds);
  CHECK(same_numbers(a.finished, b.finished));
  CHECK(same_numbers(a.comparisons, b.comparisons));
  CHECK(same_numbers(a.regret, b.regret));
}

std::string contents(std::filesystem::path const& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

}  // namespace

TEST_CASE("a study on the device is the study on the host") {
  study_options const options{.horizon = 3'000, .replications = 7, .seed = 11, .checkpoints = 60};
  check_same(on_device(options, joust::arxiv6()), on_host(options, joust::arxiv6()));
}

TEST_CASE("a family gives every replication its own instance there too") {
  // More replications than play at once on a host, and a tournament that seldom has a winner.
  study_options const options{
      .horizon = 60, .replications = 300, .seed = 2, .checkpoints = 5, .spacing = joust::spacing::linear};
  joust::random_tournament const family{.arms = 5};
  check_same(on_device(options, family), on_host(options, family));
}

TEST_CASE("agents with Beta tails and logarithms of the device's own agree up to rounding") {
  queue order;
  study_options const options{.horizon = 500, .replications = 20, .seed = 3, .checkpoints = 10};
  auto const here = device::replicate(order, options, joust::arxiv6(), joust::rmed1{},
                                      joust::double_thompson{}, joust::self_sparring{});
  auto const there = joust::replicate(options, joust::arxiv6(), joust::rmed1{}, joust::double_thompson{},
                                      joust::self_sparring{});
  if (!device::on_gpu) return check_same(here, there);
  for (std::size_t agent = 0; agent < 3; ++agent) {
    auto const a = here.summarize(regret_kind::average, agent, here.rounds.size() - 1);
    auto const b = there.summarize(regret_kind::average, agent, there.rounds.size() - 1);
    CHECK(std::fabs(a.mean - b.mean) < 6.0 * (a.standard_error + b.standard_error));
  }
}

TEST_CASE("the saved files are the same, byte for byte") {
  study_options const options{.horizon = 300, .replications = 4, .seed = 1, .checkpoints = 9};
  auto const folder = std::filesystem::temp_directory_path() / "joust-device-replicate";
  std::filesystem::remove_all(folder);
  on_device(options, joust::arxiv6()).save(folder / "device");
  on_host(options, joust::arxiv6()).save(folder / "host");
  for (char const* const file : {"regret.csv", "comparisons.csv", "regret.npy"}) {
    INFO(file);
    std::string const written = contents(folder / "device" / file);
    CHECK(written.size() > 100);
    CHECK(written == contents(folder / "host" / file));
  }
  std::string const entry = "\"device\": \"" + std::string{device::system_name} + "\"";
  CHECK(contents(folder / "device" / "study.json").find(entry) != std::string::npos);
  CHECK(contents(folder / "host" / "study.json").find("\"device\"") == std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST_CASE("an interrupted study on the device holds what was finished") {
  queue order;
  std::atomic<bool> stop{true};
  study const none =
      device::replicate(order, {.horizon = 100, .replications = 3, .checkpoints = 4, .interrupt = &stop},
                        joust::arxiv6(), joust::rucb{});
  CHECK_FALSE(none.complete());
  CHECK(none.summarize_comparisons(0, 0).count == 0);
  CHECK_FALSE(none.knows(regret_kind::average));
  CHECK(std::isnan(none.regret(0, 0, 2, 0)));

  // Stopped while the second agent plays: the first one's replications stay, the others leave no number.
  stop = false;
  study_options options{.horizon = 600'000, .replications = 3, .checkpoints = 50, .interrupt = &stop};
  options.progress = [&](std::uint64_t played, std::uint64_t) { stop = played > 1'800'000; };
  study const middle =
      device::replicate(order, options, joust::arxiv6(), joust::uniform_arms{}, joust::self_sparring{});
  if (device::on_gpu && middle.complete()) return;  // too fast to be caught between two looks at the clock
  REQUIRE_FALSE(middle.complete());
  CHECK(middle.summarize_comparisons(0, middle.rounds.size() - 1).count == 3);
  CHECK(middle.summarize_comparisons(1, 0).count == 0);
  CHECK(std::isnan(middle.comparisons(1, 0, 0)));
}

TEST_CASE("progress on the device ends at all rounds") {
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  study_options options{.horizon = 500, .replications = 300, .checkpoints = 3};
  options.progress = [&](std::uint64_t played, std::uint64_t total) {
    last = played;
    all = total;
  };
  (void)on_device(options, joust::arxiv6());
  CHECK(last == 750'000);
  CHECK(all == 750'000);
}

TEST_CASE("what has no place on a device is refused, by its name") {
  queue order;
  study_options const quick{.horizon = 10, .replications = 1};
  CHECK_THROWS_WITH(
      device::replicate(order, quick, joust::arxiv6(), joust::rucb{}, named{"mine", joust::rcs{}}),
      "agents: is 'mine', which has no device form; expected agents that have one: rucb, rmed1, "
      "double_thompson, self_sparring, winner_stays_weak, winner_stays_strong, uniform_arms");
  CHECK_THROWS_WITH(
      device::replicate(order, quick, named{"changing", joust::random_candidates{}}, joust::rucb{}),
      "environment: is 'changing', whose candidates or answers change; expected fixed arms: on a device "
      "there "
      "is no other");
  CHECK_THROWS_WITH(device::replicate(order, quick, joust::random_tournament{.arms = 65}, joust::rucb{}),
                    "arms: is 65; expected at most 64 on a device");
  CHECK_THROWS_AS(device::replicate(order, {.horizon = 10, .replications = 1, .delay = 2}, joust::arxiv6(),
                                    joust::rucb{}),
                  std::invalid_argument);
  CHECK_THROWS_AS(device::replicate(order, {.horizon = 10, .replications = 1, .confidence = 0.9},
                                    joust::arxiv6(), joust::rucb{}),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      device::replicate(order, {.horizon = 10, .replications = 0}, joust::arxiv6(), joust::rucb{}),
      std::invalid_argument);
  CHECK_THROWS_AS(device::replicate(order, quick, joust::arxiv6(), joust::rucb{}, joust::rucb{}),
                  std::invalid_argument);
}
