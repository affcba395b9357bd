// SPDX-License-Identifier: MIT
#include <joust/device/simulate.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/self_sparring.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/beta_tail.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/utility_link.hpp>
#include <joust/experiment/checkpoints.hpp>
#include <joust/experiment/run.hpp>

using joust::fixed_arms;
using joust::preference_matrix;
using joust::regret_kind;
using joust::device::queue;
using joust::device::simulate;
using joust::device::simulation;

namespace {

// Probabilities at random, with a winner or (probably) without, or all within `spread` of even.
preference_matrix random_matrix(std::size_t arms, bool winner, double spread, joust::stream& random) {
  std::vector<double> entries(arms * arms, 0.5);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = i + 1; j < arms; ++j) {
      double const lead = spread * (2.0 * joust::draw_uniform(random) - 1.0);
      double const chance = 0.5 + (winner && i == 0 ? std::fabs(lead) + 1e-3 : lead);
      entries[i * arms + j] = std::min(chance, 1.0);
      entries[j * arms + i] = 1.0 - std::min(chance, 1.0);
    }
  }
  return {arms, entries};
}

bool same(double a, double b) { return a == b || (a != a && b != b); }

// In how many of the replications the device's numbers are not those of joust::run, at any checkpoint.
template <class Agent>
std::size_t unlike_the_host(simulation const& found, fixed_arms problem, Agent const& prototype,
                            std::uint64_t seed) {
  std::size_t unlike = 0;
  for (std::size_t r = 0; r < found.replications(); ++r) {
    Agent agent = prototype.fresh(problem.shape());
    joust::trace const host =
        joust::run(agent, problem, {.checkpoints = found.rounds()}, joust::stream{seed}.child(r));
    bool like = true;
    for (std::size_t point = 0; point < found.rounds().size(); ++point) {
      for (regret_kind const kind : joust::regret_kinds) {
        like = like && same(found.regret(kind, point, r), host.points[point].regret[joust::slot(kind)]);
      }
      like = like && found.comparisons(point, r) == static_cast<double>(host.points[point].comparisons);
    }
    unlike += like ? 0 : 1;
  }
  return unlike;
}

// Agents whose decisions hang on logarithms or tails of the device's own may, on a GPU, decide otherwise
// where two numbers are equal up to rounding. On hosts nobody does.
enum class promise { every_digit, up_to_rounding };

template <class Agent>
void agrees_with_host(Agent const& prototype, promise promised) {
  queue order;
  joust::stream random = joust::stream{41}.child("matrices");
  std::uint64_t seed = 7;
  for (std::size_t const arms : {2U, 3U, 4U, 5U, 8U, 16U, 17U, 33U, 64U}) {
    for (bool const winner : {true, false}) {
      fixed_arms const problem{random_matrix(arms, winner, winner ? 0.3 : 0.03, random)};
      std::vector<std::uint64_t> const rounds = joust::checkpoints(arms > 16 ? 700 : 1'500, 30);
      std::size_t const replications = arms > 16 ? 3 : 5;
      simulation const found = simulate(
          order, {.checkpoints = rounds, .replications = replications, .seed = ++seed, .keep_all = true},
          problem, prototype);
      REQUIRE(found.complete());
      REQUIRE(found.replications() == replications);
      std::size_t const allowed =
          joust::device::on_gpu && promised == promise::up_to_rounding ? replications / 2 : 0;
      INFO("arms " << arms << ", winner " << winner);
      CHECK(unlike_the_host(found, problem, prototype, seed) <= allowed);
    }
  }
}

}  // namespace

TEST_CASE("every regret of every replication is the host's: uniform") {
  agrees_with_host(joust::uniform_arms{}, promise::every_digit);
}
TEST_CASE("every regret of every replication is the host's: RUCB") {
  agrees_with_host(joust::rucb{}, promise::every_digit);
  agrees_with_host(joust::rucb{{.alpha = 0.2, .untried = 0.5}}, promise::every_digit);
}
TEST_CASE("every regret of every replication is the host's: RMED1") {
  agrees_with_host(joust::rmed1{}, promise::up_to_rounding);
  agrees_with_host(joust::rmed1{{.factor = 0.0, .exponent = 0.0}}, promise::up_to_rounding);
}
TEST_CASE("every regret of every replication is the host's: double Thompson sampling") {
  agrees_with_host(joust::double_thompson{}, promise::up_to_rounding);
}
TEST_CASE("every regret of every replication is the host's: self-sparring") {
  agrees_with_host(joust::self_sparring{}, promise::up_to_rounding);
}
TEST_CASE("every regret of every replication is the host's: winner stays") {
  agrees_with_host(joust::winner_stays_weak{}, promise::every_digit);
  agrees_with_host(joust::winner_stays_strong{}, promise::every_digit);
  agrees_with_host(joust::winner_stays_strong{{.beta = 3.5}}, promise::every_digit);
}

