// SPDX-License-Identifier: MIT
#include <joust/device/compare.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/oracle/compare_batch.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace {

namespace device = joust::device;
using joust::outcome;
using joust::pairing;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct answers {
  std::vector<outcome> outcomes;
  std::vector<double> probabilities;
};

template <class Oracle>
answers batch(Oracle const& oracle, std::vector<pairing> const& questions, joust::stream const& root) {
  device::queue order;
  device::buffer<pairing> const pairs{questions};
  std::size_t const count = questions.size();
  device::buffer<outcome> outcomes{std::vector<outcome>(count, 77.0)};
  device::buffer<double> probabilities{std::vector<double>(count, 77.0)};
  device::compare(order, oracle, {pairs.data(), count}, root, {outcomes.data(), count},
                  {probabilities.data(), count});
  return {outcomes.download(order), probabilities.download(order)};
}

// The host's oracle, question by question; NaN where it refuses.
template <class Oracle, class Context, class Action>
answers loop(Oracle oracle, std::vector<Context> const& contexts, std::vector<pairing> const& questions,
             joust::stream const& root, Action const& action) {
  answers result;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    joust::stream random = root.child(static_cast<std::uint64_t>(i));
    auto const& x = contexts[i % contexts.size()];
    auto const first = action(i, questions[i].first);
    auto const second = action(i, questions[i].second);
    try {
      result.probabilities.push_back(oracle.probability(x, first, second));
      result.outcomes.push_back(oracle.compare(x, first, second, random));
    } catch (std::exception const&) {
      result.probabilities.resize(i, 0.0);
      result.probabilities.push_back(no_number);
      result.outcomes.push_back(no_number);
    }
  }
  return result;
}

// Bit for bit; probabilities to a few units in the last place where the exponential is another one.
void check_equal(answers const& one, answers const& two) {
  REQUIRE(one.outcomes.size() == two.outcomes.size());
  REQUIRE(one.probabilities.size() == two.probabilities.size());
  bool agree = true;
  auto const same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (std::size_t i = 0; i < one.outcomes.size(); ++i) {
    double const p = one.probabilities[i];
    double const q = two.probabilities[i];
    agree = agree && same(one.outcomes[i], two.outcomes[i]);
    agree = agree && (same(p, q) || (device::on_gpu && std::fabs(p - q) <= 1e-14 * std::fabs(q)));
  }
  CHECK(agree);
}

std::vector<double> numbers(std::size_t count, double width, joust::stream random) {
  std::vector<double> result(count);
  for (double& x : result) x = width * (joust::draw_uniform(random) - 0.5);
  return result;
}

std::vector<pairing> pairs_below(std::size_t actions, std::size_t count, joust::stream random) {
  std::vector<pairing> result(count);
  for (pairing& pair : result) {
    pair = {joust::draw_index(actions, random), joust::draw_index(actions, random)};
  }
  return result;
}

// Which utility the host's oracle sees: actions are utilities there.
struct own_utility {
  double operator()(double action) const { return action; }
};

// All oracles over utilities, on the same questions.
template <class Action>
void check_links(device::action_utilities const& utility, std::vector<pairing> const& questions,
                 joust::stream const& root, Action const& action) {
  std::vector<joust::no_context> const none(1);
  auto const check = [&](auto const& on_device, auto const& on_host) {
    check_equal(batch(on_device, questions, root), loop(on_host, none, questions, root, action));
  };
  check(device::bradley_terry{utility}, joust::bradley_terry{own_utility{}});
  check(device::thurstone{utility}, joust::thurstone{own_utility{}});
  check(device::linear_link{utility}, joust::linear_link{own_utility{}});
  for (double const nu : {0.0, 0.7}) {
    check(device::davidson_ties{utility, nu}, joust::davidson_ties{own_utility{}, nu});
  }
  for (double const rate : {0.0, 0.2, 0.5}) {
    check(device::noisy{device::thurstone{utility}, rate},
          joust::noisy{joust::thurstone{own_utility{}}, rate});
    check(device::noisy{device::davidson_ties{utility, 1.5}, rate},
          joust::noisy{joust::davidson_ties{own_utility{}, 1.5}, rate});
  }
}

}  // namespace

TEST_CASE("oracles over utilities answer as on the host", "[compare]") {
  joust::stream const random{1};
  for (std::size_t const count : std::vector<std::size_t>{1, 256, 257, 3000}) {
    joust::stream const root = random.child(static_cast<std::uint64_t>(count));
    double const width = count == 257 ? 60.0 : 1.9;  // far apart and within reach of the linear link
    CAPTURE(count);
    {
      std::vector<double> const u = numbers(9, width, root.child("one set"));
      device::buffer<double> const utilities{u};
      check_links({.utilities = {utilities.data(), 9}}, pairs_below(9, count, root.child("pairs")), root,
                  [&](std::size_t, std::size_t a) { return u[a]; });
    }
    {
      std::vector<double> const u = numbers(4 * count, width, root.child("sets"));
      device::buffer<double> const utilities{u};
      check_links({.utilities = {utilities.data(), u.size()}, .per_question = 4},
                  pairs_below(4, count, root.child("pairs")), root,
                  [&](std::size_t i, std::size_t a) { return u[4 * i + a]; });
    }
    {
      std::vector<std::size_t> o{0};
      joust::stream sizes = root.child("sizes");
      std::vector<pairing> pairs;
      for (std::size_t i = 0; i < count; ++i) {
        std::size_t const size = 1 + joust::draw_index(6, sizes);
        o.push_back(o.back() + size);
        pairs.push_back({joust::draw_index(size, sizes), joust::draw_index(size, sizes)});
      }
      std::vector<double> const u = numbers(o.back(), width, root.child("ragged sets"));
      device::buffer<double> const utilities{u};
      device::buffer<std::size_t> const offsets{o};
      check_links({.utilities = {utilities.data(), u.size()}, .offsets = {offsets.data(), o.size()}}, pairs,
                  root, [&](std::size_t i, std::size_t a) { return u[o[i] + a]; });
    }
  }
}

TEST_CASE("a matrix answers as on the host", "[compare]") {
  joust::stream random{2};
  for (std::size_t const arms : std::vector<std::size_t>{2, 5, 40}) {
    std::vector<double> entries(arms * arms, 0.5);
    for (std::size_t i = 0; i < arms; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        entries[i * arms + j] = joust::draw_uniform(random);
        entries[j * arms + i] = 1.0 - entries[i * arms + j];
      }
    }
    joust::preference_matrix const matrix{arms, entries};
    for (std::size_t i = 0; i < arms; ++i) {
      for (std::size_t j = 0; j < arms; ++j) entries[i * arms + j] = matrix(i, j);
    }
    device::buffer<double> const copy{entries};
    device::preference_matrix const same{{copy.data(), copy.size()}, arms};
    auto questions = pairs_below(arms, 1000, random.child(static_cast<std::uint64_t>(arms)));
    questions[7].first = arms;
    questions[300].second = (std::numeric_limits<std::size_t>::max)();
    std::vector<joust::no_context> const none(1);
    auto const index = [](std::size_t, std::size_t a) { return a; };
    answers const answered = batch(same, questions, random);
    check_equal(answered, loop(matrix, none, questions, random, index));
    CHECK(std::isnan(answered.outcomes[7]));
    CHECK(std::isnan(answered.outcomes[300]));
    check_equal(batch(device::noisy{same, 0.25}, questions, random),
                loop(joust::noisy{matrix, 0.25}, none, questions, random, index));
  }
}

TEST_CASE("a batch of the host has the same answers", "[compare]") {
  std::vector<double> const u = numbers(6, 3.0, joust::stream{21});
  device::buffer<double> const utilities{u};
  std::vector<pairing> const questions = pairs_below(6, 700, joust::stream{22});
  std::vector<joust::duel<joust::no_context, double>> duels;
  for (pairing const pair : questions) duels.push_back({{}, u[pair.first], u[pair.second]});
  joust::davidson_ties oracle{own_utility{}, 0.5};
  joust::stream random{23};
  joust::stream same = random;
  joust::compare_batch(oracle, std::span{duels}, random);
  joust::stream const root = same.child(same());
  answers const answered =
      batch(device::davidson_ties{{.utilities = {utilities.data(), 6}}, 0.5}, questions, root);
  for (std::size_t i = 0; i < duels.size(); ++i) CHECK(answered.outcomes[i] == duels[i].outcome);
}