TEST_CASE("long runs agree with the host, over many launches") {
  queue order;
  fixed_arms const problem = joust::arxiv6();
  std::vector<std::uint64_t> const rounds = joust::checkpoints(20'000, 40);
  auto const unlike = [&](auto const& prototype) {
    return unlike_the_host(
        simulate(order, {.checkpoints = rounds, .replications = 3, .seed = 5, .keep_all = true}, problem,
                 prototype),
        problem, prototype, 5);
  };
  CHECK(unlike(joust::rucb{}) == 0);
  CHECK(unlike(joust::uniform_arms{}) == 0);
  CHECK(unlike(joust::winner_stays_strong{}) == 0);
  std::size_t const allowed = joust::device::on_gpu ? 2 : 0;
  CHECK(unlike(joust::rmed1{}) <= allowed);
  CHECK(unlike(joust::double_thompson{}) <= allowed);
  CHECK(unlike(joust::self_sparring{{.learning_rate = 0.7}}) <= allowed);
}

TEST_CASE("regrets that need utilities are the host's") {
  queue order;
  fixed_arms const problem{{0.1, 0.9, 0.9, -0.3, 0.4}, joust::utility_link::logistic};
  REQUIRE(problem.knows(regret_kind::utility));
  simulation const found =
      simulate(order, {.checkpoints = {1, 2, 50, 400}, .replications = 4, .seed = 3, .keep_all = true},
               problem, joust::rucb{});
  CHECK(unlike_the_host(found, problem, joust::rucb{}, 3) == 0);
  CHECK(found.regret(regret_kind::preference, 3, 0) > 0.0);
}

TEST_CASE("sure and even outcomes, where all is tied, agree with the host") {
  queue order;
  fixed_arms const sure{preference_matrix{{0.5, 1.0, 1.0}, {0.0, 0.5, 1.0}, {0.0, 0.0, 0.5}}};
  fixed_arms const even{preference_matrix{{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}}};
  for (fixed_arms const& problem : {sure, even}) {
    auto const unlike = [&](auto const& prototype) {
      return unlike_the_host(
          simulate(order, {.checkpoints = {1, 7, 300}, .replications = 5, .seed = 2, .keep_all = true},
                   problem, prototype),
          problem, prototype, 2);
    };
    CHECK(unlike(joust::rucb{}) == 0);
    CHECK(unlike(joust::uniform_arms{}) == 0);
    CHECK(unlike(joust::winner_stays_weak{}) == 0);
    CHECK(unlike(joust::winner_stays_strong{}) == 0);
    std::size_t const allowed = joust::device::on_gpu ? 2 : 0;
    CHECK(unlike(joust::rmed1{}) <= allowed);
    CHECK(unlike(joust::double_thompson{}) <= allowed);
    CHECK(unlike(joust::self_sparring{}) <= allowed);
  }
}

TEST_CASE("means and standard errors are those of the single replications") {
  queue order;
  // Beyond one block of those summed up together, and no multiple of it.
  for (std::size_t const replications : {1U, 2U, 255U, 256U, 257U, 700U}) {
    simulation const found =
        simulate(order, {.checkpoints = {3, 40}, .replications = replications, .seed = 1, .keep_all = true},
                 joust::arxiv6(), joust::rucb{});
    for (std::size_t point = 0; point < 2; ++point) {
      auto const check = [&](auto const& value, joust::device::estimate const& told) {
        double sum = 0.0;
        for (std::size_t r = 0; r < replications; ++r) sum += value(r);
        double const mean = sum / static_cast<double>(replications);
        double squares = 0.0;
        for (std::size_t r = 0; r < replications; ++r) squares += (value(r) - mean) * (value(r) - mean);
        double const n = static_cast<double>(replications);
        CHECK(told.mean == Approx(mean).epsilon(1e-12).margin(1e-13));
        if (replications == 1) {
          CHECK(std::isnan(told.standard_error));
        } else {
          CHECK(told.standard_error ==
                Approx(std::sqrt(squares / (n - 1.0) / n)).epsilon(1e-10).margin(1e-13));
        }
      };
      for (regret_kind const kind : {regret_kind::average, regret_kind::weak_binary, regret_kind::simple}) {
        check([&](std::size_t r) { return found.regret(kind, point, r); }, found.regret(kind, point));
      }
      check([&](std::size_t r) { return found.comparisons(point, r); }, found.comparisons(point));
    }
    CHECK(std::isnan(found.regret(regret_kind::utility, 0).mean));  // arXiv-6 knows no utilities
    CHECK(std::isnan(found.regret(regret_kind::utility, 0).standard_error));
  }
}

TEST_CASE("waves and launches change no digit") {
  queue order;
  joust::device::simulation_options options{
      .checkpoints = {1, 2, 3, 63, 64, 65, 500}, .replications = 600, .seed = 9, .keep_all = true};
  simulation const whole = simulate(order, options, joust::arxiv6(), joust::rucb{});
  options.at_once = 512;
  options.rounds_per_launch = 32;
  simulation const parts = simulate(order, options, joust::arxiv6(), joust::rucb{});
  options.keep_all = false;
  simulation const means = simulate(order, options, joust::arxiv6(), joust::rucb{});
  for (std::size_t point = 0; point < options.checkpoints.size(); ++point) {
    for (regret_kind const kind : joust::regret_kinds) {
      for (simulation const* const other : {&parts, &means}) {
        CHECK(same(whole.regret(kind, point).mean, other->regret(kind, point).mean));
        CHECK(same(whole.regret(kind, point).standard_error, other->regret(kind, point).standard_error));
      }
      bool like = true;
      for (std::size_t r = 0; r < 600; ++r) {
        like = like && same(whole.regret(kind, point, r), parts.regret(kind, point, r));
      }
      CHECK(like);
    }
  }
}

TEST_CASE("more checkpoints than a launch writes down are all there") {
  queue order;
  std::vector<std::uint64_t> every(200);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i + 1;
  simulation const found =
      simulate(order, {.checkpoints = every, .replications = 2, .seed = 1, .keep_all = true}, joust::arxiv6(),
               joust::uniform_arms{});
  CHECK(unlike_the_host(found, joust::arxiv6(), joust::uniform_arms{}, 1) == 0);
  CHECK(found.comparisons(199).mean == 200.0);
}

TEST_CASE("a simulation says how far it is, and ends when told to") {
  queue order;
  std::atomic<std::uint64_t> played{0};
  simulation const whole =
      simulate(order, {.checkpoints = {50, 2'000}, .replications = 300, .rounds_played = &played},
               joust::arxiv6(), joust::uniform_arms{});
  CHECK(whole.complete());
  CHECK(played == 600'000);
  std::atomic<bool> stop{true};
  simulation const none = simulate(order, {.checkpoints = {10}, .replications = 3, .interrupt = &stop},
                                   joust::arxiv6(), joust::uniform_arms{});
  CHECK_FALSE(none.complete());
  CHECK(none.replications() == 0);
  CHECK(std::isnan(none.regret(regret_kind::average, 0).mean));
}

TEST_CASE("simulations that make no sense are refused") {
  queue order;
  auto const with = [&](joust::device::simulation_options const& options) {
    return simulate(order, options, joust::arxiv6(), joust::rucb{});
  };
  CHECK_THROWS_WITH(with({.checkpoints = {}}), "checkpoints: is empty; expected at least one round");
  CHECK_THROWS_WITH(with({.checkpoints = {0}}),
                    "checkpoints: is 0 after 0; expected increasing rounds from 1");
  CHECK_THROWS_AS(with({.checkpoints = {5, 5}}), std::invalid_argument);
  CHECK_THROWS_AS(with({.checkpoints = {4'294'967'296}}), std::invalid_argument);
  CHECK_THROWS_WITH(with({.checkpoints = {5}, .replications = 0}),
                    "replications: is 0; expected at least one");
  CHECK_THROWS_WITH(with({.checkpoints = {5}, .at_once = 100}),
                    "at_once: is 100; expected a multiple of 256");
  preference_matrix const many{65, std::vector<double>(65 * 65, 0.5)};
  CHECK_THROWS_WITH(simulate(order, {.checkpoints = {5}}, many, joust::rucb{}),
                    "arms: is 65; expected at most 64 on a device");
  CHECK_THROWS_AS(simulate(order, {.checkpoints = {5}}, joust::arxiv6(), joust::rmed1{{.exponent = 1e9}}),
                  std::invalid_argument);

  simulation const means =
      simulate(order, {.checkpoints = {5}, .replications = 3}, joust::arxiv6(), joust::rucb{});
  CHECK_THROWS_AS(means.regret(regret_kind::average, 1), std::invalid_argument);
  CHECK_THROWS_WITH(means.comparisons(0, 0),
                    "keep_all: is false; expected true, for values of single replications");
}

TEST_CASE("a replication takes the memory that the how-to states") {
  // docs/how-to/put-a-study-on-the-gpu.md, in tenths of a KiB: tables for up to 4, 8, 16, 32 and 64 arms.
  auto const tables = [](auto const& agent) {
    using agent_type = std::remove_cvref_t<decltype(agent)>;
    std::array<int, 5> tenths{};
    for (std::size_t i = 0; i < tenths.size(); ++i) {
      std::size_t const all = joust::device::detail::bytes_per_replication<agent_type>(std::size_t{4} << i);
      std::size_t const beside = 88 + 3328;  // totals, and what is written down in a launch
      tenths[i] = static_cast<int>(std::lround(10.0 * static_cast<double>(all - beside) / 1024.0));
    }
    return tenths;
  };
  if (joust::device::cut_for_gpu) {
    auto const found = tables(joust::rucb{});
    CHECK(std::array{found[1], found[2], found[4]} == std::array{16, 61, 966});
    CHECK((found[0] == found[1] && found[3] == found[4]));
    return;
  }
  CHECK(tables(joust::uniform_arms{}) == std::array{1, 5, 20, 80, 321});
  CHECK(tables(joust::rucb{}) == std::array{4, 16, 61, 243, 966});
  CHECK(tables(joust::rmed1{}) == std::array{3, 11, 42, 163, 646});
  CHECK(tables(joust::double_thompson{}) == std::array{7, 22, 73, 266, 1011});
  CHECK(tables(joust::self_sparring{}) == std::array{1, 2, 4, 8, 15});
  CHECK(tables(joust::winner_stays_weak{}) == std::array{1, 2, 3, 6, 11});
  CHECK(tables(joust::winner_stays_strong{}) == std::array{1, 2, 3, 6, 12});
}

namespace {

struct tail_question {
  double alpha;
  double beta;
  double x;
};

struct answer_tails {
  tail_question const* questions;
  double* tails;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    tails[i] = joust::device::detail::beta_tail(questions[i].alpha, questions[i].beta, questions[i].x);
  }
};

std::vector<double> tails_of(std::vector<tail_question> const& questions) {
  queue order;
  joust::device::buffer<tail_question> const asked{questions};
  joust::device::buffer<double> answers{std::vector<double>(questions.size(), -1.0)};
  joust::device::for_each_index(order, questions.size(), answer_tails{asked.data(), answers.data()});
  return answers.download(order);
}

}  // namespace

TEST_CASE("Beta tails have the digits of a calculation with fifty") {
  struct known {
    tail_question question;
    double tail;
  };
  std::vector<known> const all{{{2, 3, 0.5}, 0.3125},
                               {{3, 8, 0.5}, 0.0546875},
                               {{40, 60, 0.5}, 0.02193764679350760312},
                               {{1.5, 7.25, 0.4}, 0.05395987867132357658},
                               {{120, 80, 0.5}, 0.9977724844148909574},
                               {{385.25, 644.75, 0.5}, 2.096272969622822547e-16},
                               {{4500, 5000, 0.5}, 1.438720903398231111e-7},
                               {{8452, 9163, 0.480739}, 0.4033170699991414505},
                               {{5, 6, 0.991609}, 7.121394503809903793e-11},
                               {{1, 9, 0.25}, 0.07508468627929688},
                               {{9, 1, 0.25}, 0.9999961853027344},
                               {{7, 3, 0.0}, 1.0},
                               {{7, 3, 1.0}, 0.0}};
  std::vector<tail_question> questions;
  for (known const& one : all) questions.push_back(one.question);
  std::vector<double> const tails = tails_of(questions);
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO("Beta(" << questions[i].alpha << ", " << questions[i].beta << ") above " << questions[i].x);
    CHECK(tails[i] == Approx(all[i].tail).epsilon(1e-13).margin(0.0));
  }
}

TEST_CASE("Beta tails are Boost's, as far as Boost's go") {
  joust::stream random{8};
  std::vector<tail_question> questions;
  for (double const most : {3.0, 30.0, 1e3, 1e5}) {
    for (int n = 0; n < 400; ++n) {
      tail_question q{std::exp(std::log(most) * joust::draw_uniform(random)),
                      std::exp(std::log(most) * joust::draw_uniform(random)), 0.5};
      if (n % 2 == 0) q = {std::floor(q.alpha), std::floor(q.beta), 0.5};
      double const mean = q.alpha / (q.alpha + q.beta);
      double const spread = std::sqrt(mean * (1.0 - mean) / (q.alpha + q.beta));
      if (n % 3 != 0) q.x = mean + spread * (12.0 * joust::draw_uniform(random) - 6.0);
      if (q.x > 0.0 && q.x < 1.0) questions.push_back(q);
    }
  }
  std::vector<double> const tails = tails_of(questions);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto const [alpha, beta, x] = questions[i];
    double const expected = joust::detail::beta_tail(alpha, beta, x);
    if (expected < 1e-25) continue;
    ++compared;
    double const error = std::fabs(tails[i] - expected) / expected;
    INFO("Beta(" << alpha << ", " << beta << ") above " << x << ": " << tails[i] << ", Boost " << expected);
    CHECK(error < 1e-13 + 4e-16 * (alpha + beta));  // Boost's density loses digits as parameters grow
  }
  CHECK(compared > 1000);
}