TEST_CASE("outcomes have the frequencies that are told", "[compare]") {
  // One question over and over; 5 sigma.
  constexpr std::size_t count = 20'000;
  device::buffer<double> const utilities{std::vector<double>{0.3, -0.4}};
  device::action_utilities const utility{.utilities = {utilities.data(), 2}};
  std::vector<pairing> const questions(count, {0, 1});
  auto const check = [&](auto const& oracle, double expected) {
    answers const answered = batch(oracle, questions, joust::stream{3});
    double sum = 0.0;
    for (outcome const y : answered.outcomes) sum += y;
    CHECK(answered.probabilities[0] == Approx(expected));
    CHECK(std::fabs(sum / count - expected) < 5.0 * std::sqrt(0.25 / count));
  };
  check(device::bradley_terry{utility}, 1.0 / (1.0 + std::exp(-0.7)));
  check(device::thurstone{utility}, 0.5 + 0.5 * std::erf(0.7 / std::sqrt(2.0)));
  check(device::linear_link{utility}, 0.85);
  check(device::noisy{device::linear_link{utility}, 0.4}, 0.57);
  double const strong = std::exp(0.35);
  check(device::davidson_ties{utility, 2.0}, (strong + 1.0) / (strong + 2.0 + 1.0 / strong));
}

TEST_CASE("a question without answer has none, and the others do not notice", "[compare][fault]") {
  std::vector<double> u = numbers(300, 1.0, joust::stream{4});
  u[11] = no_number;
  u[20] = infinity;
  u[200] = -infinity;
  device::buffer<double> const utilities{u};
  // Question i is about actions 2 i and 2 i + 1. The host throws for all of these.
  std::vector<pairing> questions(150, {0, 1});
  questions[30] = {0, 2};
  questions[31] = {(std::numeric_limits<std::size_t>::max)(), (std::numeric_limits<std::size_t>::max)()};
  check_links({.utilities = {utilities.data(), 300}, .per_question = 2}, questions, joust::stream{5},
              [&](std::size_t i, std::size_t a) { return a < 2 ? u[2 * i + a] : no_number; });
  answers const answered =
      batch(device::bradley_terry{{.utilities = {utilities.data(), 300}, .per_question = 2}}, questions,
            joust::stream{5});
  std::size_t without = 0;
  for (outcome const y : answered.outcomes) without += std::isnan(y) ? 1U : 0U;
  CHECK(without == 5);
  // Beyond the reach of the linear link.
  device::buffer<double> const far_apart{std::vector<double>{0.0, 1.5}};
  answers const refused =
      batch(device::linear_link{{.utilities = {far_apart.data(), 2}}}, {{0, 1}, {0, 0}}, joust::stream{6});
  CHECK(std::isnan(refused.outcomes[0]));
  CHECK(std::isnan(refused.probabilities[0]));
  CHECK(refused.probabilities[1] == 0.5);
  // Offsets that do not rise, or end beyond the utilities.
  device::buffer<std::size_t> const offsets{std::vector<std::size_t>{1, 0, 2, 5}};
  answers const offset = batch(device::bradley_terry{{.utilities = {far_apart.data(), 2},
                                                      .offsets = {offsets.data(), offsets.size()}}},
                               {{0, 0}, {0, 1}, {0, 0}}, joust::stream{7});
  CHECK(std::isnan(offset.outcomes[0]));
  CHECK(!std::isnan(offset.outcomes[1]));
  CHECK(std::isnan(offset.outcomes[2]));
  // An entry of a matrix that is no probability.
  device::buffer<double> const entries{std::vector<double>{0.5, 1.5, no_number, 0.5}};
  answers const odd =
      batch(device::preference_matrix{{entries.data(), 4}, 2}, {{0, 1}, {1, 0}, {1, 1}}, joust::stream{8});
  CHECK(std::isnan(odd.outcomes[0]));
  CHECK(std::isnan(odd.outcomes[1]));
  CHECK(!std::isnan(odd.outcomes[2]));
}

TEST_CASE("probabilities are told only where they are wanted, and nothing is asked of nobody", "[compare]") {
  device::queue order;
  device::buffer<double> const utilities{std::vector<double>{0.3, -0.4}};
  device::bradley_terry const oracle{device::action_utilities{.utilities = {utilities.data(), 2}}};
  std::vector<pairing> const questions{{0, 1}, {1, 0}, {1, 1}};
  device::buffer<pairing> const pairs{questions};
  device::buffer<outcome> outcomes{std::vector<outcome>(3, 77.0)};
  device::compare(order, oracle, {pairs.data(), 3}, joust::stream{9}, {outcomes.data(), 3});
  CHECK(outcomes.download(order) == batch(oracle, questions, joust::stream{9}).outcomes);
  device::compare(order, oracle, {}, joust::stream{9}, {});
}

TEST_CASE("lengths and rates that make no sense are refused", "[compare][fault]") {
  device::queue order;
  device::buffer<double> const numbers{std::vector<double>(8, 0.5)};
  std::span<double const> const eight{numbers.data(), 8};
  device::buffer<std::size_t> const offsets{std::vector<std::size_t>{0, 2, 4}};
  device::buffer<pairing> const pairs{std::vector<pairing>(3, {0, 1})};
  device::buffer<outcome> outcomes{std::vector<outcome>(3, 77.0)};
  auto const ask = [&](auto const& oracle, std::size_t answers = 3, std::span<double> told = {}) {
    device::compare(order, oracle, {pairs.data(), 3}, joust::stream{1}, {outcomes.data(), answers}, told);
  };
  device::bradley_terry const oracle{device::action_utilities{.utilities = eight}};
  CHECK_THROWS_WITH(ask(oracle, 2), "outcomes: is of length 2; expected one for each of 3 pairs");
  CHECK_THROWS_WITH(ask(oracle, 3, {outcomes.data(), 1}),
                    "probabilities: is of length 1; expected one for each of 3 pairs");
  auto const over = [](device::action_utilities const& utility) { return device::bradley_terry{utility}; };
  CHECK_THROWS_WITH(ask(over({.utilities = eight, .per_question = 3})),
                    "utilities: is of length 8; expected 3 for each of 3 questions");
  CHECK_THROWS_WITH(ask(over({.utilities = eight, .offsets = {offsets.data(), 3}})),
                    "offsets: is of length 3; expected one for each of 3 questions and one more");
  CHECK_THROWS_WITH(ask(over({.utilities = eight, .per_question = 2, .offsets = {offsets.data(), 3}})),
                    "offsets: is of length 3; expected none beside per_question");
  CHECK_THROWS_WITH(ask(device::noisy{over({.utilities = eight, .per_question = 3}), 0.1}),
                    Catch::Contains("utilities"));
  CHECK_THROWS_WITH((device::noisy{oracle, 0.6}), "flip_rate: is 0.6; expected a number in [0, 1/2]");
  CHECK_THROWS_AS((device::noisy{oracle, no_number}), std::invalid_argument);
  CHECK_THROWS_WITH((device::davidson_ties{{.utilities = eight}, -1.0}),
                    "nu: is -1; expected a finite number of at least 0");
  CHECK_THROWS_AS((device::davidson_ties{{.utilities = eight}, infinity}), std::invalid_argument);
  CHECK_THROWS_WITH((device::preference_matrix{eight, 3}), "entries: is 8 numbers; expected 3 rows of 3");
  CHECK_THROWS_AS((device::preference_matrix{{}, 0}), std::invalid_argument);
  CHECK(outcomes.download(order) == std::vector<outcome>(3, 77.0));
  ask(oracle);
  CHECK(outcomes.download(order) != std::vector<outcome>(3, 77.0));
}
